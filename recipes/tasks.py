"""The tasks: what goes in and what comes out of each recipe."""

from typing import NamedTuple


class Task(NamedTuple):
    """One task.

    `features` is `"image"` (height, width, channels) or `"table"` (columns);
    `target` is `"class"` or `"number"`.
    """

    features: str
    target: str


TASKS = {
    "image_classifier": Task("image", "class"),
    "tabular_classifier": Task("table", "class"),
    "tabular_regressor": Task("table", "number"),
}
