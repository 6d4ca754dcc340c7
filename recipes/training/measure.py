"""What a metric by name is: logged, reported and served.

Logged: a Keras metric in the compiled step, once an epoch, over batches.
Reported: in float64 from what the saved model gives, over a whole split.
Served: compiled into the saved model for `model.evaluate`, where Keras has the
metric itself, so that the file loads without this library.
"""

from typing import NamedTuple

from recipes.resolve import fitting_names
from recipes.tasks import TARGETS
from recipes.training.logged import Readable


class Form(NamedTuple):
    """What the outputs are: `target` is `"class"`, `"labels"` or `"number"`.

    `count` classes, labels or numbers; own units of numbers are standardized
    · `scale` + `offset`.
    """

    target: str
    count: int
    scale: object = 1.0
    offset: object = 0.0


class Measure:
    """One metric by name.

    `score(truth, outputs)` gets class numbers and (rows, classes)
    probabilities, two columns for two classes; or rows of 0 and 1 and
    probabilities; or numbers in their own units; outputs in float64.
    """

    targets = ("class", "labels")

    def refuse(self, form):
        """Return (what is wrong, what to do), or None."""
        if form.target not in self.targets:
            fitting = ", ".join(fitting_names(form.target))
            words = f"it is no metric of {TARGETS[form.target]}"
            return words, f"use one of {fitting}"
        return None

    def logged(self, name, form):
        """Return the Keras metric for the trained network's outputs."""
        return self.readable(self.keras_metric(name, form), form)

    def readable(self, metric, form):
        """Return a Keras metric of what is served, for logits."""
        return Readable(metric, form.target, form.scale, form.offset)

    def served(self, name, form):
        """Return the Keras metric of the saved model, or None."""
        return None

    def check(self, splits):
        """Refuse splits whose targets the metric cannot be computed on.

        Raises:
            DataError: With the split and the row.
        """
