"""Processes that meet in a folder, and those that are told to leave."""

import signal

import pytest

import recipes
from tests.training.folders import hashes

pytestmark = pytest.mark.slow
CODE = """
import os, signal, sys, time
import keras
import recipes
from callbacks import Checkpoint
from functools import partial
from recipes.training import candidate

candidate.INTERVAL = 0.0

class Waits(keras.callbacks.Callback):
    uses_model = False
    def at(self, place):
        if place == given["wait"]:
            print("waiting", flush=True)
            end = time.monotonic() + 400
            while time.monotonic() < end and not os.path.exists(given["go"]):
                time.sleep(0.02)
    def on_train_batch_begin(self, batch, logs=None):
        self.at("step")
    def on_test_begin(self, logs=None):
        self.at("validation")

if given["handler"]:
    def told(number, frame):
        print("a handler of the user's own")
        sys.exit(7)
    signal.signal(signal.SIGTERM, told)
recipe = recipes.tabular_classifier(epochs=4, early_stopping=None)
run = recipe.fit("iris", directory=given["folder"], callbacks=[Waits()])
print("ended in", run.directory)
"""


@pytest.fixture
def begin(forks, tmp_path):
    """Begin a fit that waits at a place until it may go on."""
    count = iter(range(9))

    def call(folder, wait=None, handler=False):
        return forks(
            CODE,
            tmp_path / f"{next(count)}.log",
            folder=folder,
            wait=wait,
            go=tmp_path / "go",
            handler=handler,
        )

    return call


def waiting(process):
    process.until(
        lambda: process.log.exists() and "waiting" in process.log.read_text()
    )
    assert process.returncode is None, process.log.read_text()


def result(folder):
    run = recipes.load_run(folder)
    scores = {k: v for k, v in run.metrics.items() if k != "seconds"}
    return scores, [value.tobytes() for value in run.model.get_weights()]


def test_the_second_in_a_folder_is_refused(begin, tmp_path):
    folder = tmp_path / "run"
    first = begin(folder, wait="validation")
    waiting(first)
    before = hashes(folder)
    second = begin(folder)
    assert second.wait() == 1
    assert f"process {first.pid}" in second.log.read_text()
    assert hashes(folder) == before
    (tmp_path / "go").write_text("")
    assert first.wait() == 0, first.log.read_text()
    assert not (folder / "lock").exists()


def test_signals(begin, tmp_path):
    straight = tmp_path / "straight"
    assert begin(straight).wait() == 0
    folder = tmp_path / "run"
    cases = [
        ("validation", signal.SIGTERM, False, -signal.SIGTERM),
        ("step", signal.SIGINT, False, -signal.SIGINT),
        ("validation", signal.SIGTERM, True, 7),
    ]
    for wait, number, handler, code in cases:
        (tmp_path / "go").unlink(missing_ok=True)
        process = begin(folder, wait, handler)
        waiting(process)
        process.send(number)
        process.until(lambda p=process: "once more" in p.log.read_text())
        assert process.returncode is None, "it does not end the step"
        (tmp_path / "go").write_text("")
        assert process.wait() == code, process.log.read_text()
        assert "recipes fit --resume" in process.log.read_text()
        assert (folder / "unfinished.json").exists()
        assert list((folder / "checkpoint").glob("*.npz"))
    # A second one does not wait.
    (tmp_path / "go").unlink()
    process = begin(folder, "step")
    waiting(process)
    process.send(signal.SIGINT)
    process.until(lambda: "once more" in process.log.read_text())
    process.send(signal.SIGINT)
    assert process.wait(50) == -signal.SIGINT, process.log.read_text()
    assert not (tmp_path / "go").exists()
    process = begin(folder)
    assert process.wait() == 0, process.log.read_text()
    assert "goes on" in process.log.read_text()
    assert result(folder) == result(straight)


LEAVES = """
import os, time
import recipes
from callbacks import state_file
from recipes.training import candidate

candidate.INTERVAL = 0.0
arrays = state_file.write_arrays

def slowly(*told):
    print("writes", flush=True)
    end = time.monotonic() + 400
    while time.monotonic() < end and not os.path.exists(given["go"]):
        time.sleep(0.02)
    return arrays(*told)

state_file.write_arrays = slowly
recipe = recipes.tabular_classifier(epochs=400, early_stopping=None)
try:
    recipe.fit("iris", directory=given["folder"])
except KeyboardInterrupt:
    print("left", flush=True)
    end = time.monotonic() + 400
    while time.monotonic() < end and os.path.exists(given["lock"]):
        time.sleep(0.02)
    print("lets go", flush=True)
    time.sleep(300)  # until it is killed
"""


def test_a_folder_is_held_until_what_is_written_there_has_ended(
    forks, begin, tmp_path
):
    folder, go = tmp_path / "run", tmp_path / "go"
    given = {"folder": folder, "go": go, "lock": folder / "lock"}
    first = forks(LEAVES, tmp_path / "first.log", **given)
    said(first, "writes")
    for word in ("once more", "left"):
        first.send(signal.SIGINT)
        said(first, word)
    assert (folder / "lock").exists()
    second = begin(folder)
    assert second.wait() == 1
    assert f"(process {first.pid})" in second.log.read_text()
    assert not list((folder / "checkpoint").glob("*.npz"))
    go.write_text("")
    said(first, "lets go")
    assert first.poll() is None  # it lives, and holds nothing
    assert list((folder / "checkpoint").glob("*.npz"))
    other = begin(folder)
    assert other.wait() == 1
    assert "holds the beginning of another run" in other.log.read_text()
    first.send(signal.SIGKILL)
    assert first.wait() == -signal.SIGKILL


def said(process, word):
    process.until(
        lambda: process.log.exists() and word in process.log.read_text()
    )
    assert process.returncode is None, process.log.read_text()
