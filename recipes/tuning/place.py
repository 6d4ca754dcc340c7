"""The folder of a sweep: begun, gone on with, refused, or replaced."""

import json
import shlex
import shutil
from contextlib import contextmanager
from pathlib import Path

from recipes.errors import RunError
from recipes.training import folder
from recipes.training.differences import (
    data_differences,
    recipe_differences,
    value_differences,
)
from recipes.tuning import settings
from recipes.tuning.names import (
    BEST,
    BEST_OF,
    CHIEF_LOCK,
    DATA,
    JOURNAL,
    LOCK,
    PICTURES,
    SETTINGS,
    SETTINGS_COPY,
    TABLE,
    TENSORBOARD,
    TRIALS,
    WORKERS,
)
from recipes.tuning.search.journal import Journal

# What a sweep writes, and overwrite=True removes; besides, the trials' folders
# and the best run.
FILES = (
    SETTINGS,
    SETTINGS_COPY,
    JOURNAL,
    CHIEF_LOCK,
    BEST_OF,
    TABLE,
    *PICTURES,
    folder.REPORT,
)
FOLDERS = (
    WORKERS,
    DATA,
    f"{DATA}.partial",
    TENSORBOARD,
    f"{BEST}.unfinished",
)
SAME = (
    "tuner",
    "objective",
    "direction",
    "executions_per_trial",
    "max_epochs",
    "backend",
)
SPLITS = ("seed", "split_seed", "validation_split", "test_split")
MEND = (
    "Choose another folder, or replace the sweep with overwrite=True "
    "(--overwrite on the command line)."
)


def check_place(directory, overwrite):
    """Refuse a folder that no sweep may write to, before data are read.

    Args:
        directory: As the user gave it, or None.
        overwrite: Whether a sweep in it is replaced.

    Raises:
        RunError: For a folder that holds something else, a sweep without
            its settings, and a place where nothing can be written.
    """
    try:
        path = None if directory is None else Path(directory).expanduser()
        ours = path is not None and any(
            (path / name).exists() for name in (SETTINGS, JOURNAL, TRIALS, LOCK)
        )
    except (OSError, RuntimeError, TypeError, ValueError):
        ours = False  # and `refuse_taken` says why
    if not ours:
        folder.refuse_taken(directory, overwrite=False, kind="sweep")
        if path is not None and (path / "recipe.json").exists():
            raise RunError(
                f"{path} holds a run; choose another folder for the sweep."
            )
        return
    lost = not settings.exists(path)
    if lost and not overwrite and _holds_trials(path):
        raise RunError(
            f"{path / SETTINGS} is missing, and nothing else says what "
            f"was searched here. Bring it back. {MEND}"
        )


def begin(path, about, overwrite):
    """Go on with the same sweep, or begin this one.

    Args:
        path: The folder, which exists, and is held by us.
        about: The `Settings`.
        overwrite: Whether what a sweep has left here is removed.

    Returns:
        A line that says with what the sweep goes on, or None.

    Raises:
        RunError: Naming what differs from the sweep that lies there.
    """
    said = None
    if overwrite:
        clear(path)
    elif settings.exists(path):
        old = settings.read_raw(path)
        said = _refuse_other(path, old, json.loads(about.to_json()))
    settings.write(path, about)
    return said


def resume_command(path):
    """Return what goes on with a sweep, in a shell."""
    return f"recipes sweep --resume {shlex.quote(str(path))}"


@contextmanager
def resumable(path):
    """Say at Ctrl-C how what lies in a sweep's folder goes on."""
    try:
        yield
    except KeyboardInterrupt as stop:
        if not hasattr(stop, "__notes__"):  # the fit of the best has said it
            stop.add_note(f"Go on with: {resume_command(path)}")
        raise


def clear(path):
    """Remove what a sweep has written, and nothing else."""
    for name in FILES:
        (path / name).unlink(missing_ok=True)
        (path / f"{name}.partial").unlink(missing_ok=True)
    for place in (path / TRIALS).glob("trial_*"):
        shutil.rmtree(place)
    for name in FOLDERS:
        shutil.rmtree(path / name, ignore_errors=True)
    if (path / BEST).is_dir():
        folder.prepare(path / BEST)
    for name in (TRIALS, BEST):
        if (path / name).is_dir() and not any((path / name).iterdir()):
            (path / name).rmdir()


def _holds_trials(path):
    return (path / JOURNAL).exists() or any((path / TRIALS).glob("trial_*"))


def _refuse_other(path, old, new):
    """Refuse to go on with another sweep; return what may change."""
    moved = any(old["recipe"].get(n) != new["recipe"].get(n) for n in SPLITS)
    found = [
        *recipe_differences(old["recipe"], new["recipe"]),
        *value_differences(old, new, SAME),
    ]
    if not moved or old["data"].get("name") != new["data"]["name"]:
        found += data_differences(old["data"], new["data"])
    if major(old["library"]) != major(new["library"]):
        found += value_differences(old, new, ["library"])
    before, now = old["max_trials"], new["max_trials"]
    if not found and now is not None and now != before:
        begun = _begun(path)
        if before is not None and now < before:
            found.append(
                f"max_trials was {before} and is {now}, which is fewer"
            )
        elif now < begun:
            found.append(
                f"max_trials is {now}, and {begun} trials have begun already"
            )
    if found:
        raise RunError(
            f"{path} holds another sweep: {'; '.join(found)}. {MEND}"
        )
    if before == now:
        return None
    if before is None:
        return f"max_trials was None and is {now}: no more than {now} in all"
    return f"max_trials was {before} and is {now}: the sweep goes on with more"


def _begun(path):
    events = Journal(path / JOURNAL).look()
    return sum(event["event"] == "create" for event in events)


def major(version):
    """Return the first number of a version, or None where there is none.

    >>> major("2.10.1")
    '2'
    """
    return None if version is None else version.split(".")[0]
