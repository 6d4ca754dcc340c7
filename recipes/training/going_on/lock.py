"""A file that one process at a time may hold, until it ends."""

import errno
import os
import sys
import threading
import time
import warnings
from contextlib import contextmanager, suppress

from recipes.errors import RunError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None
    import msvcrt


# EACCES and EDEADLK are what Windows says.
TAKEN = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK}
PATIENCE = 10.0  # seconds, with a checkpoint of this process
_written = set()  # files that are held until a checkpoint is written


@contextmanager
def held(path, what, patience=0.0, *, stays=True):
    """Hold a file's lock; the system lets go of it however a process ends.

    It names the process that held it last. Where a checkpoint is still being
    written, as after a second Ctrl-C, it stays held until that has ended.
    Nothing waits for that but the end of the process, and for some seconds
    the next call of the same one.

    Args:
        path: The file, in a folder that exists.
        what: What is done meanwhile, for the message.
        patience: Seconds to wait for another that is about to end.
        stays: Whether the file is left there afterwards.

    Raises:
        RunError: While another process, or another call of this one, holds
            it.

    Example:

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "lock"
    >>> with held(path, "sweeps here"):
    ...     with held(path, "sweeps here"):
    ...         pass
    Traceback (most recent call last):
    ...
    recipes.errors.RunError: Another process sweeps here: ...
    """
    key = os.path.abspath(path)
    if key in _written:
        patience = max(patience, PATIENCE)
    until = time.monotonic() + patience
    while True:
        file = open(path, "a+", encoding="utf-8")
        taken = _taken(file)
        if taken and _still(path, file):
            break
        file.close()
        if taken:  # a file that was removed meanwhile
            continue
        if time.monotonic() >= until:
            if key in _written:
                raise RunError(
                    f"A checkpoint of this process is still being written: it "
                    f"holds {path}. Wait a while, and call again."
                )
            raise RunError(
                f"Another process {what}: it holds {path}{_holder(path)}. "
                "Wait until it ends, or end it."
            )
        time.sleep(0.1)
    with suppress(OSError):  # a full disk
        file.truncate(0)
        os.write(file.fileno(), f"{os.getpid()}\n".encode())
    try:
        yield
    finally:
        _let_go(file, None if stays else path)


def _let_go(file, gone):
    """Let go of a lock when what this thread has begun to write is written."""
    key = os.path.abspath(file.name)

    def let_go():
        for each in written:
            each.wait()
        with file, suppress(OSError):  # Windows removes no open file
            if gone is not None:
                gone.unlink()
        _written.discard(key)

    # Without Keras, which it imports, nothing was begun: others lock too.
    background = sys.modules.get("callbacks.background")
    written = background.running() if background else []
    if written:
        _written.add(key)
        threading.Thread(target=let_go).start()
    else:
        let_go()


def _taken(file):
    """Take the lock if it is free, and say whether it was."""
    try:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            file.seek(2**30)  # far behind what is read of it
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError as error:
        if error.errno in TAKEN:
            return False
        name = errno.errorcode.get(error.errno, error.errno)
        warnings.warn(  # NFS without locks, for one
            f"{file.name} cannot be locked ({name}: {error.strerror}): see "
            "that no other process works there",
            stacklevel=2,
        )
    return True


def _still(path, file):
    """Whether a file is the one of this name: it may have been removed."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(file.fileno()))
    except OSError:
        return False


def _holder(path):
    try:
        found = path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
    if not found.isdecimal():
        return ""
    return f" (process {found}{', this one' * (int(found) == os.getpid())})"
