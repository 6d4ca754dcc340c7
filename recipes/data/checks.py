"""Every check on data, before the first compile: one exception, one voice."""

import numpy as np

from recipes.data.label_rows import check_label_rows
from recipes.data.raw import split_name
from recipes.data.texts import TextSource, check_texts
from recipes.errors import DataError


def check_features(source, role, feature_names=None):
    """Refuse NaN and infinity, naming the row and column; and empty texts.

    Raises:
        DataError: At the first value that is not finite, or no text.
    """
    if isinstance(source, TextSource):
        return check_texts(source, role)
    if source.dtype.kind != "f":
        return
    for start in range(0, len(source), 1024):
        rows = source.read(slice(start, start + 1024))
        with np.errstate(over="ignore"):
            finite = np.isfinite(rows.astype("float32", copy=False))
        if finite.all():
            continue
        at = np.argwhere(~finite)[0]
        value = rows[tuple(at)].item()
        place = f" at position {tuple(int(i) for i in at[1:])}"
        if rows.ndim == 2:
            column = int(at[1])
            place = f" in column {column}"
            if feature_names:
                place = f" in column {feature_names[column]!r}"
        large = np.isfinite(value)
        raise DataError(
            f"{value}{place}",
            "numbers that fit float32" if large else "finite numbers",
            "scale this column" if large else "drop the row or fill the value",
            split=role,
            index=start + int(at[0]),
        )


def check_shapes(splits):
    """Refuse splits whose examples have different shapes."""
    shapes = {split.role: tuple(split.source.shape) for split in splits}
    for role, shape in shapes.items():
        if shape != shapes["train"]:
            raise DataError(
                f"examples of shape {shape}",
                f"{shapes['train']}, as in the train split",
                "bring all splits to one shape",
                split=role,
            )


def check_images(shape, role=None):
    """Refuse images that are not (height, width, 1 or 3)."""
    if len(shape) == 3 and shape[-1] in (1, 3) and all(shape):
        return
    mend = "convert them to gray (1 channel) or RGB (3 channels)"
    if len(shape) == 3 and shape[0] in (1, 3):
        mend = "move the channels last: numpy.moveaxis(x, 1, -1)"
    if len(shape) == 1:
        mend = "use a tabular recipe, or reshape the rows into images"
    if not shape:
        raise _texts(role, "images (height, width, channels)")
    raise DataError(
        f"images of shape {tuple(shape)}",
        "(height, width, channels) with 1 or 3 channels",
        mend,
        split=role,
    )


def check_table(shape, role=None):
    """Refuse a table that is not rows of columns."""
    if len(shape) == 1 and shape[0]:
        return
    if not shape:
        raise _texts(role, "rows of numbers, (columns,)")
    sides = " x ".join(map(str, shape[:-1]))  # a channel may have been added
    found = f"{sides} numbers" if shape[-1] == 1 else f"shape {tuple(shape)}"
    raise DataError(
        f"examples of {found}",
        "rows of numbers, (columns,)",
        "use an image recipe, or flatten them: x.reshape(len(x), -1)",
        split=role,
    )


def check_text(shape, role=None):
    """Refuse what is not one string per example."""
    if not shape:
        return
    recipe = "a tabular recipe" if len(shape) == 1 else "an image recipe"
    raise DataError(
        f"examples of shape {tuple(shape)}",
        "texts, one string per example",
        f"use {recipe} for numbers, or hand over a list of strings",
        split=role,
    )


def _texts(role, expected):
    return DataError(
        "texts",
        expected,
        "use text_classifier; numbers that were read as text need astype, "
        "for instance x.astype('float32').reshape(-1, 1)",
        split=role,
    )


CHECK_SHAPE = {
    "image": check_images,
    "table": check_table,
    "text": check_text,
}


