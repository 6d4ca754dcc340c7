"""What each field of a recipe may hold: one table, uniform messages.

The table also feeds the tests: `invalid` lists values that must be refused.
"""

import math
from dataclasses import dataclass

from recipes import registry
from recipes.errors import RecipeError
from recipes.part import Part, plain
from recipes.search_space import Range
from recipes.tasks import TASKS


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


_FRACTION = Number(float, 0, 1, open_minimum=True, open_maximum=True)

FIELDS = {
    "task": OneOf(tuple(TASKS)),
    "network": PartOf("network"),
    "activation": PartOf("activation"),
    "kernel_initializer": PartOf("initializer", auto=True),
    "normalization": PartOf("normalization", optional=True),
    "normalization_placement": OneOf(("pre", "post")),
    "dropout": Number(float, 0, 1, open_maximum=True, auto=True),
    "kernel_regularizer": PartOf("regularizer", auto=True, optional=True),
    "label_smoothing": Number(float, 0, 1, open_maximum=True, auto=True),
    "regularization": OneOf(("none", "light", "medium", "strong")),
    "preprocessing": PartOf("preprocessing", optional=True),
    "image_size": ImageSize(),
    "optimizer": PartOf("optimizer"),
    "schedule": PartOf("schedule"),
    "early_stopping": PartOf("early_stopping", optional=True),
    "batch_size": Number(int, 1),
    "drop_remainder": OneOf((True, False)),
    "epochs": Number(int, 1),
    "validation_split": _FRACTION,
    "test_split": _FRACTION,
    "dtype_policy": OneOf(
        (
            "auto",
            "float32",
            "mixed_bfloat16",
            "mixed_float16",
        )
    ),
    "seed": Number(int, 0, 2**31 - 1),
}


def check_field(name, value):
    """Return the field's value as it is stored, or say what is wrong.

    Raises:
        RecipeError: With the field's path, what is legal, and what was given.

    Example:

    >>> check_field("activation", "relu")
    Part('relu')
    """
    return _check(FIELDS[name], name, plain(value, name))


def _check(constraint, path, value):
    if isinstance(value, Range):
        return _check_range(constraint, path, value)
    if isinstance(constraint, PartOf):
        bare = isinstance(value, str)
        if bare and not (constraint.auto and value == "auto"):
            value = Part(value)
        if isinstance(value, Part):
            registry.check(constraint.kind, value, path)
    if not constraint.accepts(value):
        raise RecipeError(
            f"`{path}` must be {constraint.words()}. Received: {value!r}"
        )
    return value


def _check_range(constraint, path, value):
    """Check the ends of an interval, or every option of a choice."""
    checked = tuple(_check(constraint, path, end) for end in value.ends())
    if hasattr(value, "values"):
        return type(value)(checked)
    return value
