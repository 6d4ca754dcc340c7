"""A budget: seconds of work, in words and back."""

import math
import re

from recipes.errors import RecipeError

UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}
_FORM = re.compile(r"([0-9]+(?:\.[0-9]+)?)(s|m|h|)")


def seconds_of(budget):
    """Return the seconds of a budget.

    Args:
        budget: A number of seconds above 0, or a text: a number and one of
            s, m, h, such as `"90s"`, `"10m"`, `"1.5h"`; without one of these
            the number is of seconds.

    Raises:
        RecipeError: For anything else.

    Example:

    >>> seconds_of("10m"), seconds_of(90), seconds_of("1.5h")
    (600.0, 90.0, 5400.0)
    """
    found = None
    if isinstance(budget, str):
        form = _FORM.fullmatch(budget.strip())
        if form is not None:
            found = float(form[1]) * UNITS[form[2]]
    elif isinstance(budget, (int, float)) and not isinstance(budget, bool):
        try:
            found = float(budget)
        except OverflowError:
            found = math.inf
    if found is None or not 0 < found < math.inf:
        raise RecipeError(
            "`budget` must be a number of seconds above 0, or a text such as "
            f"'90s', '10m' or '2h'. Received: {budget!r}"
        )
    return found


def said(seconds):
    """Return seconds in words.

    >>> said(12.34), said(240), said(3725)
    ('12.3 s', '4 min', '1 h 2 min')
    """
    if seconds < 99.95:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"
