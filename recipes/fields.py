"""What each field of a recipe may hold: one table, uniform messages."""

from recipes import registry
from recipes.constraints import (
    INSIDE,
    ImageSize,
    Number,
    OneOf,
    PartOf,
    PartsOf,
)
from recipes.errors import RecipeError, suggest
from recipes.part import Part
from recipes.plain import plain
from recipes.search_space import Float, Range
from recipes.tasks import TASKS

_FRACTION = Number(float, 0, 1, open_minimum=True, open_maximum=True)

FIELDS = {
    "task": OneOf(tuple(TASKS)),
    "network": PartOf("network"),
    "backbone": PartOf("backbone", optional=True),
    "strategy": PartOf("strategy", optional=True),
    "normalization_statistics": OneOf((None, "auto", "frozen", "update")),
    "multi_label": OneOf((True, False)),
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
    "augmentation": PartsOf("augmentation", otherwise=None),
    "augmentation_fill_mode": OneOf(("reflect", "nearest", "wrap", "constant")),
    "augmentation_device": OneOf(("auto", "host", "device")),
    "optimizer": PartOf("optimizer"),
    "schedule": PartOf("schedule"),
    "early_stopping": PartOf("early_stopping", optional=True),
    "weight_average": PartOf("weight_average", optional=True),
    "precise_batch_normalization": OneOf((True, False)),
    "class_weight": OneOf((None, "balanced")),
    "balanced_sampling": OneOf((True, False)),
    "metrics": PartsOf("metric"),
    "batch_size": Number(int, 1),
    "drop_remainder": OneOf((True, False)),
    "epochs": Number(int, 1, auto=True),
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
    "split_seed": Number(int, 0, 2**31 - 1, optional=True),
}


def check_field(name, value):
    """Return the field's value as it is stored, or say what is wrong.

    Raises:
        RecipeError: With the field's path, what is legal, and what was given.

    Example:

    >>> check_field("activation", "relu")
    Part('relu')
    """
    constraint = FIELDS[name]
    if isinstance(value, (dict, set, frozenset)):  # which no field may be
        raise _wrong(constraint, name, value)
    return _check(constraint, name, plain(value, name))


def _check(constraint, path, value):
    if isinstance(value, Range):
        return _check_range(constraint, path, value)
    if isinstance(constraint, PartsOf):
        value = _as_parts(constraint, path, value)
    if isinstance(constraint, PartOf):
        bare = isinstance(value, str)
        if bare and not (constraint.auto and value == "auto"):
            value = Part(value)
        if isinstance(value, Part):
            _check_part(constraint.kind, value, path)
            value = registry.with_parts_inside(constraint.kind, value)
    if not constraint.accepts(value):
        raise _wrong(constraint, path, value)
    return value


def _wrong(constraint, path, value):
    return RecipeError(
        f"`{path}` must be {constraint.words()}. Received: {value!r}"
    )


def _check_part(kind, part, path):
    """Check a Part's name, its arguments, and some of their values."""
    registry.check(kind, part, path)
    entry = registry.lookup(kind, part.name)
    if callable(entry.target):
        return  # the user's own, whose values we do not know
    for argument, value in part.config.items():
        inside = entry.kind_inside(argument, value)
        if (kind, argument) in INSIDE:
            _check(INSIDE[kind, argument], f"{path}/{argument}", value)
        elif inside is not None and isinstance(value, Part):
            _check_part(inside, value, f"{path}/{argument}")


def _as_parts(constraint, path, value):
    """Return one name, one Part or a list of these as checked Parts."""
    if value == constraint.otherwise:
        return value
    listed = value if isinstance(value, tuple) else (value,)
    if not all(isinstance(part, str | Part) for part in listed):
        return value
    parts = tuple(registry.as_part(part) for part in listed)
    for part in parts:
        _check_part(constraint.kind, part, path)
    return parts


def _check_range(constraint, path, value):
    """Check the ends of an interval, or every option of a choice."""
    whole = isinstance(constraint, Number) and constraint.type is int
    if whole and isinstance(value, Float):
        raise RecipeError(
            f"`{path}` must be {constraint.words()}: search it with Int. "
            f"Received: {value!r}"
        )
    checked = tuple(_check(constraint, path, end) for end in value.ends())
    if hasattr(value, "values"):
        return type(value)(checked)
    return value


def check_names(given):
    """Refuse names that are no fields of a recipe.

    Raises:
        RecipeError: With the legal names and the nearest one.
    """
    for name in given:
        if name not in FIELDS:
            raise RecipeError(
                f"A recipe has no field {name!r}.{suggest(name, FIELDS)} "
                f"Legal: {', '.join(FIELDS)}"
            )


def all_builtin(fields):
    """Whether no Part in a recipe's fields is of the user's own.

    Args:
        fields: Name → value, checked.

    Example:

    >>> all_builtin({"dropout": 0.1, "activation": Part("relu")})
    True
    """
    return all(
        _builtin(FIELDS[name].kind, part)
        for name, value in fields.items()
        for part in (value if isinstance(value, tuple) else (value,))
        if isinstance(part, Part)
    )


def _builtin(kind, part):
    entry = registry.lookup(kind, part.name)
    return not callable(entry.target) and all(
        _builtin(entry.kind_inside(argument, value), value)
        for argument, value in part.config.items()
        if isinstance(value, Part)
    )
