"""Words for a best value that lies on the edge of its range."""

from recipes.errors import RecipeError
from recipes.tuning.search.space import close

NEAR = 0.05  # of a range, on its own scale


def edges(recipe, places, values):
    """Say of each interval whether the best value lies on its edge.

    Args:
        recipe: A recipe with ranges.
        places: Its `Place`s.
        values: Path → value of the best trial.

    Returns:
        List of sentences.
    """
    found = []
    for place in places:
        value = place.value(values)
        if place.options is not None or value is None:
            continue
        at = place.position(value)
        if NEAR < at < 1 - NEAR:
            continue
        side = "lower" if at <= NEAR else "upper"
        found.append(
            f"{place.path}: the best, {value:.4g}, lies at the {side} edge of "
            f"{place}: {_mend(recipe, place, values, side)}"
        )
    return found


def _mend(recipe, place, values, side):
    """Return "widen it", unless the field takes nothing further out."""
    low, high = place.range.min_value, place.range.max_value
    limit = f"it is as {'low' if side == 'lower' else 'high'} as it goes"
    if side == "lower" and low == 0:
        return limit
    whole = place.kind == "Int"
    if place.range.sampling == "linear":
        step = 1 if whole else (high - low) / 10
        outside = low - step if side == "lower" else high + step
    else:
        outside = low / 2 if side == "lower" else high * 2
    outside = int(outside) if whole else outside
    try:
        close(recipe, {**values, place.path: outside})
    except RecipeError:
        return limit
    return "widen it"
