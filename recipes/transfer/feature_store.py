"""FeatureStore: arrays that are kept on disk under a key, within a limit."""

import contextlib
import os
import secrets
import time
from pathlib import Path

import numpy as np

from callbacks.disk import sha256

LIMIT = 10 * 2**30  # bytes on disk; what was not used for longest goes first
FOLDER = "keras-recipes"
ABANDONED = 3600  # seconds after which nobody writes a file on


class CannotKeepError(Exception):
    """The disk takes no more, or not here; it says why."""


class FeatureStore:
    """Arrays in a folder, by key: written whole or not at all, and checked.

    A file's name holds its key and the hash of its bytes, and it gets this
    name when it is whole: what a killed process has left is never read, and
    two that write the same at once do not meet.

    Args:
        directory: Where they lie; None for `features` in the folder of
            `RECIPES_CACHE`, or the user's cache.
        limit: Bytes that all of them may take.

    Example:

    >>> import tempfile
    >>> store = FeatureStore(tempfile.mkdtemp())
    >>> store.put("two", (2, 1), [np.zeros((1, 1)), np.ones((1, 1))]).tolist()
    [[0.0], [1.0]]
    >>> store.get("two").tolist(), store.get("three")
    ([[0.0], [1.0]], None)
    """

    def __init__(self, directory=None, limit=LIMIT):
        self.directory = Path(directory or cache_folder() / "features")
        self.limit = limit

    def get(self, key):
        """Return the array of a key, mapped into memory; None if not there.

        One whose bytes have changed since they were written is removed.
        """
        for path in sorted(self.directory.glob(f"{key}.*.npy")):
            try:
                if path.name != _name(key, path):
                    raise ValueError("other bytes than were written")
                with contextlib.suppress(PermissionError):
                    os.utime(path)  # used just now
                return np.load(path, mmap_mode="r")
            except FileNotFoundError:
                continue  # another process made room
            except (OSError, ValueError):
                with contextlib.suppress(OSError):
                    path.unlink()
        return None

    def put(self, key, shape, chunks):
        """Write an array chunk by chunk, and return it mapped into memory.

        Args:
            key: Where to find it again.
            shape: Of the whole array, float32.
            chunks: Yields arrays that follow one another along the first axis.

        Raises:
            CannotKeepError: If the disk refuses; nothing is left there.
        """
        # Containers that share a folder have the same process numbers.
        partial = self.directory / f"{key}.{secrets.token_hex(8)}.partial"
        with _disk():
            self.directory.mkdir(parents=True, exist_ok=True)
            self._sweep()
            file = open(partial, "xb")
        try:
            try:
                rows = _write(file, shape, chunks)
            finally:
                with contextlib.suppress(OSError):  # said by `_write`
                    file.close()
            if rows != shape[0]:
                raise ValueError(f"{rows} rows in place of {shape[0]}")
            with _disk():
                path = self.directory / _name(key, partial)
                os.replace(partial, path)
                found = np.load(path, mmap_mode="r")
        finally:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)
        self._make_room(path)
        return found

    def _sweep(self):
        """Remove what killed processes have left half written."""
        for path in self.directory.glob("*.partial"):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > ABANDONED:
                    path.unlink()

    def _make_room(self, newest):
        """Remove what was used longest ago until the rest fits."""
        found = []
        for path in self.directory.glob("*.npy"):
            with contextlib.suppress(OSError):  # another process was quicker
                about = path.stat()
                found.append((about.st_mtime, about.st_size, path))
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if total > self.limit and path != newest:
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)
                    total -= size


def cache_folder():
    """Return the folder of what can be computed again.

    `RECIPES_CACHE`, else `keras-recipes` in `XDG_CACHE_HOME` or `~/.cache`.
    """
    if os.environ.get("RECIPES_CACHE"):
        return Path(os.environ["RECIPES_CACHE"]).expanduser()
    caches = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(caches).expanduser() / FOLDER


@contextlib.contextmanager
def _disk():
    """Tell the errors of the disk from those of what is written."""
    try:
        yield
    except OSError as error:
        raise CannotKeepError(str(error)) from error


def _write(file, shape, chunks):
    """Write rows after a header; return how many.

    Not through a map into memory: there a full disk ends the process.
    """
    about = {"descr": "<f4", "fortran_order": False, "shape": tuple(shape)}
    with _disk():
        np.lib.format.write_array_header_2_0(file, about)
    rows = 0
    for chunk in chunks:
        with _disk():
            file.write(np.ascontiguousarray(chunk, "<f4").data)
        rows += len(chunk)
    with _disk():
        file.flush()
        os.fsync(file.fileno())
    return rows


def _name(key, path):
    return f"{key}.{sha256(path)[:40]}.npy"
