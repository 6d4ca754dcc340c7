"""The arguments of a sweep, checked before any data are read."""

import math

from recipes import registry
from recipes.errors import RecipeError, suggest

TUNERS = ("random", "grid", "bayesian", "hyperband")
SAME_FOR_ALL = (
    "task",
    "multi_label",
    "metrics",
    "validation_split",
    "test_split",
    "split_seed",
    "seed",
)


def check_arguments(
    recipe,
    tuner,
    max_trials,
    executions_per_trial,
    overwrite,
    verbose,
    keep=3,
):
    """Refuse what no sweep can be made of.

    Raises:
        RecipeError: Naming the argument, with what it may be.
    """
    check_tuner(tuner, max_trials)
    if not _is_count(executions_per_trial):
        raise RecipeError(
            "`executions_per_trial` must be a whole number of at least 1: how "
            "many fits, each with a seed of its own, the score of a trial is "
            f"the mean of. Received: {executions_per_trial!r}"
        )
    if not _is_count(keep):
        raise RecipeError(
            "`keep` must be a whole number of at least 1: of how many trials, "
            f"the best, the checkpoints stay. Received: {keep!r}"
        )
    for name, value in {"overwrite": overwrite, "verbose": verbose}.items():
        if not isinstance(value, bool):
            raise RecipeError(
                f"`{name}` must be True or False. Received: {value!r}"
            )
    check_ranges(recipe)
    if tuner == "hyperband":
        for name in ("epochs", "batch_size"):
            if name in recipe.ranges():
                raise RecipeError(
                    "tuner='hyperband' chooses how many of a recipe's epochs "
                    "a trial has: `epochs` must be one number, and "
                    "`batch_size` too. Received a range for "
                    f"`{name}`: {recipe.ranges()[name]!r}"
                )


def check_seconds(max_seconds, workers):
    """Refuse what is no time, and one that nobody here would look at.

    Raises:
        RecipeError: Saying what it may be.
    """
    number = isinstance(max_seconds, (int, float))
    number = number and not isinstance(max_seconds, bool)
    if max_seconds is not None and not (number and 0 < max_seconds < math.inf):
        raise RecipeError(
            "`max_seconds` must be a number of seconds above 0, after which "
            "no trial is begun, or None: no end but that of the trials. "
            f"Received: {max_seconds!r}"
        )
    if max_seconds is not None and workers == 0 and workers is not False:
        raise RecipeError(
            "`max_seconds` ends a search, and workers=0 only prepares its "
            "folder: leave it out, and stop the chief when it is time. "
            f"Received: {max_seconds!r}"
        )


def check_ranges(recipe):
    """Refuse a range of what all trials need one value of.

    Raises:
        RecipeError: Naming its path.
    """
    for path in recipe.ranges():
        if path.split("/")[0] in SAME_FOR_ALL:
            raise RecipeError(
                f"`{path}` must be the same for all trials, or their scores "
                "could not be compared; give it one value."
            )


def check_tuner(name, max_trials):
    """Refuse a tuner that is not there, or one without an end.

    Raises:
        RecipeError: With the legal names.
    """
    if name not in TUNERS:
        raise RecipeError(
            f"`tuner` must be one of {', '.join(TUNERS)}."
            f"{suggest(name, TUNERS)} Received: {name!r}"
        )
    if max_trials is None and name in ("random", "bayesian"):
        raise RecipeError(
            f"`max_trials`: tuner={name!r} searches without end; say how many "
            "trials there may be. Received: None"
        )
    if max_trials is not None and not _is_count(max_trials):
        raise RecipeError(
            "`max_trials` must be a whole number of at least 1, or None with "
            f"'grid' and 'hyperband'. Received: {max_trials!r}"
        )


def check_objective(given, recipe):
    """Return (short name, direction or None) of what is searched.

    Args:
        given: A metric's name, or a `keras_tuner.Objective`.
        recipe: Without ranges.

    Raises:
        RecipeError: For what is not scored on the validation split.
    """
    name = getattr(given, "name", given)
    direction = getattr(given, "direction", None)
    if not isinstance(name, str):
        raise RecipeError(
            "`objective` must be a metric's name, such as 'val_accuracy', or "
            f"a keras_tuner.Objective. Received: {given!r}"
        )
    if direction not in (None, "min", "max"):
        raise RecipeError(
            "`objective`: the direction of a keras_tuner.Objective must be "
            f"'min' or 'max'. Received: {direction!r}"
        )
    short = name.removeprefix("validation_").removeprefix("val_")
    known = ["loss", *(part.name for part in recipe.resolve().metrics)]
    if short not in known or short == name:
        legal = [f"val_{each}" for each in known]
        raise RecipeError(
            f"`objective` must be one of {', '.join(legal)}: what is scored "
            f"on the validation split.{_add(short, recipe)}"
            f"{suggest(name, legal)} "
            f"Received: {name!r}"
        )
    return short, direction


def _add(name, recipe):
    """Say how the recipe would get a metric that it lacks."""
    if name not in registry.names("metric"):
        return ""
    listed = [*(part.name for part in recipe.resolve().metrics), name]
    return f" Give the recipe the metric first: metrics={listed}."


def _is_count(value):
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole and value >= 1
