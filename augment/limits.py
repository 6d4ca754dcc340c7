"""What the arguments of a step may be: uniform checks and messages."""

import numbers


def factor(step, name, value, lowest=-1.0, highest=1.0, hint=""):
    """Return (lower, upper) of a factor.

    One number f means (-f, f), as far as that is legal.

    Raises:
        ValueError: For anything else, or a value out of range.

    Example:

    >>> factor("RandomRotation", "factor", 0.1)
    (-0.1, 0.1)
    """
    short = (
        f", or one number f in [0, {highest:g}], short for (-f, f) as far as "
        f"that is legal{hint}"
    )
    if _number(value) and 0 <= value <= highest:
        value = (max(lowest, -value), value)
    return interval(step, name, value, lowest, highest, short)


def interval(step, name, value, lowest, highest, or_else=""):
    """Return (lower, upper), both within [lowest, highest].

    Raises:
        ValueError: With what is legal, and what was given.
    """
    pair = isinstance(value, tuple | list) and len(value) == 2
    if pair and all(_number(end) for end in value):
        lower, upper = value
        if lowest <= lower <= upper <= highest:
            return (lower, upper)
    raise ValueError(
        f"{step}: `{name}` must be a pair (lower, upper) of numbers in "
        f"[{lowest:g}, {highest:g}]{or_else}. Received: {value!r}"
    )


def number(step, name, value, lowest, highest=float("inf")):
    """Return a number in [lowest, highest].

    Raises:
        ValueError: With what is legal, and what was given.
    """
    if _number(value) and lowest <= value <= highest:
        return value
    top = f" and at most {highest:g}" if highest < float("inf") else ""
    raise ValueError(
        f"{step}: `{name}` must be a number of at least {lowest:g}{top}. "
        f"Received: {value!r}"
    )


def whole(step, name, value, lowest, highest=2**31 - 1):
    """Return a whole number in [lowest, highest].

    Raises:
        ValueError: With what is legal, and what was given.
    """
    if isinstance(value, numbers.Integral) and not isinstance(value, bool):
        if lowest <= value <= highest:
            return int(value)
    raise ValueError(
        f"{step}: `{name}` must be a whole number of at least {lowest} and "
        f"at most {highest}. Received: {value!r}"
    )


def one_of(step, name, value, legal):
    """Return a value that is one of the legal ones.

    Raises:
        ValueError: With what is legal, and what was given.
    """
    if value in legal:
        return value
    words = ", ".join(map(repr, legal))
    raise ValueError(
        f"{step}: `{name}` must be one of {words}. Received: {value!r}"
    )


def _number(value):
    real = isinstance(value, numbers.Real) and not isinstance(value, bool)
    return real and value == value and abs(value) != float("inf")
