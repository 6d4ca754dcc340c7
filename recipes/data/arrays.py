"""Arrays in memory: `(x, y)`, or a dictionary of splits."""

import numpy as np

from recipes.data.data import ROLES, ArraySource
from recipes.data.raw import Raw, to_number
from recipes.data.texts import TextSource, from_strings, is_text
from recipes.errors import DataError


def pair(x, y, role=None):
    """Return (source, labels) of a pair of arrays.

    Args:
        x: Array, nested list or data frame of examples; strings along one
            axis are texts.
        y: Labels, one per example.
        role: Split, for messages.

    Raises:
        DataError: If the two cannot be arrays of the same length.
    """
    text = is_text(x)
    x = from_strings(x, role).array if text else numeric(x, role)
    y = _labels(y, role)
    if x.ndim and not len(x):
        raise DataError("no rows", "at least one row", "add rows", split=role)
    if x.ndim < 2 and not text:
        raise DataError(
            f"features of shape {x.shape}",
            "(rows, columns) or (images, height, width, channels)",
            "give every example its own row; reshape(-1, 1) makes one column",
            split=role,
        )
    if y.ndim == 0 or len(x) != len(y):
        count = "a single value" if y.ndim == 0 else f"{len(y)} labels"
        raise DataError(
            f"{len(x)} examples and {count}",
            "one label per example",
            "check that x and y come from the same rows",
            split=role,
        )
    if x.ndim == 3:
        x = x[..., None]
    return (TextSource if text else ArraySource)(x), y


def numeric(x, role=None):
    """Return `x` as an array of numbers.

    Raises:
        DataError: Naming the first example that is not numbers.
    """
    columns = getattr(x, "columns", None)
    x = x.to_numpy() if hasattr(x, "to_numpy") else x
    try:
        array = np.asarray(x)
        if array.dtype == object and array.ndim == 1 and array.size:
            array = np.asarray(list(array))  # an array in every cell
    except ValueError as error:
        raise DataError(
            "examples of different shapes",
            "one shape for all",
            "resize the images, or hand over a folder: folder:PATH resizes "
            "by itself",
            split=role,
        ) from error
    if array.dtype.kind not in "biuf" and not array.ndim:
        raise DataError(
            f"features of type {type(x).__name__}",
            "an array of numbers, one row per example",
            "make it an array; a sparse matrix has toarray() for that",
            split=role,
        )
    if np.ma.is_masked(x):
        row = int(np.argwhere(np.ma.getmaskarray(x))[0][0])
        raise DataError(
            "a masked value",
            "numbers",
            "drop the row or fill the value: x.filled(…)",
            split=role,
            index=row,
        )
    if array.dtype.kind == "b":
        return array.astype("float32")  # as uint8, 1 would be almost black
    if array.dtype.kind not in "iuf":
        return _converted(array, columns, role) if array.size else array
    if array.dtype.itemsize > 8:
        return array.astype("float64")
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _converted(array, columns, role):
    """Return text or objects as float64, or name the first that is none."""
    for i, row in enumerate(array.reshape(len(array), -1)):
        for j, value in enumerate(row):
            try:
                if isinstance(value, np.complexfloating):
                    raise TypeError
                to_number(value)
            except (TypeError, ValueError, OverflowError) as error:
                value = getattr(value, "item", lambda v=value: v)()
                column = j if columns is None else str(columns[j])
                place = f" in column {column!r}" if array.ndim == 2 else ""
                mend = "encode or drop this column"
                if array.shape[1:] == (1,) and isinstance(value, str):
                    texts = "[:, 0]" if columns is None else f"[{column!r}]"
                    mend = f"for texts hand over the column, x{texts}; " + mend
                raise DataError(
                    f"{str(value)[:60]!r}{place}",
                    "numbers that fit float32",
                    mend,
                    split=role,
                    index=i,
                ) from error
    return array.astype("float64")


def _labels(y, role):
    try:
        array = np.asarray(y)
        if array.dtype.kind in "US" and isinstance(y, (list, tuple)):
            return np.asarray(y, object)  # else NaN would be a class "nan"
        return array
    except ValueError as error:
        raise DataError(
            "labels of different shapes",
            "one label per example",
            "give every example a number, a text or a one-hot row; for several "
            "labels per example, rows of 0 and 1, one column per label, with "
            "multi_label=True",
            split=role,
        ) from error


def from_pair(spec, name="arrays"):
    """Read `(x, y)`."""
    if all(isinstance(part, tuple) and len(part) == 2 for part in spec):
        raise DataError(
            "two pairs",
            "one pair (x, y), or a dictionary of pairs",
            "write {'train': (x, y), 'test': (x, y)}",
        )
    x, y = spec
    return Raw(
        name,
        {"all": pair(x, y)},
        class_names=_one_hot_names({"all": y}),
        feature_names=_columns(x),
    )


def from_dictionary(spec, name="arrays"):
    """Read `{"train": (x, y), "validation": …, "test": …}`.

    `class_names` may stand beside the splits. What is missing of validation
    and test is drawn from train.

    Raises:
        DataError: For other keys, or without a train split.
    """
    given = dict(spec)
    class_names = given.pop("class_names", None)
    unknown = [key for key in given if key not in ROLES]
    if unknown or "train" not in given:
        raise DataError(
            f"a dictionary with the keys {list(spec)}",
            "train, and if you have them validation, test and class_names",
            "rename the keys",
        )
    for role, value in given.items():
        if not isinstance(value, (tuple, list)) or len(value) != 2:
            raise DataError(
                f"{type(value).__name__}",
                "a pair (x, y)",
                "pass the features and the labels as a tuple",
                split=role,
            )
    splits = {role: pair(*value, role) for role, value in given.items()}
    names = _same_columns({role: x for role, (x, _) in given.items()})
    if class_names is None:
        class_names = _one_hot_names({r: y for r, (_, y) in given.items()})
    return Raw(name, splits, class_names=class_names, feature_names=names)


def _one_hot_names(frames):
    """Return the columns of labels that are a frame of several, else None."""
    names = _same_columns(frames)
    return names if names and len(names) > 1 else None


def _same_columns(frames):
    """Return the columns of the train split, which all frames must have."""
    first = next(role for role in ("train", "all") if role in frames)
    names = _columns(frames[first])
    for role, frame in frames.items():
        if _columns(frame) not in (None, names) and names is not None:
            raise DataError(
                f"the columns {', '.join(_columns(frame))}",
                f"{', '.join(names)}, as in the train split",
                "put them in the same order: frame[list(train.columns)]",
                split=role,
            )
    return names


def _columns(x):
    """Return the column names of a data frame, else None."""
    return tuple(str(c) for c in getattr(x, "columns", ())) or None
