"""report.html of a tune: written at its end, and gone while it goes on."""

from contextlib import suppress

from recipes.errors import UserError
from recipes.report.file import NAME, is_ours


def write_page(found, console, again=True):
    """Write the page of a tune, and say where it lies, or why it does not.

    What a tune has found stands without its page: nothing is raised.

    Args:
        found: A `Tuned`.
        console: That it is said on.
        again: Whether one that lies there is written anew.
    """
    path = found.directory / NAME
    try:
        if again or not _has_page(found.directory):
            path = found.report()
    except UserError as error:
        console.print(f"no page was written: {error}")
    else:
        console.print(f"the page that says why: {path}")


def _has_page(path):
    with suppress(OSError):
        return is_ours(path / NAME)
    return False


def drop_page(path):
    """Remove the page of ours in a folder: it says what is no longer so."""
    with suppress(OSError):
        if is_ours(path / NAME):
            (path / NAME).unlink()
