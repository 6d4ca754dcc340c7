"""A kill at any moment as a run is cleared away, or takes its place."""

import errno
import fcntl
import os
import pathlib
import threading
from types import SimpleNamespace

import pytest

from callbacks.background import Background
from recipes.errors import RunError
from recipes.training import folder
from recipes.training.going_on import left, lock, room, settling, unfinished

OLD = ("metrics.json", "model.keras", "history.csv", "stages.json")
NEW = ("metrics.json", "model.keras", "history.csv", "divergence.json")
STATE = f"epoch-0001.{'0' * 64}.npz"
ABOUT = {
    "format": 1,
    "recipe": {"task": "x"},
    "data": {"name": "d", "fingerprint": "f", "class_names": None},
    "parts": 1,
    "backend": "b",
    "versions": dict.fromkeys(unfinished.PACKAGES, "1"),
    "how": {},
}


class Killed(BaseException):
    """A process that ends: no handler for errors sees it."""


def run(path, names, text, begun=False):
    (path / "tensorboard").mkdir(parents=True)
    for name in (*names, *folder.OURS, "tensorboard/events"):
        (path / name).write_text(text)
    if begun:
        (path / "checkpoint").mkdir()
        (path / "checkpoint" / STATE).write_text(text)
        unfinished.write(path, ABOUT)


def whole(path, names, text):
    names = (*names, *folder.OURS, "tensorboard/events")
    found = [path / name for name in names]
    return all(p.is_file() and p.read_text() == text for p in found)


def is_only(path, names, text, *more):
    there = {item.name for item in path.iterdir()}
    return whole(path, names, text) and there == {
        *names,
        *folder.OURS,
        "tensorboard",
        *more,
    }


def killed(monkeypatch, call, number):
    """Whether it was killed at this change to the disk, rather than ended."""
    left = iter(range(number))

    def kills(change):
        def changed(*given, **how):
            if next(left, None) is None:
                raise Killed
            return change(*given, **how)

        return changed

    with monkeypatch.context() as patch:
        for name in ("replace", "link", "rmdir", "unlink", "mkdir"):
            patch.setattr(os, name, kills(getattr(os, name)))
        for name in ("unlink", "rmdir", "mkdir"):
            patch.setattr(
                pathlib.Path, name, kills(getattr(pathlib.Path, name))
            )
        try:
            call()
        except Killed:
            return True
    return False


def each_kill(tmp_path, monkeypatch, make, call):
    """Yield a folder for each moment at which a process may be killed."""
    for number in range(300):
        path = tmp_path / str(number) / "r"
        make(path)
        if not killed(monkeypatch, lambda path=path: call(path), number):
            assert number > 10
            return
        yield path
    raise AssertionError("it did not end")


@pytest.mark.parametrize("links", [True, False])
def test_a_run_that_takes_its_place_is_never_lost(tmp_path, monkeypatch, links):
    def make(path):
        run(path, OLD, "old")
        (path / "notes.txt").write_text("mine")
        run(folder.beside(path), NEW, "new", begun=True)
        for each in (path, folder.beside(path)):
            (each / "stages.json.partial").write_text("cut off")

    if not links:
        monkeypatch.setattr(settling.os, "link", no_links)

    def take(path):
        settling.settle(folder.beside(path), path)

    seen = set()
    for path in each_kill(tmp_path, monkeypatch, make, take):
        work = folder.beside(path)
        placed = whole(path, NEW, "new")
        assert placed or whole(work, NEW, "new")
        folder.refuse_taken(path, overwrite=True)
        if not (path / "metrics.json").exists():
            with pytest.raises(RunError, match="took its place"):
                folder.refuse_taken(path, overwrite=False)
        with room.room(path, "t", None, True, False) as place:
            assert place.work == work
            seen.add(again := room.ended(place, ABOUT))
            assert again or placed
            assert not place.begun
        assert is_only(path, NEW, "new", "notes.txt")
    assert seen == {True, False}


def no_links(*_):
    raise OSError(errno.EPERM, "no links")


def test_a_run_of_something_else_takes_its_place_too(tmp_path):
    path = tmp_path / "r"
    run(folder.beside(path), NEW, "new", begun=True)
    other = {**ABOUT, "recipe": {"task": "y"}}
    with room.room(path, "t", None, True, False) as place:
        assert not room.ended(place, other)
        assert left.going_on(place, other, True, "exact") is None
    assert is_only(path, NEW, "new")
    assert not folder.beside(path).exists()


