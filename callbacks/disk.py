"""Files on disk: whole or not there, waited for, and known by their bytes."""

import contextlib
import hashlib
import os
from pathlib import Path


def sha256(path):
    """Return the sha256 of a file's bytes as hexadecimals."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_file(path):
    """Wait until what a file holds is on disk.

    Raises:
        OSError: As of a full disk.
    """
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def sync_folder(path):
    """Wait until a new name is on disk, where folders can be opened."""
    with contextlib.suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def whole(path, partial=None, wait=True):
    """Yield a path to write to; that file takes the place of `path` at the end.

    Whatever ends it before, what was half written is removed, and `path` is as
    it was.

    Args:
        path: Where the file belongs.
        partial: Where it is written, in the same folder; None: `path` with
            `.partial` behind its name.
        wait: Whether it is on disk before it takes its place. Without it, a
            machine that goes down may leave an empty file there: for what can
            be made again.

    Raises:
        OSError: As of a full disk.

    Example:

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.txt"
    >>> with whole(path) as partial:
    ...     _ = partial.write_text("new")
    ...     path.exists()
    False
    >>> path.read_text(), partial.exists()
    ('new', False)
    """
    path = Path(path)
    if partial is None:
        partial = path.with_name(f"{path.name}.partial")
    try:
        yield partial
        if wait:
            sync_file(partial)
        os.replace(partial, path)
    except BaseException:
        with contextlib.suppress(OSError):  # its room is wanted
            partial.unlink()
        raise


def write_whole(path, text, wait=True):
    """Write a text whole or not at all, in UTF-8, with the line ends it has.

    Args:
        path: Of the file.
        text: All that it is to hold.
        wait: As of `whole`.
    """
    with whole(path, wait=wait) as partial:
        partial.write_bytes(text.encode())
