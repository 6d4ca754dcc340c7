"""A file that one process at a time may hold, until it ends."""

import fcntl
import time
from contextlib import contextmanager

from recipes.errors import RunError


@contextmanager
def held(path, what, patience=0.0):
    """Hold a file's lock; the system lets go of it however a process ends.

    Args:
        path: The file, in a folder that exists.
        what: What is done meanwhile, for the message.
        patience: Seconds to wait for another that is about to end.

    Raises:
        RunError: While another process holds it.

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
    until = time.monotonic() + patience
    with open(path, "a") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if time.monotonic() >= until:
                    raise RunError(
                        f"Another process {what}: it holds {path}. Wait until "
                        "it ends, or end it."
                    ) from error
            time.sleep(0.1)
        yield
