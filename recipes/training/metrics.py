"""From the Parts of a recipe's `metrics` to what is logged and reported."""

import keras
import numpy as np

from recipes import registry
from recipes.errors import RecipeError
from recipes.training.measure import Measure


class Own(Measure):
    """A user's own `keras.metrics.Metric`, by its registered name."""

    targets = ("class", "labels", "number")

    def __init__(self, part):
        self.part = part
        self.keras_metric(part.name, None)  # refused now, not in the fit

    def keras_metric(self, name, form):
        built = registry.build("metric", self.part, name=name)
        if not isinstance(built, keras.metrics.Metric):
            raise RecipeError(
                f"metric {name!r} must be a keras.metrics.Metric class, or a "
                f"function that returns such a metric. Received: {built!r}"
            )
        return built

    def refuse(self, form):
        return super().refuse(form) or self._no_number(form)

    def _no_number(self, form):
        """Try it on two rows: a fit would fail after its last epoch."""
        metric = self.keras_metric(self.part.name, None)
        truth = np.eye(2, form.count, dtype="float32")
        try:
            metric.update_state(truth, np.full_like(truth, 1 / form.count))
            found = np.asarray(keras.ops.convert_to_numpy(metric.result()))
        except Exception as error:  # whatever the user's metric raises
            return (
                f"two rows of shape {truth.shape} made it fail: {_line(error)}",
                "let update_state take (truth, outputs) of shape (batch, "
                "outputs), and result return one number",
            )
        if found.shape == () and found.dtype != object:
            return None
        return (
            f"its result on two rows is {_line(found)}, and a score is one "
            "number",
            "return one number, such as the mean",
        )

    def score(self, truth, outputs):
        if truth.ndim == 1:
            truth = np.eye(outputs.shape[1])[truth]
        metric = self.keras_metric(self.part.name, None)
        for start in range(0, len(truth), 1024):
            rows = slice(start, start + 1024)
            metric.update_state(
                truth[rows].astype("float32"), outputs[rows].astype("float32")
            )
        return metric.result()


def _line(value):
    return " ".join(str(value).split())[:300]


def build_measures(parts, form):
    """Return name → `Measure` for the Parts of a recipe's `metrics`.

    Raises:
        RecipeError: For a metric that does not fit the targets, an argument
            that is out of range, and two metrics of one name.
    """
    found = {}
    for part in parts:
        own = callable(registry.lookup("metric", part.name).target)
        measure = Own(part) if own else registry.build("metric", part)
        wrong = measure.refuse(form)
        if part.name in found or part.name in ("loss", "learning_rate"):
            wrong = "this name stands in the logs already", "choose one"
        if wrong:
            raise RecipeError(
                f"`metrics`: {part.name!r} does not fit: {wrong[0]}. To mend "
                f"it: {wrong[1]}. Received: {part!r}"
            )
        found[part.name] = measure
    return found
