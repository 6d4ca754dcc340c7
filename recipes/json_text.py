"""JSON that may come from anyone: bounded, finite, each name once."""

import json
import math

LARGEST = 16 * 2**20  # bytes of a file
MOST = 1_000_000  # values in it: Python needs some 100 bytes for each
WHOLE = 2**64  # whole numbers lie below


def loads(text, largest=LARGEST, most=MOST):
    """Return the plain values of a JSON text.

    `json.loads` takes NaN, makes infinity of 1e400, keeps the last of two
    values of one name, and ends in a RecursionError where it is nested
    deeply.

    Args:
        text: A `str`.
        largest: Characters that it may have.
        most: Values that it may hold.

    Raises:
        ValueError: For what is no JSON, and for JSON that no file of this
            library holds. `json.JSONDecodeError` where it is the syntax.

    Example:

    >>> loads('{"loss": 1e400}')
    Traceback (most recent call last):
    ...
    ValueError: only finite numbers are taken. Received: 1e400
    """
    held = text.count(",") + text.count("[") + text.count("{")
    if len(text) > largest or held > most:
        raise ValueError(
            f"it is too large: at most {largest} characters and {most} "
            f"values are taken. Received: {len(text)} characters"
        )
    try:
        found = json.loads(
            text,
            parse_constant=_refuse,
            parse_float=_finite,
            parse_int=_whole,
            object_pairs_hook=_unique,
        )
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return found


def read(path, largest=LARGEST, most=MOST):
    """Return the plain values of a JSON file; see `loads`.

    No more than `largest` bytes are read.

    Raises:
        OSError: As of a file that is missing.
        ValueError: As of `loads`.
    """
    with open(path, "rb") as file:
        text = file.read(largest + 1)
    return loads(text.decode("utf-8"), largest, most)


def _refuse(constant):
    raise ValueError(f"only finite numbers are taken. Received: {constant}")


def _finite(text):
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(
            f"only finite numbers are taken. Received: {text[:30]}"
        )
    return number


def _whole(text):
    number = int(text) if len(text) < 30 else WHOLE
    if abs(number) >= WHOLE:
        raise ValueError(
            "whole numbers have to lie between -2**64 and 2**64. Received: "
            f"{text[:30]}{'…' * (len(text) > 30)}"
        )
    return number


def _unique(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({n for n in names if names.count(n) > 1})[:3]
        raise ValueError(f"a name stands twice in one object: {twice}")
    return found