def value_scale(sources):
    """Return the factor that brings raw image values into [0, 1].

    uint8 means 0 to 255. Floats up to 1 are taken as they are, floats up to
    255 as if they were uint8.

    Args:
        sources: Role (or `"all"`) → source.

    Raises:
        DataError: For negative values, values above the type's range, and
            splits of different ranges.
    """
    scales = {role: _scale(x, split_name(role)) for role, x in sources.items()}
    first = scales.get("train", scales.get("all"))
    if all(x.dtype == np.uint16 for x in sources.values()):
        return min(scales.values())  # a dark split may stay below 256
    for role, scale in scales.items():
        if scale != first:
            raise DataError(
                f"pixel values of 0 to {1 / scale:.0f}",
                f"0 to {1 / first:.0f}, as in the train split",
                "hand over all splits in one range, 0 to 255 or 0 to 1",
                split=role,
            )
    return first


def _scale(source, role):
    if source.dtype == np.uint8:
        return 1 / 255
    low, high = np.inf, -np.inf
    for start in range(0, len(source), 1024):
        rows = source.read(slice(start, start + 1024))
        low, high = min(low, rows.min()), max(high, rows.max())
    if low < 0 or high > (65535 if source.dtype == np.uint16 else 255):
        raise DataError(
            f"pixel values from {low:g} to {high:g}",
            "0 to 255, or 0 to 1",
            "hand over raw pixels: the recipe standardizes by itself",
            split=role,
        )
    if source.dtype.kind == "f" and 1 < high < 2:
        raise DataError(
            f"pixel values from {low:g} to {high:g}",
            "0 to 255, or 0 to 1",
            "clip what lies a little above 1: numpy.clip(x, 0, 1)",
            split=role,
        )
    if source.dtype == np.uint16 and high > 255:
        return 1 / 65535
    return 1 / 255 if high > 1 or source.dtype.kind in "iu" else 1.0


def check_labels(splits, class_names):
    """Refuse splits that cannot be learned from or judged by.

    Raises:
        DataError: For an empty split, a single class, fewer rows than
            classes, a class that train does not have, or a label that no or
            every row of train has.
    """
    check_not_empty(splits)
    if class_names is None:
        return
    if splits[0].labels.ndim == 2:
        check_label_rows(splits[0], class_names)
        return
    if len(class_names) < 2:
        raise DataError(
            f"a single class, {class_names[0]!r}",
            "at least two classes",
            "add examples of another class",
            split="train",
        )
    train = splits[0]
    if len(train) < len(class_names):
        raise DataError(
            f"{len(train)} rows for {len(class_names)} classes",
            "at least one row per class",
            "add examples",
            split="train",
        )
    counts = np.bincount(train.labels, minlength=len(class_names))
    missing = [class_names[i] for i in np.flatnonzero(counts == 0)]
    if missing:
        raise DataError(
            f"no example of the class {', '.join(map(str, missing[:5]))}"
            + (f" and of {len(missing) - 5} more" if missing[5:] else ""),
            "every class in train",
            "add examples, renumber the classes without gaps, or drop the "
            "class from the other splits",
            split="train",
        )


def check_targets(split):
    """Refuse targets that a network cannot learn, or float32 not tell apart.

    Raises:
        DataError: For targets that are all the same, or lie close together
            far from 0.
    """
    deviation = split.labels.std(axis=0)
    mean = np.abs(split.labels.mean(axis=0))
    for target in np.flatnonzero(deviation <= 1e-6 * mean):
        same = np.ptp(split.labels[:, target]) == 0
        raise DataError(
            f"target {target}: mean {split.labels[:, target].mean():.6g}, "
            f"deviation {deviation[target]:.3g}",
            "targets that differ"
            if same
            else "a deviation of at least a millionth of the mean (float32)",
            "drop this target" if same else "subtract an offset",
            split=split.role,
        )


def check_not_empty(splits):
    """Refuse a split without rows."""
    for split in splits:
        if not len(split):
            raise DataError(
                "no rows",
                "at least one row",
                "hand over more rows, or a larger fraction for this split",
                split=split.role,
            )
