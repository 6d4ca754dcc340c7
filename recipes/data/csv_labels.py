"""The cells of a label column, to labels and class names."""

import re

import numpy as np

from recipes.data.raw import to_number

DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+")


def from_cells(given):
    """Return (labels, class names): fractions as floats, the rest as text.

    Whole numbers are named as they are written, 1.0 as 1, and sorted as
    numbers. Numbers with decimal commas give (None, None).
    """
    if any(map(DECIMAL_COMMA.fullmatch, given)) and all(
        DECIMAL_COMMA.fullmatch(text) or _number(text) is not None
        for text in given
    ):
        return None, None
    numbers = [_number(text) for text in given]
    if None in numbers:
        return np.array(given), None
    if not all(n.is_integer() and abs(n) < 2**63 for n in numbers):
        return np.array(numbers), None
    values, names = [], {}
    for text, number in zip(given, numbers, strict=True):
        plain = re.fullmatch(r"-?\d+", text)
        value = int(text) if plain else int(number)
        values.append(value)
        ways = (names.get(value), text if plain else str(value))
        names[value] = min(filter(None, ways), key=len)
    labels = np.array([names[value] for value in values])
    return labels, tuple(names[value] for value in sorted(names))


def _number(text):
    try:
        return to_number(text)
    except ValueError:
        return None
