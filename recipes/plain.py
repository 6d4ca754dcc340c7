"""Plain data: what a recipe may hold, and JSON can."""

import math

from recipes.errors import RecipeError


class Plain:
    """Base of `Part` and of the ranges: plain data with a name."""

    __slots__ = ()


def plain(value, path):
    """Return `value` as plain data (lists become tuples), or say why not.

    Args:
        value: What the user passed.
        path: Where it stands, for the message.

    Raises:
        RecipeError: For NaN, infinity, or an object that JSON cannot hold.

    Example:

    >>> plain([1, [2, 3]], "network/filters")
    (1, (2, 3))
    """
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()  # a NumPy scalar
    if value is None or isinstance(value, (str, bool, int, Plain)):
        return value
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        raise RecipeError(
            f"`{path}` must be a finite number. Received: {value!r}"
        )
    if isinstance(value, (list, tuple)):
        return tuple(plain(v, f"{path}/{i}") for i, v in enumerate(value))
    raise RecipeError(
        f"`{path}` must be plain data: a number, a string, a boolean, None, "
        "a Part, a range, or a list of these. To use an object of your own, "
        "give it a name with recipes.register(kind, name, builder). "
        f"Received: {value!r} of type {type(value).__name__}"
    )
