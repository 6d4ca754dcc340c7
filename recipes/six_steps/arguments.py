"""The arguments of a tune, checked before any data are read."""

from recipes import resolve
from recipes.errors import RecipeError
from recipes.six_steps.budget import seconds_of
from recipes.tuning.arguments import check_objective

LEAST_SEEDS = 2  # of one score nothing says how far it is chance


def check_arguments(recipe, budget, seeds, objective, flags):
    """Return the budget in seconds; refuse what no tune can be made of.

    Args:
        recipe: A recipe.
        budget: As the user gave it.
        seeds: As the user gave it.
        objective: As the user gave it.
        flags: Name → value of what is True or False.

    Raises:
        RecipeError: Naming the argument, with what it may be.
    """
    resolve.refuse_open_ranges(recipe)
    seconds = seconds_of(budget)
    whole = isinstance(seeds, int) and not isinstance(seeds, bool)
    if not (whole and seeds >= LEAST_SEEDS):
        raise RecipeError(
            f"`seeds` must be a whole number of at least {LEAST_SEEDS}: a "
            "change is kept where its gain is beyond the noise between seeds, "
            f"which one seed does not show. Received: {seeds!r}"
        )
    if not isinstance(objective, str):
        raise RecipeError(
            "`objective` must be the name of a metric on the validation "
            f"split, such as 'val_accuracy'. Received: {objective!r}"
        )
    check_objective(objective, recipe)
    for name, value in flags.items():
        if not isinstance(value, bool):
            raise RecipeError(
                f"`{name}` must be True or False. Received: {value!r}"
            )
    return seconds