@pytest.mark.parametrize("begun", [True, False])
def test_a_folder_that_was_being_cleared_is_taken(tmp_path, monkeypatch, begun):
    names = [name for name in OLD if name != "metrics.json"] if begun else OLD

    def make(path):
        run(path, names, "old", begun)

    for path in each_kill(tmp_path, monkeypatch, make, folder.prepare):
        assert not (path / "metrics.json").exists() or is_only(
            path, names, "old"
        )
        folder.refuse_taken(path, overwrite=True)
        if unfinished.lies(path):  # then all of it is there to go on with
            assert whole(path, names, "old")
            assert (path / "checkpoint" / STATE).exists()
        folder.prepare(path)
        assert not any(path.iterdir())


def test_a_folder_in_which_one_was_killed_with_its_first_file_is_taken(
    tmp_path,
):
    for name in ("lock", "unfinished.json.partial"):
        (tmp_path / name).write_text("cut o")
        folder.refuse_taken(tmp_path, overwrite=False)
    (tmp_path / "another.partial").write_text("mine")
    with pytest.raises(RunError, match="is not empty and holds no run"):
        folder.refuse_taken(tmp_path, overwrite=False)


def test_what_a_finished_run_went_on_from_is_removed_later(tmp_path):
    path = tmp_path / "r"
    run(path, NEW, "new", begun=True)
    with pytest.raises(RunError, match="holds a finished run"):
        folder.refuse_taken(path, overwrite=False)
    with pytest.raises(RunError, match="holds a finished run"):
        unfinished.resume(path, None)
    assert is_only(path, NEW, "new")


def test_what_a_run_has_left_beside_its_place_is_removed_later(
    tmp_path, monkeypatch
):
    def make(path):
        run(path, OLD, "old")
        run(folder.beside(path), NEW, "new", begun=True)

    def take(path):
        settling.settle(folder.beside(path), path)

    seen = 0
    for path in each_kill(tmp_path, monkeypatch, make, take):
        beside = folder.beside(path)
        if (beside / "unfinished.json").exists() or not beside.exists():
            continue
        seen += len([*beside.iterdir()]) > 1
        assert is_only(path, NEW, "new")  # whatever lies beside it
        with pytest.raises(RunError, match="holds a finished run"):
            unfinished.resume(path, None)
        assert is_only(path, NEW, "new")
        assert not beside.exists()
    assert seen > 3


def test_what_lies_beside_a_run_and_is_no_copy_stays(tmp_path):
    path = tmp_path / "r"
    beside = folder.beside(path)
    run(path, NEW, "new")
    run(beside, NEW, "new")
    (beside / "model.keras").write_text("mine")
    settling.tidy_beside(path)
    assert (beside / "model.keras").read_text() == "mine"
    (beside / "model.keras").write_text("new")
    with lock.held(beside / "lock", "trains in it", stays=False):
        settling.tidy_beside(path)
        assert is_only(beside, NEW, "new", "lock")
    settling.tidy_beside(path)
    assert not beside.exists()
    settling.tidy_beside(path)
    assert is_only(path, NEW, "new")


def test_a_place_that_changed_before_it_was_held_is_chosen_anew(
    tmp_path, monkeypatch
):
    path = tmp_path / "r"

    def finishes_first(*given, **how):
        if not path.joinpath("metrics.json").exists():
            run(path, OLD, "old") if not path.exists() else [
                (path / name).write_text("old") for name in (*OLD, *folder.OURS)
            ]
        return lock.held(*given, **how)

    monkeypatch.setattr(room, "held", finishes_first)
    with room.room(path, "t", None, True, False) as place:
        assert place.work == folder.beside(path)
    assert not folder.beside(path).exists()


def test_a_lock_is_waited_for_while_this_process_writes(tmp_path, monkeypatch):
    """As after a second Ctrl-C in a notebook."""
    path, end = tmp_path / "lock", threading.Event()
    background = Background()
    with lock.held(path, "trains in it", stays=False):
        background.begin(end.wait)
    with monkeypatch.context() as patched:
        patched.setattr(lock, "PATIENCE", 0.1)
        with pytest.raises(RunError, match="A checkpoint of this process is"):
            with lock.held(path, "trains in it", stays=False):
                pass
    timer = threading.Timer(0.2, end.set)
    timer.start()
    with lock.held(path, "trains in it", stays=False):
        assert end.is_set()
    timer.join()
    with lock.held(path, "trains in it"):
        with pytest.raises(RunError, match="Another process trains in it"):
            with lock.held(path, "trains in it"):
                pass


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS])
def test_a_file_system_without_locks_is_warned_of(
    tmp_path, monkeypatch, number
):
    def flock(*_):
        raise OSError(number, "no locks")

    fake = SimpleNamespace(flock=flock, LOCK_EX=fcntl.LOCK_EX, LOCK_NB=0)
    monkeypatch.setattr(lock, "fcntl", fake)
    with pytest.warns(UserWarning, match=errno.errorcode[number]):
        with lock.held(tmp_path / "lock", "trains in it"):
            pass
