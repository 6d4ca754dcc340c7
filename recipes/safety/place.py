"""Files of a folder that came from elsewhere: nothing outside is read."""

import stat
from pathlib import Path

from recipes.safety.refused import RefusedError


def check(path):
    """Refuse what is no regular file of its own folder.

    A link to another folder would show its file as if it were the run's, and
    a pipe is never read to its end.

    Args:
        path: Of the file.

    Raises:
        FileNotFoundError: If nothing is there.
        OSError: As of a folder that cannot be read.
        RefusedError: Saying what lies there.

    Example:

    >>> import os
    >>> check(os.devnull)
    Traceback (most recent call last):
    ...
    recipes.safety.refused.RefusedError: it is no regular file
    """
    path = Path(path)
    if not stat.S_ISREG(path.stat().st_mode):
        raise RefusedError("it is no regular file")
    if path.is_symlink() and path.resolve().parent != path.parent.resolve():
        raise RefusedError(
            f"it is a link out of its folder, to {path.resolve()}; put the "
            "file itself there"
        )
