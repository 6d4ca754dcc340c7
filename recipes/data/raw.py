"""Raw: what a source gives before it is encoded, split and checked."""

from dataclasses import dataclass


@dataclass
class Raw:
    """Examples and labels as they came.

    Args:
        name: What the user called the data.
        splits: Role → (source, labels); the role `"all"` is still to be
            split.
        features: `"image"`, `"table"`, or None if the source does not know.
        target: `"class"`, `"number"`, or None if the source does not know.
        class_names: Names in the order of integer labels, or None.
        feature_names: Names of a table's columns, or None.
    """

    name: str
    splits: dict
    features: str | None = None
    target: str | None = None
    class_names: tuple | None = None
    feature_names: tuple | None = None


def split_name(role):
    """Return the split's name for messages: None before the splitting."""
    return None if role == "all" else role


def mend(hint, otherwise):
    """Put "Did you mean …?", where there is one, before the other mend."""
    return f"{hint.strip()} Otherwise {otherwise}" if hint else otherwise
