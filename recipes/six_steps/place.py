"""The folder of a tune: begun, gone on with, refused, or replaced."""

import shlex
import shutil
from contextlib import contextmanager
from pathlib import Path

from recipes.errors import RunError
from recipes.six_steps import kinds, names
from recipes.six_steps.page import drop_page
from recipes.training import folder
from recipes.training.differences import (
    data_differences,
    recipe_differences,
    value_differences,
)
from recipes.training.going_on.writable import refuse_unwritable
from recipes.tuning.place import clear as clear_sweep
from recipes.tuning.place import major

FILES = (
    names.DECISIONS,
    names.RECIPE,
    names.STATE,
    names.SPENT,
    names.PICTURE,
    names.TUNE,  # last: as long as it is there, the folder is known as ours
)
LOOKED = {  # what the first steps write
    names.CHECK: ("check.json", "check.png"),
    names.AGAIN: ("check.json", "check.png"),
    names.RANGE_TEST: ("range_test.json", "range_test.png"),
}
SWEPT = (names.FIRST, f"{names.COARSE}*", f"{names.FINER}*")
SWEPT += (f"{names.SEEDS}/*", f"{names.CHANGES}/*")
SAME = ("seeds", "objective", "backend")
MEND = (
    "Choose another folder, or replace the tune with overwrite=True "
    "(--overwrite on the command line)."
)


def check_place(directory):
    """Refuse a folder that no tune may write to, before data are read.

    Raises:
        RunError: For a folder that holds something else, and a place where
            nothing can be written.
    """
    try:
        path = None if directory is None else Path(directory).expanduser()
        ours = path is not None and any(
            (path / name).exists() for name in (names.TUNE, names.LOCK)
        )
    except (OSError, RuntimeError, TypeError, ValueError):
        ours = False  # and `refuse_taken` says why
    if ours:
        _refuse_unwritable(path)
        return
    folder.refuse_taken(directory, overwrite=False, kind="tune")
    if path is not None and (path / names.RECIPE).exists():
        raise RunError(f"{path} holds a run; choose another folder.")


def _refuse_unwritable(path):
    try:
        refuse_unwritable(path)
    except RunError as error:
        raise RunError(
            f"{error} The tune that lies here goes on in a copy, too."
        ) from error


def begin(path, about, overwrite):
    """Go on with the same tune, or begin this one.

    Args:
        path: The folder, which exists, and is held by us.
        about: What tune.json says of the recipe, the data and the arguments.
        overwrite: Whether what a tune has left here is removed.

    Returns:
        What tune.json said before, or None.

    Raises:
        RunError: Naming what differs from the tune that lies there.
    """
    if overwrite:
        clear(path)
    if not (path / names.TUNE).exists():
        return None
    old = kinds.about(path)
    found = [
        *recipe_differences(old["recipe"], about["recipe"]),
        *value_differences(old, about, SAME),
        *data_differences(old["data"], about["data"]),
    ]
    if major(old["library"]) != major(about["library"]):
        found += value_differences(old, about, ["library"])
    if found:
        raise RunError(f"{path} holds another tune: {'; '.join(found)}. {MEND}")
    return old


def clear(path):
    """Remove what a tune has written, and nothing else."""
    for more in path.glob("more-*"):
        _clear_round(more)
        _remove_empty(more)
    _clear_round(path)
    clear_best(path)
    drop_page(path)
    for name in FILES:
        (path / f"{name}.partial").unlink(missing_ok=True)
        (path / name).unlink(missing_ok=True)


def _clear_round(path):
    for name, files in LOOKED.items():
        for file in files:
            (path / name / file).unlink(missing_ok=True)
        _remove_empty(path / name)
    for pattern in SWEPT:
        for place in path.glob(pattern):
            clear_sweep(place)
            (place / "sweep.lock").unlink(missing_ok=True)
            _remove_empty(place)
    for name in (names.SEEDS, names.CHANGES):
        _remove_empty(path / name)


def clear_best(path):
    """Remove the winner's run, and nothing else."""
    if (path / names.BEST).is_dir():
        folder.prepare(path / names.BEST)
        shutil.rmtree(folder.beside(path / names.BEST), ignore_errors=True)
        (path / names.BEST / folder.LOCK).unlink(missing_ok=True)
        _remove_empty(path / names.BEST)


def _remove_empty(place):
    if place.is_dir() and not any(place.iterdir()):
        place.rmdir()


def going_on(path, spec):
    """Return what goes on with a tune: a command, or a call where no spec
    leads to the data.
    """
    if spec is None:
        return f"recipe.tune(data, directory={str(path)!r}, …)"
    return f"recipes tune --resume {shlex.quote(str(path))}"


@contextmanager
def resumable(path, spec):
    """Say at Ctrl-C how a tune goes on."""
    try:
        yield
    except KeyboardInterrupt as stop:
        # In place of how the sweep or the fit inside would go on by itself.
        stop.__notes__ = [f"Go on with: {going_on(path, spec)}"]
        raise
