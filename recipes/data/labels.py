"""Labels as they come, to class numbers with names, or to numbers."""

import numpy as np

from recipes.errors import DataError


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
    flat = {role: _flat(y, role) for role, y in labels.items()}
    if any(y.dtype.kind in "USO" for y in flat.values()):
        return _from_text(flat, class_names)
    whole = {role: _whole(y, role) for role, y in flat.items()}
    top = max((int(y.max()) for y in whole.values() if len(y)), default=-1)
    if class_names is None:
        reference = whole.get("train", whole.get("all"))
        count = int(reference.max()) + 1 if len(reference) else 0
        names = tuple(str(i) for i in range(count))
    else:
        names = tuple(str(name) for name in class_names)
    if top >= len(names):
        _refuse_above(whole, len(names))
    return whole, names


def encode_numbers(labels):
    """Return the targets of every split as float32 of shape (rows, targets).

    Raises:
        DataError: With the split and index of the first bad target.
    """
    encoded = {}
    for role, y in labels.items():
        place = _role(role)
        try:
            numbers = np.asarray(y).astype("float64")
        except (TypeError, ValueError) as error:
            raise DataError(
                "text targets",
                "numbers to predict",
                "use a classifier, or convert the targets",
                split=place,
            ) from error
        if numbers.ndim == 1:
            numbers = numbers[:, None]
        if numbers.ndim != 2:
            raise DataError(
                f"targets of shape {numbers.shape}",
                "(rows,) or (rows, targets)",
                "reshape them",
                split=place,
            )
        bad = np.flatnonzero(~np.isfinite(numbers).all(axis=1))
        if len(bad):
            raise DataError(
                f"the target {numbers[bad[0]].tolist()}",
                "finite numbers",
                "drop or fill these rows",
                split=place,
                index=int(bad[0]),
            )
        encoded[role] = numbers.astype("float32")
    return encoded


def _role(role):
    return None if role == "all" else role


def _flat(y, role):
    """Return labels of rank 1; one-hot rows become class numbers."""
    y = np.asarray(y)
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
        raise DataError(
            f"the label row {y[bad[0]].tolist()}",
            "one-hot rows: one 1, the rest 0",
            "give class numbers, or one-hot rows; soft labels are not "
            "supported",
            split=_role(role),
            index=int(bad[0]),
        )
    raise DataError(
        f"labels of shape {y.shape}",
        "(rows,), or one-hot (rows, classes)",
        "give one label per example",
        split=_role(role),
    )


def _whole(y, role):
    """Return labels as int64, refusing fractions and negative numbers."""
    if y.dtype.kind not in "biuf":
        raise DataError(
            f"labels of type {y.dtype}",
            "whole numbers from 0, or text",
            "convert the labels",
            split=_role(role),
        )
    checks = (
        (y.dtype.kind == "f") & ~np.isfinite(y),
        (y.dtype.kind == "f") & (y != np.floor(y)),
        y < 0,
    )
    for bad in checks:
        at = np.flatnonzero(bad)
        if len(at):
            raise DataError(
                f"the label {y[at[0]].item()!r}",
                "whole numbers from 0, or text",
                "renumber the classes from 0; to predict numbers, use "
                "tabular_regressor",
                split=_role(role),
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
                split=_role(role),
                index=int(at[0]),
            )


def _from_text(labels, class_names):
    plain = {}
    for role, y in labels.items():
        for i, value in enumerate(y):
            if value is None or value != value:  # None and NaN have no class
                raise DataError(
                    f"the label {value!r}",
                    "a class name",
                    "fill or drop this row",
                    split=_role(role),
                    index=i,
                )
        plain[role] = [
            v.decode() if isinstance(v, bytes) else str(v) for v in y
        ]
    found = sorted({name for y in plain.values() for name in y})
    names = tuple(class_names) if class_names is not None else tuple(found)
    number = {name: i for i, name in enumerate(names)}
    for role, y in plain.items():
        for i, value in enumerate(y):
            if value not in number:
                raise DataError(
                    f"the label {value!r}",
                    f"one of {', '.join(map(str, names))}",
                    "mend the label, or add it to class_names",
                    split=_role(role),
                    index=i,
                )
    encoded = {
        role: np.array([number[v] for v in y], "int64")
        for role, y in plain.items()
    }
    return encoded, names
