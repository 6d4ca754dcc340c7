"""Runs that are killed before their first checkpoint, and as they end.

A process kills itself before a change to the disk at which none has been
killed before: the next one goes on from there, up to the next such change.
"""

import signal
from pathlib import Path

import pytest

import recipes
from recipes.training import folder as places
from tests.training.outcomes import outcome, weights

pytestmark = pytest.mark.slow
CODE = """
import os, re, signal
import recipes
from recipes.training import candidate, fit
from recipes.training.going_on import room

candidate.INTERVAL = 0.0
counts = not given["ending"]

def named(told):
    if isinstance(told, int):
        told = os.readlink(f"/proc/self/fd/{told}")
    place = os.path.relpath(told, os.path.dirname(given["folder"]))
    return re.sub("[0-9a-f]{64}", "SHA", place)

def kills(change):
    def changed(*told, **how):
        at = f"{change.__name__} {named(told[-1])}" if counts else ".."
        if ".." not in at and at not in given["seen"]:
            print("killed at", at, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
        return change(*told, **how)
    return changed

def begins(call):
    def begun(*told, **how):
        global counts
        counts = True
        return call(*told, **how)
    return begun

for name in given["changes"]:
    setattr(os, name, kills(getattr(os, name)))
fit.finish, room.settle = begins(fit.finish), begins(room.settle)
recipe = recipes.tabular_classifier(
    epochs=given["epochs"], early_stopping=None, dropout=0.1
)
recipe.fit("iris", directory=given["folder"], overwrite=given["overwrite"])
os._exit(0)
"""
CHANGES = ("replace", "rename", "link", "fsync")


@pytest.fixture
def fit(forks, tmp_path):
    """Fit until it is killed; return what it was killed at, or None."""
    count = iter(range(999))

    def call(folder, changes=(), **more):
        given = {"epochs": 2, "overwrite": False, "ending": False, "seen": []}
        given = {**given, "changes": changes, **more}
        log = tmp_path / f"{next(count)}.log"
        process = forks(CODE, log, folder=folder, **given)
        code, text = process.wait(), log.read_text()
        if code == 0:
            return None
        assert code == -signal.SIGKILL, text
        return text.rpartition("killed at ")[2].strip()

    return call


@pytest.fixture
def straight(fit, tmp_path):
    assert fit(tmp_path / "straight") is None
    return outcome(tmp_path / "straight")


def test_before_the_first_checkpoint(fit, straight, tmp_path):
    folder, seen = tmp_path / "run", []
    while not list(folder.glob("checkpoint/epoch-*.npz")):
        seen.append(fit(folder, CHANGES, seen=seen))
        assert seen[-1] is not None and len(seen) < 30
    names = {Path(each).name.partition(".")[0] for each in seen}
    wanted = {"unfinished", "recipe", "environment", "epoch", "epoch-0001"}
    assert wanted <= names
    assert fit(folder) is None
    assert outcome(folder) == straight


def epochs_of(folder):
    """Return the epochs of the whole run that lies there, or None."""
    try:
        run = recipes.load_run(folder)
        epochs = run.metrics["epochs"]
        assert run.recipe.epochs == epochs
        assert run.model.get_weights()
    except recipes.RunError:
        return None
    return epochs


def test_as_it_takes_the_place_of_another(fit, straight, tmp_path):
    folder, seen = tmp_path / "run", []
    assert fit(folder, epochs=1) is None
    old = weights(folder / "model.keras")
    new = weights(tmp_path / "straight" / "model.keras")
    beside = places.beside(folder)
    found = []
    while None not in seen:
        told = {"seen": seen, "ending": True, "overwrite": True}
        seen.append(fit(folder, CHANGES, **told))
        assert len(seen) < 100
        there = {epochs_of(place): place for place in (folder, beside)}
        found.append(sorted(filter(None, there)))
        assert found[-1], seen
        for epochs, bits in ((1, old), (2, new)):
            if epochs in there:
                assert weights(there[epochs] / "model.keras") == bits
    print(*zip(seen, found, strict=True), sep="\n")
    assert outcome(folder) == straight
