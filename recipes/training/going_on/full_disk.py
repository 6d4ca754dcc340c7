"""A file that cannot be written, as on a full disk: which one."""

import errno
from contextlib import contextmanager

FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


class NotWrittenError(OSError):
    """A file that could not be written."""


class FullDiskError(NotWrittenError):
    """A file that could not be written for want of room."""


@contextmanager
def naming(path):
    """Let the error of what cannot be written name the file.

    Args:
        path: What is written meanwhile.

    Raises:
        FullDiskError: For a full disk.
        NotWrittenError: For any other reason.

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
    except NotWrittenError:
        raise
    except OSError as error:
        kind = FullDiskError if error.errno in FULL else NotWrittenError
        failure = kind(
            f"{path} could not be written: {error.strerror or error}"
        )
        failure.errno = error.errno
        raise failure from error


def is_full(error):
    """Whether room would mend an `OSError`.

    >>> is_full(OSError(errno.ENOSPC, "")), is_full(OSError(errno.EISDIR, ""))
    (True, False)
    """
    return error.errno in FULL
