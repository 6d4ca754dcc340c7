"""The arguments of a range test, checked before any data are read."""

import math

from recipes.errors import RecipeError
from recipes.training.going_on.writable import refuse_others, writable_folder

PICTURE, NUMBERS = "range_test.png", "range_test.json"
FEWEST = 20  # steps
MOST = 100_000


def check_arguments(seeds, lowest, highest, steps, verbose):
    """Refuse what no range test can be made of.

    Raises:
        RecipeError: Naming the argument, with what it may be.
    """
    if not _is_whole(seeds, 1):
        raise RecipeError(
            "`seeds` must be a whole number of at least 1: how many trainings, "
            f"each with a seed of its own. Received: {seeds!r}"
        )
    for name, rate in {"lowest": lowest, "highest": highest}.items():
        if not _is_rate(rate):
            raise RecipeError(
                f"`{name}` must be a number above 0: the "
                f"{'first' if name == 'lowest' else 'last'} learning rate. "
                f"Received: {rate!r}"
            )
    if not lowest < highest:
        raise RecipeError(
            "`lowest` must be below `highest`: the learning rate rises from "
            f"the one to the other. Received: {lowest!r} and {highest!r}"
        )
    if not _is_whole(steps, FEWEST) or steps > MOST:
        raise RecipeError(
            f"`steps` must be a whole number from {FEWEST} to {MOST}: of how "
            f"many rates the loss is measured. Received: {steps!r}"
        )
    if not isinstance(verbose, bool):
        raise RecipeError(
            f"`verbose` must be True or False. Received: {verbose!r}"
        )


def check_directory(directory):
    """Return the folder as a `Path`, or None where nothing is written.

    Raises:
        RunError: For a folder that cannot be, and for one that holds files
            of these names which no range test has made; its own are replaced.
    """
    if directory is None:
        return None
    path = writable_folder(directory, "a range test")
    places = path / NUMBERS, path / PICTURE
    refuse_others(*places, "a range test", lambda held: "suggestions" in held)
    return path


def _is_whole(value, least):
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole and value >= least


def _is_rate(value):
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number and 0 < value < math.inf
