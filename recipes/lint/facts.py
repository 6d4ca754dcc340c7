"""Facts: what the data adds to a recipe."""

from functools import cached_property

import numpy as np

from recipes.data.preprocessing import moments
from recipes.resolve import epochs_for, steps_per_epoch


class Facts:
    """What rules may know of the data; computed when first asked.

    Args:
        recipe: A recipe without open ranges.
        data: A loaded `Data`.

    Attributes:
        rows: Rows of the training split.
        batch_size: Examples per step; at most `rows`.
        steps_per_epoch: Steps per epoch.
        total_steps: Steps of the whole run.
    """

    def __init__(self, recipe, data):
        self.data = data
        self.rows = len(data.train)
        self.batch_size = min(recipe.batch_size, self.rows)
        self.steps_per_epoch = steps_per_epoch(
            self.rows,
            self.batch_size,
            recipe.drop_remainder,
        )
        epochs = epochs_for(recipe, self.steps_per_epoch)
        self.total_steps = self.steps_per_epoch * epochs

    @cached_property
    def class_counts(self):
        """Training examples of each class, or None without classes."""
        if self.data.target != "class":
            return None
        count = len(self.data.class_names)
        return np.bincount(self.data.train.labels, minlength=count)

    @cached_property
    def columns(self):
        """(means, deviations) of a table's columns in train, or None."""
        if self.data.features != "table":
            return None
        mean, variance = moments(self.data.train.chunks(), keep=1)
        return mean, np.sqrt(variance)


def named(part, *names):
    """Whether a field holds a Part of one of these names.

    >>> from recipes.part import Part
    >>> named(Part("l2"), "l1", "l2"), named(None, "l2")
    (True, False)
    """
    return getattr(part, "name", None) in names


def number(value, otherwise=0):
    """Return a number, or `otherwise` for what `fit` will refuse.

    >>> number(0.5), number("much")
    (0.5, 0)
    """
    real = isinstance(value, (int, float)) and not isinstance(value, bool)
    return value if real else otherwise
