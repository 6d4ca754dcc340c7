"""load: from a data spec to checked, encoded splits."""

import numpy as np

from recipes.data import arguments, catalog, checks, labels, splits
from recipes.data.data import ROLES, Data, Split
from recipes.data.label_rows import encode_label_rows
from recipes.data.raw import split_name
from recipes.errors import DataError


def load(
    spec,
    *,
    features=None,
    target=None,
    image_size="auto",
    validation_split=0.15,
    test_split=0.2,
    seed=0,
    channels=None,
):
    """Read, check, encode and split data.

    Args:
        spec: See `recipes.data.catalog.read`; a `Data` passes through.
        features: `"image"`, `"table"` or `"text"`, or None to tell from the
            examples.
        target: `"class"`, `"labels"` (rows of 0 and 1) or `"number"`, or
            None to tell a class from a number by the labels.
        image_size: For folders of images, and data sets of images of
            different sizes: (height, width), or `"auto"`.
        validation_split: Fraction of all rows, in (0, 1).
        test_split: Fraction of all rows, in (0, 1).
        seed: Decides which rows go where.
        channels: For the same images: 1 (gray), 3 (RGB), or None to tell
            from them.

    Returns:
        `Data`.

    Raises:
        DataError: For anything that could not be trained on.

    Example:

    >>> data = load("digits")
    >>> data.input_shape, data.num_outputs, len(data.test)
    ((8, 8, 1), 10, 360)
    """
    if isinstance(spec, Data):
        _check_kind(spec, features, target)
        for split in spec.splits:
            checks.check_features(split.source, split.role, spec.feature_names)
        checks.check_labels(list(spec.splits), spec.class_names)
        return spec
    arguments.check(
        features,
        target,
        image_size,
        validation_split,
        test_split,
        seed,
        channels,
    )
    raw = catalog.read(spec, image_size or "auto", channels, features)
    for role, (source, _) in raw.splits.items():
        _check_source(raw, role, source, features)
    kind = features or raw.features or _kind_of(raw.splits)
    goal = target or raw.target or _goal_of(raw.splits)
    if target and raw.target and target != raw.target:
        raise DataError(
            f"{raw.name}: a {raw.target} to predict",
            f"a {target}",
            "use a regressor for numbers, a classifier for classes, and "
            "multi_label=True for rows of 0 and 1 alone",
        )
    by_role = {role: y for role, (_, y) in raw.splits.items()}
    names = targets = None
    if goal == "class":
        encoded, names = labels.encode_classes(by_role, raw.class_names)
    elif goal == "labels":
        encoded, names = encode_label_rows(by_role, raw.class_names)
    else:
        encoded = labels.encode_numbers(by_role)
        targets = _target_names(raw, encoded)
    parts = {
        role: Split(role, source, np.arange(len(source)), encoded[role])
        for role, (source, _) in raw.splits.items()
    }
    if goal == "class" and len(names) == 1:
        checks.check_labels(list(parts.values()), names)
    parts = _three(parts, validation_split, test_split, seed, names)
    checks.check_shapes(parts.values())
    checks.check_labels(list(parts.values()), names)
    if goal == "number":
        checks.check_targets(parts["train"])
    scale = 1.0
    if kind == "image":
        scale = checks.value_scale(
            {role: source for role, (source, _) in raw.splits.items()}
        )
    return Data(
        raw.name,
        *(parts[role] for role in ROLES),
        features=kind,
        target=goal,
        class_names=names,
        feature_names=raw.feature_names,
        value_scale=scale,
        spec=spec if isinstance(spec, str) else None,
        target_names=targets,
    )


def _target_names(raw, encoded):
    """Return a name for each column of numbers, or None."""
    names = raw.target_names or raw.class_names or ()
    width = next(iter(encoded.values())).shape[1]
    return tuple(map(str, names)) if len(names) == width else None


def _check_source(raw, role, source, features):
    place = split_name(role)
    kind = features or raw.features or _kind_of(raw.splits)
    checks.CHECK_SHAPE[kind](source.shape, place)
    checks.check_features(source, place, raw.feature_names)


def _kind_of(parts):
    source, _ = next(iter(parts.values()))
    return {0: "text", 1: "table"}.get(len(source.shape), "image")


def _goal_of(parts):
    """Text, one-hot rows and whole numbers are classes; fractions are not."""
    for _, y in parts.values():
        y = np.asarray(y)
        if y.dtype.kind == "f" and (y != np.floor(y)).any():
            return "number"
    return "class"


def _three(parts, validation_split, test_split, seed, names):
    """Draw whatever split is missing from train (or from all)."""
    base = parts.get("all") or parts["train"]
    total = len(base)
    found = {r: s for r, s in parts.items() if r in ("validation", "test")}
    left = base
    for role, fraction in (
        ("test", test_split),
        ("validation", validation_split),
    ):
        if role in found:
            continue
        share = fraction * total / max(1, len(left))
        kept, drawn = splits.draw(left.labels, share, seed, role, names)
        found[role] = _part(left, drawn, role)
        left = _part(left, kept, "train")
    return {
        "train": _part(left, slice(None), "train"),
        "validation": found["validation"],
        "test": found["test"],
    }


def _part(split, rows, role):
    return Split(role, split.source, split.rows[rows], split.labels[rows])


def _check_kind(data, features, target):
    if (features or data.features, target or data.target) != (
        data.features,
        data.target,
    ):
        raise DataError(
            f"data with {data.features} features and a {data.target} target",
            f"{features} features and a {target} target",
            "use a recipe that fits the data",
        )
