"""Evidence: what the rules may know of a run, read from its files."""

import math
from functools import cached_property

import numpy as np

from recipes import registry
from recipes.lint.facts import named
from recipes.training.chance import chance_loss

ADAM = ("adam", "adamw", "nadam", "adamax", "lamb", "lion")  # rate per step


class Evidence:
    """What the rules may know of a run, from its files alone.

    A loss is compared as the share that is *left* of it: 1 is as good as
    knowing nothing (the log of the number of classes; for numbers the
    variance), 0 is perfect. What label smoothing leaves is taken off. For
    numbers it is 1 − R², where R² is logged.

    Args:
        recipe: The resolved recipe.
        history: Name → one number per epoch.
        environment: As of `Run`.
        metrics: As of `Run`; {} of an unfinished run.
        divergences: Rows of divergence.json; [] without.
        own: The run's model and data as `own.Own`, or None: rules that need
            them are silent then.

    Attributes:
        epochs: How many there were.
        kept: Place of the epoch whose weights the model has.
        train: Share left per epoch, training split: with dropout, penalties
            and augmentation, as a mean over the epoch.
        val: The same of the validation split; penalties are in it too.
    """

    def __init__(
        self,
        recipe,
        history,
        environment,
        metrics=None,
        divergences=(),
        own=None,
    ):
        self.recipe, self.environment, self.own = recipe, environment, own
        self.metrics = metrics or {}
        self.divergences = list(divergences)
        self.curves = {k: np.asarray(v, float) for k, v in history.items()}
        self.epochs = len(self.curves.get("loss", ()))
        kept = self.metrics.get("model_epoch") or self.epochs
        self.kept = max(0, min(kept, self.epochs) - 1)

    @property
    def about(self):
        """What the data was."""
        return self.environment["data"]

    @property
    def target(self):
        """`"class"`, `"labels"` or `"number"`."""
        return self.about["target"]

    @property
    def rows(self):
        """Rows of the validation split."""
        return (self.about.get("rows") or {}).get("validation") or 1

    @cached_property
    def classes(self):
        """How many classes one loss chooses from; None for numbers."""
        if self.target == "number":
            return None
        return 2 if self.target == "labels" else len(self.about["class_names"])

    @cached_property
    def chance(self):
        """The loss of a network that knows nothing."""
        return chance_loss(self.target, self.classes)

    @cached_property
    def floor(self):
        """The least loss that label smoothing allows.

        q = 1 − s + s/C for the class, s/C for each other: −Σ q log q.
        """
        smoothing = self.recipe.label_smoothing
        if not smoothing or not self.classes or smoothing == "auto":
            return 0.0
        other = smoothing / self.classes
        true = 1 - smoothing + other
        others = (self.classes - 1) * other * math.log(other)
        return -(true * math.log(true) + others)

    @cached_property
    def penalty(self):
        """What penalties add to the loss of the model, as a share of chance.

        `val_loss` has them, `validation_loss` has not.
        """
        scored = self.metrics.get("validation_loss")
        if not self.classes or scored is None or not self.penalized:
            return 0.0
        added = self.curves["val_loss"][self.kept] - scored - self.floor
        return max(0.0, float(added) / self.chance)

    @property
    def penalized(self):
        """Whether the loss has a penalty on the weights in it."""
        return self.recipe.kernel_regularizer is not None

    @cached_property
    def train(self):
        """Share left per epoch, training split."""
        return self._left("")

    @cached_property
    def val(self):
        """Share left per epoch, validation split."""
        return self._left("val_")

    def _left(self, split):
        if self.target == "number" and f"{split}r2" in self.curves:
            return 1 - self.curves[f"{split}r2"]
        loss = self.curves.get(f"{split}loss", np.full(self.epochs, np.nan))
        return (loss - self.floor) / (self.chance - self.floor)

    @property
    def left_words(self):
        """How a share left is called."""
        if self.target == "number" and "r2" in self.curves:
            return "1 − R²"
        return "The loss over that of chance"

    @property
    def legible(self):
        """Whether the losses tell of the fit, and not of penalties alone."""
        in_it = self.penalized and "r2" not in self.curves
        return self.epochs > 1 and not (in_it and self.penalty > 0.25)

    @cached_property
    def rates(self):
        """Learning rate per epoch; 1 each where it was not logged."""
        found = self.curves.get("learning_rate")
        bad = found is None or not (found >= 0).all() or not found.sum() > 0
        return np.ones(self.epochs) if bad else found

    @cached_property
    def thirds(self):
        """Places at which a third, and two, of the summed rate are spent.

        A schedule that falls to 0 ends every run without a change: progress
        is measured by the rate that was spent on it.
        """
        spent = np.cumsum(self.rates) / self.rates.sum()
        return tuple(int(np.searchsorted(spent, s)) for s in (1 / 3, 2 / 3))

    def falls(self, curve):
        """Return how far a curve falls in each third of the summed rate."""
        first, second = self.thirds
        places = (0, first, second, self.epochs - 1)
        levels = [float(_around(curve, place)) for place in places]
        levels[0] = float(curve[0])
        return tuple(a - b for a, b in zip(levels, levels[1:], strict=False))

    @cached_property
    def reach(self):
        """How far a weight can have moved, for optimizers of the Adam kind.

        They move a weight by about the rate in each step: rate × steps.
        None for others.
        """
        steps = self.environment.get("steps_per_epoch")
        logged = "learning_rate" in self.curves
        if not steps or not logged or not named(self.recipe.optimizer, *ADAM):
            return None
        return float(self.rates.sum() * steps)

    @cached_property
    def rate(self):
        """The optimizer's learning rate, or None if it is no number."""
        part = self.recipe.optimizer
        found = registry.default("optimizer", part, "learning_rate")
        real = isinstance(found, (int, float)) and not isinstance(found, bool)
        return found if real else None

    def accuracy(self, split=""):
        """Return accuracy per epoch, or None where it was not logged."""
        return self.curves.get(f"{split}accuracy")

    def error_of(self, share):
        """Return the standard error of a share of the validation rows.

        sqrt(p (1 − p) / n), of at least half a row wrong.
        """
        share = min(max(share, 0.5 / self.rows), 1 - 0.5 / self.rows)
        return math.sqrt(share * (1 - share) / self.rows)


def _around(curve, place):
    """Return the mean of a curve at a place and beside it.

    >>> _around(np.array([0.0, 3.0, 6.0, 0.0]), 1)
    np.float64(3.0)
    """
    return curve[max(0, place - 1) : place + 2].mean()
