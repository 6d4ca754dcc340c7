"""Targets as they come, to numbers to predict."""

import numpy as np

from recipes.data.raw import split_name, to_number
from recipes.errors import DataError


def encode_numbers(labels):
    """Return the targets of every split as float64 of shape (rows, targets).

    Raises:
        DataError: With the split and index of the first bad target.
    """
    encoded = {}
    for role, y in labels.items():
        place = split_name(role)
        numbers = _numbers(np.asarray(y), place)
        if numbers.ndim == 1:
            numbers = numbers[:, None]
        if numbers.ndim != 2 or not numbers.shape[1]:
            raise DataError(
                f"targets of shape {numbers.shape}",
                "(rows,) or (rows, targets)",
                "reshape them",
                split=place,
            )
        encoded[role] = numbers
        with np.errstate(over="ignore"):
            finite = np.isfinite(numbers.astype("float32"))
        bad = np.flatnonzero(~finite.all(axis=1))
        if len(bad):
            raise DataError(
                f"the target {numbers[bad[0]].tolist()}",
                "finite numbers that fit float32",
                "drop, fill or scale these rows",
                split=place,
                index=int(bad[0]),
            )
    widths = {role: y.shape[1] for role, y in encoded.items()}
    first = widths.get("train", widths.get("all"))
    for role, width in widths.items():
        if first is not None and width != first:
            raise DataError(
                f"{width} targets",
                f"{first}, as in the train split",
                "give every split the same targets",
                split=split_name(role),
            )
    return encoded


def _numbers(y, place):
    """Return targets as float64, naming the first that is no number."""
    try:
        if y.dtype.kind not in "biufUSO":
            raise TypeError
        if y.dtype.kind in "USO":
            for value in y.flat:
                if isinstance(value, str | bytes):
                    to_number(value)
        return y.astype("float64")
    except (TypeError, ValueError, OverflowError) as error:
        bad = next((i for i, v in enumerate(y) if not _is_number(v)), 0)
        raise DataError(
            f"the target {str(y[bad])[:60]!r}",
            "numbers to predict",
            "use a classifier, or convert the targets",
            split=place,
            index=bad,
        ) from error


def _is_number(value):
    if isinstance(value, np.complexfloating | np.datetime64):
        return False
    try:
        np.float64(value)
        if isinstance(value, str | bytes):
            to_number(value)
    except (TypeError, ValueError, OverflowError):
        return False
    return True
