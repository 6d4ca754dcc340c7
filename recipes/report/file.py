"""report.html: where it may be written, and written whole."""

import os
from pathlib import Path

from callbacks.disk import write_whole
from recipes.errors import RunError
from recipes.report.page import GENERATOR

NAME = "report.html"
HEAD = 2048  # bytes, within which a page of ours says that it is one


def place(path, directory, overwrite=False):
    """Return where the page goes, checked before any work.

    Args:
        path: As the user gave it, or None: `report.html` in the folder.
        directory: The folder that the page is of.
        overwrite: Whether a file that is no page of ours may be replaced.

    Raises:
        RunError: For a path that does not end in .html, lies in no folder,
            or holds something that is not ours.
    """
    try:
        found = Path(directory, NAME) if path is None else Path(path)
        found = found.expanduser()
        if found.suffix.lower() not in (".html", ".htm") or "\0" in str(found):
            raise RunError(
                "the page is a file that ends in .html. "
                f"Received: {str(path)!r}"
            )
        if not found.parent.is_dir():
            raise RunError(
                f"{found} lies in no folder that exists: make {found.parent} "
                "first, or name another file."
            )
        held = found.exists() or found.is_symlink()
        if held and not found.is_file():
            raise RunError(f"{found} is no file; name another one.")
        if held and not overwrite and not is_ours(found):
            raise RunError(
                f"{found} holds something that is no report; name another "
                "file, or replace it with overwrite=True (--overwrite on the "
                "command line)."
            )
        if not os.access(found.parent, os.W_OK):
            raise RunError(f"{found.parent} cannot be written to.")
    except (OSError, RuntimeError, TypeError, ValueError) as error:
        if isinstance(error, RunError):
            raise
        raise RunError(f"{path!r} cannot be the page: {error}") from error
    return found


def is_ours(path):
    """Whether a file is a page that this library wrote."""
    with open(path, "rb") as file:
        head = file.read(HEAD)
    return f'content="{GENERATOR}"'.encode() in head


def write(path, page):
    """Write the page whole or not at all.

    Raises:
        RunError: Naming the file, as of a full disk.
    """
    try:
        # One that leads elsewhere would be written through.
        path.with_name(f"{path.name}.partial").unlink(missing_ok=True)
        write_whole(path, page)
    except OSError as error:
        raise RunError(f"{path} cannot be written: {error}") from error
    return path
