"""A split, and what a run's model makes of each of its examples."""

from typing import NamedTuple

import numpy as np

from recipes.errors import RunError
from recipes.lettering import one_line
from recipes.training.judge import objective_of
from recipes.training.looking.own_data import own_split
from recipes.training.scores import predict


class Loss(NamedTuple):
    """An example and what it costs.

    Args:
        index: In the split, from 0.
        truth: Name of the class; names of the labels; or the number(s).
        predicted: The same, as predicted.
        loss: Cross-entropy; binary cross-entropy, mean over labels; or squared
            error in the targets' own units, mean over targets.
        probability: Of the predicted class; None for labels and numbers.
        file: Of the example, below the folder; None for data without files.
    """

    index: int
    truth: object
    predicted: object
    loss: float
    probability: float | None
    file: str | None = None


class Judged:
    """A split under a run's model.

    Args:
        run: A `Run`.
        data: A data spec, or None for the run's own.
        split: As of `recipes.training.looking.own_data.own_split`.

    Attributes:
        part: The `Split`.
        predicted: Class numbers, rows of 0 and 1, or numbers.
        losses: One per example; their mean is the loss that is reported.
        worst: Places in the split, the largest loss first.
        files: The name of each example's file, or None.
    """

    def __init__(self, run, data, split):
        self.about = run.environment["data"]
        self.part = own_split(run, data, split)
        self.files = self.part.files()
        objective = objective_of(run.environment, self.part)
        outputs = predict(run.model, self.part)
        self.predicted = objective.predicted(outputs)
        self._outputs = objective.columns(outputs.astype("float64"))
        self.losses = objective.losses(self.part.labels, self._outputs)
        self.worst = np.argsort(-self.losses, kind="stable")

    def name(self, number):
        """Return the name of a class."""
        return self.about["class_names"][number]

    def loss(self, place):
        """Return the `Loss` of the example at a place of the split."""
        share = None
        if self.about["target"] == "class":
            share = float(self._outputs[place, self.predicted[place]])
        truth = self._said(self.part.labels[place])
        predicted = self._said(self.predicted[place])
        file = None if self.files is None else self.files[place]
        loss = float(self.losses[place])
        return Loss(place, truth, predicted, loss, share, file)

    def most(self, count):
        """Return the `Loss` of so many examples, the largest first."""
        return [self.loss(place) for place in self.worst[:count].tolist()]

    def _said(self, value):
        if self.about["target"] == "class":
            return self.name(value)
        if self.about["target"] == "labels":
            return tuple(self.name(i) for i in np.flatnonzero(value))
        return float(value[0]) if len(value) == 1 else tuple(value.tolist())

    def short(self, value):
        """Return a class, labels or numbers on one line of a picture."""
        if isinstance(value, str):
            number = self.about["class_names"].index(value)
            return one_line(value, f"class {number}")
        several = value if isinstance(value, tuple) else (value,)
        each = [v if isinstance(v, str) else f"{v:.4g}" for v in several]
        return one_line(", ".join(each) or "none", f"{len(each)} labels")

    def pictures(self, places):
        """Return the images at places of the split, in [0, 1].

        Raises:
            RunError: For tables and texts.
        """
        if self.about["features"] != "image":
            raise RunError(
                f"the examples of this run are {self.about['features']}s, of "
                "which there is no picture; look at `.rows`."
            )
        raw = self.part.read(np.asarray(places, "int64"))
        scale = np.float32(self.about["value_scale"])
        return np.clip(raw.astype("float32") * scale, 0, 1)

    def __str__(self):
        role, count = self.part.role, len(self.part)
        if role == "all":  # of any data, whose name is not known
            return f"all {count} rows"
        return f"the {role} split of {self.about['name']} ({count} rows)"
