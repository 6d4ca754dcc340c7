"""Metrics of classes and of label rows."""

import keras
import numpy as np
from sklearn import metrics as sklearn

from recipes.errors import DataError
from recipes.training.logged import (
    Counts,
    LogitAccuracy,
    SpreadAUC,
    SubsetAccuracy,
)
from recipes.training.measure import Measure


def _chosen(outputs):
    return outputs.argmax(axis=1)


class Accuracy(Measure):
    """Right answers / all answers; with label rows, whole rows that are right.

    The class of an example is its likeliest one, a label is there above a
    probability of 0.5.
    """

    def logged(self, name, form):
        if form.target == "labels":
            return self.readable(SubsetAccuracy(name), form)
        if form.count == 2:
            return LogitAccuracy(name)
        return keras.metrics.CategoricalAccuracy(name)

    def served(self, name, form):
        if form.target == "labels":
            return None
        if form.count == 2:
            return keras.metrics.BinaryAccuracy(name)
        return keras.metrics.SparseCategoricalAccuracy(name)

    def score(self, truth, outputs):
        if truth.ndim == 2:
            return np.all((outputs > 0.5) == (truth > 0), axis=1).mean()
        return (_chosen(outputs) == truth).mean()


class TopKAccuracy(Measure):
    """Share of examples whose class is among the k likeliest.

    Args:
        k: Whole number from 1, below the number of classes.
    """

    targets = ("class",)

    def __init__(self, k=5):
        if isinstance(k, bool) or not isinstance(k, int) or k < 1:
            raise ValueError(
                f"`k` must be a whole number of at least 1. Received: {k!r}"
            )
        self.k = k

    def refuse(self, form):
        if form.target == "class" and self.k >= form.count:
            return (
                f"with k={self.k} and {form.count} classes every answer is "
                "right",
                f"use k of at most {form.count - 1}",
            )
        return super().refuse(form)

    def logged(self, name, form):
        if form.count == 2:  # k is 1
            return LogitAccuracy(name)
        return keras.metrics.TopKCategoricalAccuracy(self.k, name)

    def served(self, name, form):
        if form.count == 2:
            return keras.metrics.BinaryAccuracy(name)
        return keras.metrics.SparseTopKCategoricalAccuracy(self.k, name)

    def score(self, truth, outputs):
        true = outputs[np.arange(len(truth)), truth]
        return ((outputs >= true[:, None]).sum(axis=1) <= self.k).mean()


class _Counted(Measure):
    kind = None
    AVERAGES = ("macro", "micro", "weighted")

    def __init__(self, average="macro"):
        if average not in self.AVERAGES:
            raise ValueError(
                f"`average` must be one of {', '.join(self.AVERAGES)}. "
                f"Received: {average!r}"
            )
        self.average = average

    def keras_metric(self, name, form):
        several = form.target == "labels"
        return Counts(self.kind, form.count, self.average, several, name)

    def score(self, truth, outputs):
        if truth.ndim == 2:
            chosen = (outputs > 0.5).astype("int8")
            found = np.flatnonzero((truth + chosen).any(axis=0))
            # scikit-learn takes a single column for classes: give it two.
            truth, chosen = (
                np.pad(y, ((0, 0), (0, 1))) for y in (truth, chosen)
            )
        else:
            chosen = _chosen(outputs)
            found = np.union1d(truth, chosen)
        if not len(found):
            return 0.0
        function = getattr(sklearn, f"{self.kind}_score")
        return function(
            truth,
            chosen,
            labels=found,
            average=self.average,
            zero_division=0,
        )


class F1(_Counted):
    """2 · right / (chosen + true): harmonic mean of precision and recall.

    Args:
        average: `"macro"`: the mean over the classes that occur in truth or
            predictions; `"micro"`: of the counts of all; `"weighted"`: the
            mean weighted by how often a class is true. As scikit-learn.
    """

    kind = "f1"


class Precision(_Counted):
    """Right / chosen, 0 where nothing was chosen.

    Args:
        average: As of `F1`.
    """

    kind = "precision"


class Recall(_Counted):
    """Right / true, 0 where nothing is true.

    Args:
        average: As of `F1`.
    """

    kind = "recall"


class BalancedAccuracy(Measure):
    """Recall of each class that occurs in truth, averaged."""

    targets = ("class",)

    def keras_metric(self, name, form):
        return Counts("recall", form.count, "present", name=name)

    def score(self, truth, outputs):
        return sklearn.recall_score(
            truth, _chosen(outputs), labels=np.unique(truth), average="macro"
        )


class AUC(Measure):
    """Probability that a positive example gets more than a negative one.

    One class, or label, against the rest, and the mean over those that have
    both in the split; a split without any is refused. In the logs it is Keras'
    `AUC` at 1,000 thresholds, in most cases less than 0.001 off.
    """

    def keras_metric(self, name, form):
        return SpreadAUC(form.count, name)

    def check(self, splits):
        for split in splits:
            if not np.ptp(split.labels, axis=0).any():
                raise DataError(
                    "the same target in every row",
                    "two classes, or a label that some rows lack, as auc "
                    "compares the two",
                    "make this split larger, or leave auc out of the recipe's "
                    "metrics",
                    split=split.role,
                )

    def score(self, truth, outputs):
        if truth.ndim == 1:
            truth = np.eye(outputs.shape[1])[truth]
        both = np.flatnonzero(np.ptp(truth, axis=0) > 0)
        found = [
            sklearn.roc_auc_score(truth[:, i], outputs[:, i]) for i in both
        ]
        return np.mean(found) if found else np.nan
