"""Runs that are killed at random moments end as if they had not been.

`RECIPES_KILLS=50 pytest -m slow tests/training/test_killed_runs.py` kills
fifty; `KERAS_BACKEND=jax` before it does so on JAX. `SEED` draws them again.
"""

import importlib.util
import os
import random
import shutil
import signal
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import keras
import pytest

from tests.training.outcomes import outcome

KILLS = int(os.environ.get("RECIPES_KILLS", 3))
STATES, PARTIAL = "epoch-*.npz", "epoch.partial"
CODE = """
import os
from functools import partial
from callbacks import Checkpoint
from recipes.training import candidate
from tests.training.matrix import run
if given.pop("often"):  # a checkpoint at each epoch, be it as short as it may
    candidate.INTERVAL = 0.0
run(**given)
os._exit(0)  # what Python does at its end takes long, and writes nothing
"""
_spec = importlib.util.spec_from_file_location(
    "matrix", Path(__file__).with_name("matrix.py")
)
matrix = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(matrix)
NAMES = [
    name
    for name in matrix.CASES
    if name != "texts" or keras.backend.backend() == "tensorflow"
]


def lying(folder, pattern):
    """Return the paths below a folder, which may be vanishing."""
    with suppress(FileNotFoundError):
        return {str(path) for path in folder.rglob(pattern)}
    return set()


def writes(folder):
    """Whether a checkpoint is half written.

    The file that is written over has the age of the one it was until then.
    """
    for path in lying(folder, PARTIAL):
        with suppress(FileNotFoundError):
            place = Path(path)
            states = [p.stat().st_mtime_ns for p in place.parent.glob(STATES)]
            if place.stat().st_mtime_ns > max(states, default=0):
                return True
    return False


def end(process, folder, moment, in_write):
    """Kill at a moment after the first new checkpoint, or in mid-write.

    Returns:
        `"killed"`, `"in mid-write"` or `"ended"`.
    """
    seen = lying(folder, STATES)
    process.until(lambda: lying(folder, STATES) - seen)
    until = time.monotonic() + moment
    process.until(lambda: time.monotonic() >= until)
    if in_write:
        process.until(lambda: writes(folder))
    process.send(signal.SIGKILL)
    code = process.wait()
    if code == 0:
        return "ended"
    assert code == -signal.SIGKILL, process.log.read_text()
    return "in mid-write" if writes(folder) else "killed"


def kill_often(forks, draw, folder, name, seconds):
    """Kill a run once or twice, and let it end.

    Returns:
        What it met, and the files that were its last work to remove.
    """
    log = folder.with_suffix(".log")
    given = {"name": name, "directory": folder}
    given["often"] = draw.random() < 0.75
    met = []
    for _ in range(draw.choice([1, 1, 1, 2])):
        moment, in_write = draw.uniform(0, seconds), draw.random() < 0.4
        met.append(end(forks(CODE, log, **given), folder, moment, in_write))
        if met[-1] == "ended":
            return met, ()
        if (folder / "metrics.json").exists():
            names = ("unfinished.json", "lock", "checkpoint/*")
            left = [path for name in names for path in folder.glob(name)]
            return [*met[:-1], "killed once finished"], left
    process = forks(CODE, log, **given)
    assert process.wait() == 0, log.read_text()
    return [*met, "ended"], ()


@pytest.mark.slow
def test_killed_runs_end_as_their_straight_twins(forks, tmp_path):
    seed = os.environ.get("SEED") or str(random.randrange(10**6))
    print(f"SEED={seed}")  # to be given back in the environment
    draw, names, twins = random.Random(seed), [], {}
    met, ended = Counter(), Counter()
    while ended.total() < KILLS:
        names = names or draw.sample(NAMES, len(NAMES))
        name = names[-1]
        if name not in twins:
            twins[name] = straight(forks, name, tmp_path / f"{name}-straight")
        wanted, seconds = twins[name]
        folder = tmp_path / f"{name}-{ended.total()}"
        found, left = kill_often(forks, draw, folder, name, seconds)
        assert outcome(folder, left) == wanted, (name, found, seed)
        print(name, *found, flush=True)
        if len(found) == 1:  # it ended before it could be killed
            shutil.rmtree(folder)
            twins[name] = wanted, seconds * 0.8
            continue
        met.update(found)
        ended[names.pop()] += 1
    print(f"{keras.backend.backend()}: {dict(met)}, of {dict(ended)}")


def straight(forks, name, folder):
    """Return what a run ends as, and its seconds from checkpoint to model."""
    log = folder.with_suffix(".log")
    process = forks(CODE, log, name=name, directory=folder, often=True)
    process.until(lambda: lying(folder, STATES))
    began = time.monotonic()
    models = 3 if name == "folds" else 1
    process.until(lambda: len(lying(folder, "model.keras")) == models)
    seconds = time.monotonic() - began
    assert process.wait() == 0, log.read_text()
    return outcome(folder), seconds
