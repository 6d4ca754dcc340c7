"""A finished run, and what is to replace it."""

import shlex


def finished_there(path, new, ended):
    """Say that a finished run lies in a folder, and how it is replaced.

    Args:
        path: The folder.
        new: Where what is to replace it lies, or None.
        ended: Whether that is finished too.
    """
    words = (
        f"{path} holds a finished run; choose another folder, or replace it "
        "with overwrite=True (--overwrite on the command line)."
    )
    if new is None:
        return words
    resume = f"recipes fit --resume {shlex.quote(str(path))}"
    if ended:
        return (
            f"{words} What is to replace it is finished, and waits in {new} "
            f"to take its place: {resume}, or overwrite=True, lets it."
        )
    return (
        f"{words} What was to replace it lies unfinished in {new}: that goes "
        f"on with: {resume}, and with overwrite=True where recipe and data "
        "are the same; of others, overwrite=True removes it."
    )
