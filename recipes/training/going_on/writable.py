"""A place for a run: whether anything can be written there."""

import tempfile
from pathlib import Path

from recipes import json_text
from recipes.errors import RunError


def writable_folder(directory, kind):
    """Return a folder that a user named, as a `Path`.

    Args:
        directory: As it was given; it need not be there.
        kind: What it is the folder of, with its article.

    Raises:
        RunError: For what is no path, and where nothing can be written.

    >>> writable_folder(3, "a check")
    Traceback (most recent call last):
    ...
    recipes.errors.RunError: A directory must be a path, as text or Path: this \
cannot be the folder of a check. Received: 3
    """
    if not isinstance(directory, (str, Path)) or not str(directory):
        raise RunError(
            "A directory must be a path, as text or Path: this cannot be the "
            f"folder of {kind}. Received: {directory!r}"
        )
    try:
        path = Path(directory).expanduser()
        refuse_unwritable(path)
    except (OSError, RuntimeError, ValueError) as error:
        if isinstance(error, RunError):
            raise
        raise RunError(
            f"{directory!r} cannot be the folder of {kind}: {error}"
        ) from error
    return path


def refuse_others(file, picture, kind, ours):
    """Refuse a place that holds what an earlier one of this kind has not made.

    Args:
        file: `Path` of the JSON file that is to be written, or replaced.
        picture: `Path` of the picture beside it.
        kind: What they are of, with its article.
        ours: Given what the file holds → whether it is of that kind.

    Raises:
        RunError: Naming what is in the way.
    """
    if not file.exists() and not picture.exists():
        return
    try:
        held = json_text.read(file)
        if isinstance(held, dict) and ours(held):
            return
    except (OSError, ValueError):
        pass
    wrong = file if file.exists() else picture
    raise RunError(
        f"{wrong} is not of {kind}; move it away, or choose another folder."
    )


def refuse_unwritable(path):
    """Refuse a path below which nothing can be written.

    Args:
        path: A `Path`; it and those above it need not be there.

    Raises:
        RunError: Saying why.
    """
    if "\0" in str(path):
        raise RunError(f"{str(path)!r} holds a zero byte, as no path may.")
    if path.exists() and not path.is_dir():
        raise RunError(f"{path} is a file; choose a folder.")
    above = path.absolute()
    while not above.exists():
        above = above.parent
    if not above.is_dir():
        raise RunError(f"{path} lies below the file {above}.")
    try:
        with tempfile.TemporaryFile(dir=above):
            pass
    except OSError as error:
        raise RunError(
            f"{path} cannot be written: {error}. Choose another folder."
        ) from error
