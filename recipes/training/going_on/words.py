"""How a run goes on, in words."""

import shlex


def resume_command(path):
    """Return what goes on in a run folder, in a shell."""
    return f"recipes fit --resume {shlex.quote(str(path))}"


def same_call(path):
    """Say what goes on in a folder where no command of a shell does."""
    return f"the same call, with directory={str(path)!r}"


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
    resume = resume_command(path)
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
