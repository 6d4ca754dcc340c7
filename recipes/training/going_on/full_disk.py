"""A disk that takes no more: which file, and how the run goes on."""

import errno
from contextlib import contextmanager

FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


class FullDiskError(OSError):
    """A file that could not be written for want of room."""


@contextmanager
def naming(path):
    """Let the error of a full disk name the file.

    Args:
        path: What is written meanwhile.

    Raises:
        FullDiskError: For a full disk; other errors stay as they are.

    Example:

    >>> with naming("model.keras"):
    ...     raise OSError(errno.ENOSPC, "No space left on device")
    Traceback (most recent call last):
    ...
    recipes.training.going_on.full_disk.FullDiskError: model.keras could not \
be written: No space left on device
    """
    try:
        yield
    except FullDiskError:
        raise
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise FullDiskError(
            f"{path} could not be written: {error.strerror}"
        ) from error
