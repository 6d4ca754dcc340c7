"""Ranges: field values that are not chosen yet.

A range sits where the number would. Its path in the recipe, for instance
`optimizer/learning_rate`, is the name of the hyperparameter. Names and
arguments are Keras Tuner's. A tuple is never a range.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from recipes.errors import RecipeError
from recipes.plain import Plain, plain

SAMPLINGS = ("linear", "log", "reverse_log")


@dataclass(frozen=True)
class Range(Plain):
    """Base of the four ranges; use `Float`, `Int`, `Choice` or `Boolean`."""

    def ends(self):
        """Return the values that a field's own check has to accept."""
        raise NotImplementedError


@dataclass(frozen=True)
class _Interval(Range):
    min_value: float
    max_value: float
    step: float | None = None
    sampling: str = "linear"

    def __post_init__(self):
        kind = type(self).__name__
        for name in ("min_value", "max_value", "step"):
            value = plain(getattr(self, name), name)
            object.__setattr__(self, name, value)
            if value is None and name == "step":
                continue
            if not self._is_number(value):
                raise RecipeError(
                    f"{kind}: `{name}` must be a finite {kind.lower()}. "
                    f"Received: {value!r}"
                )
        if self.min_value >= self.max_value:
            raise RecipeError(
                f"{kind}: `min_value` must lie below `max_value`. "
                f"Received: {self.min_value!r}, {self.max_value!r}"
            )
        if self.sampling not in SAMPLINGS:
            raise RecipeError(
                f"{kind}: `sampling` must be one of {', '.join(SAMPLINGS)}. "
                f"Received: {self.sampling!r}"
            )
        if self.sampling != "linear" and self.min_value <= 0:
            raise RecipeError(
                f"{kind}: sampling={self.sampling!r} needs `min_value` above "
                f"0. Received: {self.min_value!r}"
            )
        if self.step is not None and self.step <= (self.sampling != "linear"):
            raise RecipeError(
                f"{kind}: `step` must be above 0 (above 1 when it multiplies, "
                f"with sampling='log'). Received: {self.step!r}"
            )

    def ends(self):
        return (self.min_value, self.max_value)


class Float(_Interval):
    """A real number between two bounds, both included.

    Args:
        min_value: Lower bound.
        max_value: Upper bound, above `min_value`.
        step: Distance between two values, or None for any value. With
            `sampling="log"` a factor above 1.
        sampling: `"linear"`, `"log"` or `"reverse_log"`; the last two need
            bounds above 0.

    Example:

    >>> Float(1e-4, 1e-1, sampling="log").ends()
    (0.0001, 0.1)
    """

    @staticmethod
    def _is_number(value):
        return _is_real(value)


class Int(_Interval):
    """A whole number between two bounds, both included.

    Args:
        min_value: Lower bound.
        max_value: Upper bound, above `min_value`.
        step: Distance between two values, or None for 1. With
            `sampling="log"` a factor above 1.
        sampling: `"linear"`, `"log"` or `"reverse_log"`.

    Example:

    >>> Int(2, 8, step=2).ends()
    (2, 8)
    """

    @staticmethod
    def _is_number(value):
        return isinstance(value, int) and not isinstance(value, bool)


@dataclass(frozen=True)
class Choice(Range):
    """One of several values; Parts and None are values too.

    Args:
        values: At least one value, none twice.

    Example:

    >>> Choice(["relu", "elu"]).values
    ('relu', 'elu')
    """

    values: tuple

    def __post_init__(self):
        if isinstance(self.values, str) or not hasattr(self.values, "__iter__"):
            raise RecipeError(
                f"Choice: `values` must be a list. Received: {self.values!r}"
            )
        values = plain(list(self.values), "Choice")
        twice = [
            v
            for i, v in enumerate(values)
            if any(type(v) is type(w) and v == w for w in values[:i])
        ]
        if not values or twice:
            raise RecipeError(
                "Choice: `values` must hold at least one value, none twice. "
                f"Received: {list(values)!r}"
            )
        object.__setattr__(self, "values", values)

    def ends(self):
        return self.values


@dataclass(frozen=True)
class Boolean(Range):
    """True or False.

    Example:

    >>> Boolean().ends()
    (False, True)
    """

    def ends(self):
        return (False, True)


def _is_real(value):
    return (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and math.isfinite(value)
    )


def open_ranges(value, path=""):
    """Map the path of every range below `value` to that range.

    A range inside an option of a Choice has the option's name in its path:
    `optimizer/adam/learning_rate`.

    Raises:
        RecipeError: If two ranges have one path.

    Example:

    >>> open_ranges({"rate": Float(0.0, 0.5), "units": 8})
    {'rate': Float(min_value=0.0, max_value=0.5, step=None, sampling='linear')}
    """
    found = {}
    for name, below in _walk(value, path):
        if name in found:
            raise RecipeError(
                f"Two options of a Choice have a range at `{name}`. Give the "
                "options different names, or put one Choice inside the Part."
            )
        found[name] = below
    return found


def _walk(value, path):
    """Yield (path, range), depth first."""
    if isinstance(value, Range):
        yield path, value
        for option in getattr(value, "values", ()):
            name = getattr(option, "name", None)
            yield from _walk(option, f"{path}/{name}" if name else path)
        return
    value = getattr(value, "config", value)
    if isinstance(value, Mapping):
        items = value.items()
    else:
        items = enumerate(value if isinstance(value, tuple) else ())
    for key, below in items:
        yield from _walk(below, f"{path}/{key}" if path else str(key))
