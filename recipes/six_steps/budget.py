"""A budget: seconds of work, in words and back."""

import math
import re

from recipes.errors import RecipeError

UNITS = {"": 1, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600}
MOST = 365 * 24 * 3600
_NUMBER, _UNIT = r"([0-9]+(?:\.[0-9]+)?)", r"(s|sec|m|min|h)"
_ONE = re.compile(rf"{_NUMBER} *{_UNIT}?", re.ASCII)
_SEVERAL = re.compile(rf"(?:{_NUMBER} *{_UNIT} *)+", re.ASCII)
_PART = re.compile(rf"{_NUMBER} *{_UNIT}(?![a-z])", re.ASCII)


def seconds_of(budget):
    """Return the seconds of a budget.

    Args:
        budget: A number of seconds above 0, at most those of a year, or a
            text: a number and one of s, m, h, such as `"90s"`, `"10m"`,
            `"1.5h"`, or several, such as `"1h30m"`; sec and min, capitals and
            spaces between may be written too. A number alone is of seconds.

    Raises:
        RecipeError: For anything else.

    Example:

    >>> seconds_of("10m"), seconds_of(90), seconds_of("1h30m")
    (600.0, 90.0, 5400.0)
    """
    found = None
    if isinstance(budget, str):
        text = budget.strip().lower()
        form = _ONE.fullmatch(text)
        if form is not None:
            found = float(form[1]) * UNITS[form[2] or ""]
        elif _SEVERAL.fullmatch(text):
            found = _sum(text)
    elif isinstance(budget, (int, float)) and not isinstance(budget, bool):
        try:
            found = float(budget)
        except OverflowError:
            found = math.inf
    if found is None or not 0 < found <= MOST:
        raise RecipeError(
            "`budget` must be a number of seconds above 0, or a text such as "
            "'90s', '10m', '2h' or '1h30m', of at most a year (8760h). "
            f"Received: {budget!r}"
        )
    return found


def _sum(text):
    """Return the seconds of several numbers, the largest unit first, or None.

    >>> _sum("1h 30min"), _sum("30m1h")
    (5400.0, None)
    """
    found = [
        (float(number), UNITS[unit]) for number, unit in _PART.findall(text)
    ]
    units = [unit for _, unit in found]
    if units != sorted(set(units), reverse=True):
        return None
    return sum(number * unit for number, unit in found)


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
