"""A finished run takes its place: after a kill at any moment, once more."""

import filecmp
import os
import shutil
from contextlib import suppress

from callbacks.disk import sync_file, sync_folder
from callbacks.state_file import remove_states
from recipes.errors import RunError
from recipes.training import folder
from recipes.training.going_on.lock import held

STAYS = (folder.LOCK, folder.UNFINISHED, folder.CHECKPOINT)


def settle(work, path):
    """Put a finished run in place, without what it went on from.

    Beside the old one, it stays whole until it is whole in its place: a
    second call does the same once more.

    Args:
        work: Where it was made.
        path: Where it belongs.
    """
    sync_folder(work)
    if work == path:
        tidy(path)
        return
    if not (work / folder.UNFINISHED).exists():  # an ensemble
        folder.write_json(work / folder.UNFINISHED, folder.CLEARED)
    folder.make(path)
    last = "metrics.json"
    (path / last).unlink(missing_ok=True)  # until all of it is there
    made = {item.name for item in work.iterdir()}.difference(STAYS)
    new = {name for name in made if ".partial" not in name}
    partial = {f"{name}.partial" for name in folder.FILES}
    for name in {*folder.FILES, *partial, "tensorboard"} - new:
        _remove(path / name)
    for name in sorted(new, key=lambda each: (each == last, each)):
        _copy(work / name, path / name)
    sync_folder(path)
    sync_folder(path.parent)
    tidy(path)
    _clear(work)


def tidy(path):
    """Remove what a finished run went on from, if that is still there."""
    remove_states(path / folder.CHECKPOINT)
    (path / folder.UNFINISHED).unlink(missing_ok=True)


def tidy_finished(path):
    """Remove what a process left there that was killed before its last step.

    A folder that another process holds stays as it is.

    Args:
        path: Of a finished run.
    """
    if any((path / name).exists() for name in STAYS):
        with suppress(RunError, OSError):
            with held(path / folder.LOCK, "trains in it", stays=False):
                tidy(path)


def tidy_beside(path):
    """Remove what a run has left beside its place, if it lies there whole too.

    As of a process that was killed once its run was in place. A folder that
    holds anything else, or that a process holds, stays as it is.

    Args:
        path: Of a finished run.
    """
    work = folder.beside(path)
    if not _holds_copies(work, path):
        return
    with suppress(RunError, OSError):
        with held(work / folder.LOCK, "trains in it", stays=False):
            if _holds_copies(work, path):
                _clear(work)
        work.rmdir()


def _holds_copies(work, path):
    found = [each for each in work.rglob("*") if not each.is_dir()]
    return work.is_dir() and all(
        each.name == folder.LOCK
        or _is_copy(each, path / each.relative_to(work))
        for each in found
    )


def _is_copy(one, other):
    try:
        return filecmp.cmp(one, other, shallow=False)
    except OSError:
        return False


def _clear(work):
    """Remove a run that has taken its place: it is no beginning at first."""
    tidy(work)
    for item in work.iterdir():
        if item.name != folder.LOCK:
            _remove(item)


def _copy(old, new):
    """Put a file, or a folder of them, in place whole, and keep it."""
    if old.is_dir():
        _remove(new)
        shutil.copytree(old, new)
        return
    partial = new.with_name(f"{new.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        os.link(old, partial)
    except OSError:  # a file system without links
        shutil.copyfile(old, partial)
        sync_file(partial)
    os.replace(partial, new)
    # Of two names of one file, os.replace removes neither.
    partial.unlink(missing_ok=True)


def _remove(path):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
