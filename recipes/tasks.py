"""The tasks: what goes in and what comes out of each recipe."""

from typing import NamedTuple


class Task(NamedTuple):
    """One task.

    `features` is `"image"` (height, width, channels), `"table"` (columns) or
    `"text"` (one string); `target` is `"class"` or `"number"`.
    """

    features: str
    target: str


class Features(NamedTuple):
    """What a network receives of one kind of features.

    Args:
        rank: Number of axes of one example.
        words: The same in words.
        dtype: Its type.
    """

    rank: int
    words: str
    dtype: str


TASKS = {
    "image_classifier": Task("image", "class"),
    "image_fine_tuner": Task("image", "class"),
    "image_regressor": Task("image", "number"),
    "tabular_classifier": Task("table", "class"),
    "tabular_regressor": Task("table", "number"),
    "text_classifier": Task("text", "class"),
}
TARGETS = {
    "class": "one class per example",
    "labels": "rows of labels",
    "number": "numbers",
}
FEATURES = {
    "image": Features(3, "(height, width, channels)", "float32"),
    "table": Features(1, "(columns,)", "float32"),
    # Texts become the numbers of their tokens before the network.
    "text": Features(1, "(tokens,)", "int32"),
}
