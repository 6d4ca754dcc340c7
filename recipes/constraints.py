"""Kinds of constraint on a field: what it accepts, in words, and what not.

`invalid` lists values that must be refused; it feeds the tests.
"""

import math
from dataclasses import dataclass

from recipes.part import Part


@dataclass(frozen=True)
class Number:
    """A number within bounds; `auto` and `optional` admit "auto" and None."""

    type: type
    minimum: float
    maximum: float = math.inf
    open_minimum: bool = False
    open_maximum: bool = False
    auto: bool = False
    optional: bool = False

    def words(self):
        kind = "a whole number" if self.type is int else "a number"
        low = (
            f"above {self.minimum}"
            if self.open_minimum
            else (f"of at least {self.minimum}")
        )
        high = ""
        if math.isfinite(self.maximum):
            high = f" and {'below' if self.open_maximum else 'at most'} " + str(
                self.maximum
            )
        extra = (', or "auto"' if self.auto else "") + (
            ", or None" if self.optional else ""
        )
        return f"{kind} {low}{high}{extra}"

    def accepts(self, value):
        if (self.auto and value == "auto") or (self.optional and value is None):
            return True
        allowed = (int,) if self.type is int else (int, float)
        if isinstance(value, bool) or not isinstance(value, allowed):
            return False
        above = value > self.minimum or (
            value == self.minimum and not self.open_minimum
        )
        below = value < self.maximum or (
            value == self.maximum and not self.open_maximum
        )
        return above and below

    def invalid(self):
        wrong = [True, "0", self.minimum - 1, [1]]
        if math.isfinite(self.maximum):
            wrong.append(self.maximum + 1)
        if self.open_maximum:
            wrong.append(self.maximum)
        if self.type is int:
            wrong.append(self.minimum + 0.5)
        return wrong


_SHARE = Number(float, 0, 1, open_maximum=True)

# kind, argument → what its value must be: where Keras would take anything, or
# a mistake would wait for the data. What is not here the builder refuses.
INSIDE = {
    ("network", "drop_connect"): _SHARE,
    ("network", "stochastic_depth"): _SHARE,
    ("activation", "num_pieces"): Number(int, 2),
    ("normalization", "momentum"): _SHARE,
    ("weight_average", "momentum"): _SHARE,
    ("metric", "k"): Number(int, 1),
}


@dataclass(frozen=True)
class OneOf:
    """One of a few values."""

    values: tuple

    def words(self):
        return "one of " + ", ".join(repr(v) for v in self.values)

    def accepts(self, value):
        return any(type(v) is type(value) and v == value for v in self.values)

    def invalid(self):
        return ["nothing_like_this", 7]


@dataclass(frozen=True)
class ImageSize:
    """Height and width in pixels, "auto", or None."""

    def words(self):
        return '(height, width) in pixels, each at least 1, "auto", or None'

    def accepts(self, value):
        if value is None or value == "auto":
            return True
        side = Number(int, 1)
        return (
            isinstance(value, tuple)
            and len(value) == 2
            and all(side.accepts(v) for v in value)
        )

    def invalid(self):
        return [16, (16,), (0, 16), (16.5, 16), "big"]


@dataclass(frozen=True)
class PartOf:
    """A Part of one kind, or its bare name."""

    kind: str
    auto: bool = False
    optional: bool = False

    def words(self):
        extra = (', "auto"' if self.auto else "") + (
            ", None" if self.optional else ""
        )
        return f"a Part or a name of the kind {self.kind}{extra}"

    def accepts(self, value):
        return (
            isinstance(value, Part)
            or (self.optional and value is None)
            or (self.auto and value == "auto")
        )

    def invalid(self):
        wrong = [3, 1.5, True, "nothing_like_this", Part("nothing_like_this")]
        return wrong if self.optional else [*wrong, None]


@dataclass(frozen=True)
class PartsOf:
    """A list of Parts of one kind, or their bare names, or a neutral value."""

    kind: str
    otherwise: str | None = "auto"

    def words(self):
        otherwise = '"auto"' if self.otherwise else "None"
        return (
            f"a list of Parts or names of the kind {self.kind}, none twice, "
            f"or {otherwise}"
        )

    def accepts(self, value):
        if not isinstance(value, tuple):
            return value == self.otherwise
        parts = all(isinstance(part, Part) for part in value)
        return parts and len({repr(part) for part in value}) == len(value)

    def invalid(self):
        wrong = [3, True, "nothing_like_this", ["nothing_like_this"]]
        return wrong if self.otherwise is None else [*wrong, None]
