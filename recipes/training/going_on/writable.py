"""A place for a run: whether anything can be written there."""

import tempfile

from recipes.errors import RunError


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
        raise RunError(f"{path} is a file; choose a folder for the run.")
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
