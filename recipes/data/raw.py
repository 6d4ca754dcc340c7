"""Raw: what a source gives before it is encoded, split and checked."""

import os
from dataclasses import dataclass
from pathlib import Path

from recipes.errors import DataError


@dataclass
class Raw:
    """Examples and labels as they came.

    Args:
        name: What the user called the data.
        splits: Role → (source, labels); the role `"all"` is still to be
            split.
        features: `"image"`, `"table"`, `"text"`, or None if the source does
            not know.
        target: `"class"`, `"number"`, or None if the source does not know.
        class_names: Names in the order of integer labels, or None.
        feature_names: Names of a table's columns, or None.
        target_names: Names of the columns to predict, or None; then those of
            numbers are `class_names`, if there are any.
    """

    name: str
    splits: dict
    features: str | None = None
    target: str | None = None
    class_names: tuple | None = None
    feature_names: tuple | None = None
    target_names: tuple | None = None


def split_name(role):
    """Return the split's name for messages: None before the splitting."""
    return None if role == "all" else role


def a_type(value):
    """Return the type of a value in words.

    >>> a_type(3), a_type("3")
    ('an int', 'a str')
    """
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIO' else 'a'} {name}"


def mend(hint, otherwise):
    """Put "Did you mean …?", where there is one, before the other mend."""
    return f"{hint.strip()} Otherwise {otherwise}" if hint else otherwise


def to_path(text):
    """Return the path that the user wrote, with ~ expanded.

    Raises:
        DataError: For a path that no file can have.
    """
    try:
        path = Path(text).expanduser()
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return path  # refused where it is read
    except (OSError, RuntimeError, ValueError) as error:
        said = getattr(error, "strerror", None) or error
        raise DataError(
            f"the path {str(text)[:60]!r} ({said})",
            "the path of a file or folder",
            "check the path",
        ) from error
    return path


def to_number(value):
    """Return `float(value)`; 1_000 is a number to Python alone.

    Raises:
        TypeError: For what is no number,
        ValueError: or text that is none,
        OverflowError: or an integer that no float can hold.
    """
    if isinstance(value, str | bytes) and "_" in str(value):
        raise ValueError
    return float(value)
