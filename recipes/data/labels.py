"""Labels as they come, to class numbers with names."""

from numbers import Number

import numpy as np

from recipes.data.raw import split_name
from recipes.data.targets import encode_numbers
from recipes.errors import DataError

__all__ = ["encode_classes", "encode_numbers"]


def encode_classes(labels, class_names=None):
    """Encode the labels of every split alike.

    Integers from 0, whole floats, booleans, text and one-hot rows are
    accepted. Text is numbered in sorted order, and keeps its names.

    Args:
        labels: Role → labels as they came.
        class_names: Names of the integer labels 0, 1, …, if known.

    Returns:
        (role → int64 array, tuple of names).

    Raises:
        DataError: With the split and index of the first bad label.
    """
    names = None if class_names is None else _names(class_names)
    flat = {role: _flat(y, role) for role, y in labels.items()}
    if any(y.dtype.kind in "USO" for y in flat.values()):
        return _from_text(flat, names)
    whole = {role: _whole(y, role) for role, y in flat.items()}
    widths = {role: _width(y) for role, y in labels.items() if _width(y)}
    if names is None:
        reference = "train" if "train" in whole else "all"
        count = widths.get(reference) or _count(whole[reference], reference)
        names = tuple(str(i) for i in range(count))
    for role, width in widths.items():
        if width != len(names):
            raise DataError(
                f"one-hot rows of {width} columns",
                f"one column for each of the {len(names)} classes",
                "bring the labels of all splits, and class_names, to the same "
                "classes",
                split=split_name(role),
            )
    _refuse_above(whole, len(names))
    return whole, names


def _names(class_names):
    """Return class names as a tuple of different texts."""
    ordered = isinstance(class_names, (list, tuple, np.ndarray))
    names = tuple(str(name) for name in class_names) if ordered else ()
    if not names or len(set(names)) < len(names):
        raise DataError(
            f"the class names {class_names!r}",
            "a list of different names, in the order of the class numbers",
            "name every class once",
        )
    return names


def _width(y):
    """Return the number of columns of one-hot labels, else None."""
    shape = np.shape(y)
    return shape[1] if len(shape) == 2 and shape[1] > 1 else None


def _count(y, role):
    """Return how many classes there are, going by the highest label."""
    top = int(y.argmax())
    if y[top] >= len(y):
        raise DataError(
            f"the label {int(y[top])} among {len(y)} rows",
            "labels from 0 without gaps, so at most as many classes as rows",
            "renumber them: numpy.unique(y, return_inverse=True)[1]",
            split=split_name(role),
            index=top,
        )
    return int(y[top]) + 1


def _flat(y, role):
    """Return labels of rank 1; one-hot rows become class numbers."""
    y = np.asarray(y)
    if y.dtype == object and all(isinstance(v, Number) for v in y.flat):
        y = _plain(y, role)
    if y.ndim == 2 and y.shape[1] == 1:
        return y[:, 0]
    if y.ndim == 1:
        return y
    if y.ndim == 2 and y.dtype.kind in "biuf":
        ones = (y == 1).sum(axis=1) == 1
        zeros = (y == 0).sum(axis=1) == y.shape[1] - 1
        bad = np.flatnonzero(~(ones & zeros))
        if not len(bad):
            return y.argmax(axis=1)
        several = ((y == 0) | (y == 1)).all()
        raise DataError(
            f"the label row {y[bad[0]].tolist()}",
            "one-hot rows: one 1, the rest 0",
            "give the recipe multi_label=True, if an example may have several "
            "labels or none"
            if several
            else "give class numbers, or one-hot rows; soft labels are not "
            "supported",
            split=split_name(role),
            index=int(bad[0]),
        )
    raise DataError(
        f"labels of shape {y.shape}",
        "(rows,), or one-hot (rows, classes)",
        "give one label per example",
        split=split_name(role),
    )


def _plain(y, role):
    """Return numbers that came as objects in a type of their own."""
    plain = np.array(y.tolist())
    for i, value in enumerate(plain if plain.dtype == object else ()):
        if not np.all(np.abs(value) < 2**63):
            raise DataError(
                f"the label {str(value)[:60]}",
                "whole numbers from 0, or text",
                "renumber the classes from 0; to predict numbers, use a "
                "regressor",
                split=split_name(role),
                index=i,
            )
    return plain if plain.dtype != object else plain.astype("float64")


def _whole(y, role):
    """Return labels as int64, refusing fractions and negative numbers."""
    if y.dtype.kind not in "biuf":
        raise DataError(
            f"labels of type {y.dtype}",
            "whole numbers from 0, or text",
            "convert the labels",
            split=split_name(role),
        )
    checks = (
        (y.dtype.kind == "f") & ~np.isfinite(y),
        (y.dtype.kind == "f") & (y != np.floor(y)),
        y < 0,
        y >= 2**31,  # no class number, and not every type fits int64
    )
    for bad in checks:
        at = np.flatnonzero(bad)
        if len(at):
            raise DataError(
                f"the label {y[at[0]].item()!r}",
                "whole numbers from 0, or text",
                "renumber the classes from 0; to predict numbers, use a "
                "regressor",
                split=split_name(role),
                index=int(at[0]),
            )
    return y.astype("int64")


def _refuse_above(labels, count):
    for role, y in labels.items():
        at = np.flatnonzero(y >= count)
        if len(at):
            raise DataError(
                f"the label {int(y[at[0]])}",
                f"labels from 0 to {count - 1}, as there are {count} classes",
                "renumber the labels, or name all classes with class_names",
                split=split_name(role),
                index=int(at[0]),
            )


def _from_text(labels, class_names):
    plain = {}
    for role, y in labels.items():
        for i, value in enumerate(y):
            named = isinstance(value, str) and value in (class_names or ())
            if _is_missing(value) and not named:
                raise DataError(
                    f"the label {value!r}",
                    "a class name",
                    "fill or drop this row",
                    split=split_name(role),
                    index=i,
                )
        plain[role] = [
            v.decode(errors="backslashreplace")
            if isinstance(v, bytes)
            else str(v)
            for v in y
        ]
    found = sorted({name for y in plain.values() for name in y})
    names = tuple(found) if class_names is None else class_names
    number = {name: i for i, name in enumerate(names)}
    for role, y in plain.items():
        for i, value in enumerate(y):
            if value not in number:
                raise DataError(
                    f"the label {value!r}",
                    f"one of {', '.join(map(str, names))}",
                    "mend the label, or add it to class_names",
                    split=split_name(role),
                    index=i,
                )
    encoded = {
        role: np.array([number[v] for v in y], "int64")
        for role, y in plain.items()
    }
    return encoded, names


def _is_missing(value):
    """Whether a label is None, NaN (also as text), or the NA of pandas."""
    if isinstance(value, str | bytes):
        return value in ("nan", b"nan")  # NumPy made text of it
    try:
        return value is None or bool(value != value)
    except TypeError:
        return True  # NA equals nothing, and is not unequal either
