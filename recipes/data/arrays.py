"""Arrays in memory: `(x, y)`, or a dictionary of splits."""

import numpy as np

from recipes.data.data import ROLES, ArraySource
from recipes.data.raw import Raw
from recipes.errors import DataError


def pair(x, y, role=None):
    """Return (source, labels) of a pair of arrays.

    Args:
        x: Array, nested list or data frame of examples.
        y: Labels, one per example.
        role: Split, for messages.

    Raises:
        DataError: If the two cannot be arrays of the same length.
    """
    x = numeric(x, role)
    y = np.asarray(y)
    if x.ndim < 2:
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
    return ArraySource(x), y


def numeric(x, role=None):
    """Return `x` as an array of numbers.

    Raises:
        DataError: Naming the first example that is not numbers.
    """
    x = x.to_numpy() if hasattr(x, "to_numpy") else x
    try:
        array = np.asarray(x)
    except ValueError as error:
        raise DataError(
            "examples of different shapes",
            "one shape for all",
            "resize the images, or hand over a folder: folder:PATH resizes "
            "by itself",
            split=role,
        ) from error
    if array.dtype.kind in "biuf":
        return array.astype("uint8") if array.dtype.kind == "b" else array
    for i, row in enumerate(array.reshape(len(array), -1)):
        for value in row:
            try:
                float(value)
            except (TypeError, ValueError) as error:
                raise DataError(
                    f"{value!r}",
                    "numbers",
                    "encode or drop this column",
                    split=role,
                    index=i,
                ) from error
    return array.astype("float64")


def from_pair(spec, name="arrays"):
    """Read `(x, y)`."""
    names = tuple(str(c) for c in getattr(spec[0], "columns", ())) or None
    splits = {"all": pair(*spec)}
    return Raw(name, splits, feature_names=names)


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
    names = tuple(str(c) for c in getattr(given["train"][0], "columns", ()))
    return Raw(
        name,
        splits,
        class_names=None if class_names is None else tuple(class_names),
        feature_names=names or None,
    )
