"""report.html of a tune: written at its end, and gone while it goes on."""

from contextlib import suppress

from recipes.errors import UserError
from recipes.report.file import NAME, is_ours


def write_page(found, console):
    """Write the page of a tune, and say where it lies, or why it does not.

    What a tune has found stands without its page: nothing is raised.

    Args:
        found: A `Tuned`.
        console: That it is said on.
    """
    try:
        path = found.report()
    except UserError as error:
        console.print(f"no page was written: {error}")
    else:
        console.print(f"the page that says why: {path}")


def has_page(path):
    """Whether a folder holds a page of ours."""
    with suppress(OSError):
        return is_ours(path / NAME)
    return False


def drop_page(path):
    """Remove the page of ours in a folder: it says what is no longer so."""
    with suppress(OSError):
        if is_ours(path / NAME):
            (path / NAME).unlink()
