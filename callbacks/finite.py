"""Whether numbers are finite, at the cost of a sum."""

import keras
import numpy as np


def non_finite(arrays):
    """Return the place of the first array with a NaN or an infinity, or None.

    A sum tells: it is finite only where every number is. One that has merely
    grown too large is looked at number by number.

    Args:
        arrays: Iterable of arrays; those of whole numbers are finite.

    Example:

    >>> non_finite([np.ones(2), np.array([1.0, np.nan])])
    1
    >>> non_finite([np.full(9, 1e38, "float32")])
    """
    for place, array in enumerate(arrays):
        array = np.asarray(array)
        if array.dtype.kind in "biuUSO":
            continue
        with np.errstate(all="ignore"):
            if np.isfinite(array.sum()):
                continue
            if not np.isfinite(array).all():
                return place
    return None


def non_finite_variable(variables):
    """Return the first variable with a NaN or an infinity, or None.

    Args:
        variables: A list of Keras variables.

    Example:

    >>> variables = [keras.Variable(0.0), keras.Variable(float("nan"))]
    >>> non_finite_variable(variables) is variables[1]
    True
    >>> non_finite_variable(variables[:1])
    """
    place = non_finite(map(keras.ops.convert_to_numpy, variables))
    return None if place is None else variables[place]
