"""A disk that takes no more: the run stops, and goes on when there is room."""

import shutil
import subprocess

import pytest

import recipes
from callbacks.state_file import read_states

pytestmark = pytest.mark.slow
COMMAND = """
import os, resource, subprocess, sys
from functools import partial
from callbacks import Checkpoint
from recipes.cli import main
from recipes.training import candidate, folder

candidate.INTERVAL = 0.0
hook, epoch, size = given["limit"]

def limit():
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))

if hook == "start":
    begin = folder.prepare
    folder.prepare = lambda path: (begin(path), limit())
elif hook is not None:
    call = getattr(Checkpoint, hook)
    def hooked(self, *given):
        call(self, *given)
        if hook == "on_train_end" or given[0] == epoch:
            self.wait()  # for the file before: it had room
            limit()
    setattr(Checkpoint, hook, hooked)
# What is printed goes to a file too, which has to be another process's.
printer = subprocess.Popen(["cat"], stdin=subprocess.PIPE)
for stream in (1, 2):
    os.dup2(printer.stdin.fileno(), stream)
code = main(given["arguments"])
for stream in (1, 2):
    os.close(stream)
printer.stdin.close()
printer.wait()
os._exit(code)
"""
BEGIN = (
    *("fit", "iris", "--recipe", "tabular_classifier", "--epochs", "6"),
    *("--set", "network/units=[64]"),
)
# When the disk gets full, and how many bytes a file may have then; which file
# is named.
LIMITS = (
    (("start", 0, 300), "unfinished.json"),
    (("on_epoch_begin", 2, 4096), "checkpoint"),
    (("on_epoch_begin", 4, 200), "history.csv"),
    (("on_train_end", 0, 1000), "model.keras"),
)


@pytest.fixture(scope="module")
def command(forks, tmp_path_factory):
    """Run the command line: (exit code, what it printed)."""
    logs = tmp_path_factory.mktemp("logs")

    def run(*given, limit=(None, 0, 0)):
        log = logs / f"{len(list(logs.iterdir()))}.log"
        given = list(map(str, given))
        found = forks(COMMAND, log, arguments=given, limit=limit)
        return found.wait(), log.read_text()

    return run


@pytest.fixture(scope="module")
def straight(command, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "straight"
    code, said = command(*BEGIN, "--out", folder)
    assert code == 0, said
    return result(folder)


def result(folder):
    found = recipes.load_run(folder)
    scores = {k: v for k, v in found.metrics.items() if k != "seconds"}
    weights = [value.tobytes() for value in found.model.get_weights()]
    return scores, found.history, weights


def whole(folder):
    """Return the bytes of the checkpoints, all of which can be read."""
    damaged = []
    list(read_states(folder, damaged.append))
    partial = {path.name for path in folder.glob("*.partial")}
    assert not damaged and partial <= {"epoch.partial"}  # to be written over
    return {path.name: path.read_bytes() for path in folder.glob("*.npz")}


def test_one_run_on_a_disk_that_is_full_again_and_again(
    command, straight, tmp_path
):
    folder, before = tmp_path / "run", {}
    for limit, name in LIMITS:
        code, said = command(*BEGIN, "--out", folder, limit=limit)
        assert code == 2, said
        line = said.strip().splitlines()[-1]
        assert f"{folder / name}" in line and "could not be written" in line
        mend = (
            "begin anew"
            if limit[0] == "start"
            else (f"go on with: recipes fit --resume {folder}")
        )
        assert line.endswith(f"Make room, and {mend}")
        assert not (folder / "metrics.json").exists()
        after = whole(folder / "checkpoint")
        if limit[0] == "on_epoch_begin" and name == "checkpoint":
            assert any("epoch-0002" in each for each in after)
        before = after
    assert any("epoch-0006" in name for name in before)
    code, said = command("fit", "--resume", folder)
    assert code == 0 and "goes on after its last epoch" in said, said
    assert result(folder) == straight
    assert not (folder / "unfinished.json").exists()


@pytest.fixture
def small(tmp_path):
    """A disk of 512 KiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    words = ["-t", "tmpfs", "-o", "size=512k", "tmpfs", str(place)]
    if mount is None or subprocess.run([mount, *words]).returncode:
        pytest.skip("no small disk can be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("free", [4, 40])
def test_a_small_disk_that_is_full(free, command, straight, small):
    folder, filler = small / "run", small / "filler"
    filler.write_bytes(bytes(1024 * (512 - free)))
    code, said = command(*BEGIN, "--out", folder)
    print(said.strip().splitlines()[-1])
    assert code == 2 and "No space left on device" in said, said
    assert "Make room, and " in said and "Traceback" not in said
    whole(folder / "checkpoint")
    filler.unlink()
    code, said = command(*BEGIN, "--out", folder)
    assert code == 0, said
    assert result(folder) == straight
