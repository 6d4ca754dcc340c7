"""The objective: targets, losses, metrics and scores of each kind of target.

Training compares logits, or standardized numbers; serving gives probabilities,
or numbers in their own units.
"""

import keras
import numpy as np

from recipes.part import Part
from recipes.resolve import METRICS_OF
from recipes.training.measure import Form
from recipes.training.metrics import build_measures

CLIP = 1e-7  # as Keras' losses do


def choose_objective(recipe, data):
    """Return the objective that fits the recipe's task and the data.

    Raises:
        RecipeError: For a metric that does not fit the targets.
        DataError: For targets that a metric cannot be computed on.
    """
    if data.target == "number":
        objective = Numbers(data.train.labels, recipe.metrics)
    elif data.target == "labels":
        count, smoothing = len(data.class_names), recipe.label_smoothing
        objective = LabelRows(count, smoothing, recipe.metrics)
    else:
        weights = None
        if recipe.class_weight == "balanced":
            weights = balanced_weights(data.train.labels)
        objective = Classes(
            len(data.class_names),
            recipe.label_smoothing,
            recipe.metrics,
            weights,
        )
    for measure in objective.measures.values():
        measure.check(data.splits)
    return objective


def balanced_weights(labels):
    """Return a weight per class: n / (classes · n_class), mean 1 over rows.

    >>> balanced_weights(np.array([0, 0, 0, 1])).round(3).tolist()
    [0.667, 2.0]
    """
    counts = np.bincount(labels)
    return len(labels) / (len(counts) * counts)


class Objective:
    """What every kind of target shares.

    Args:
        form: The `Form` of the outputs.
        metrics: Parts of kind metric, or None for the default ones.
    """

    target_scale = (1.0, 0.0)
    weights = None

    def __init__(self, form, metrics=None):
        if metrics is None:
            metrics = [Part(name) for name in METRICS_OF[form.target]]
        self.form = form
        self.measures = build_measures(metrics, form)

    def logged(self):
        """Return the metrics of the trained network, on its raw outputs."""
        rows = self.measures.items()
        return [measure.logged(name, self.form) for name, measure in rows]

    def served(self):
        """Return the metrics of the saved model, as far as Keras has them."""
        rows = self.measures.items()
        found = [measure.served(name, self.form) for name, measure in rows]
        return [metric for metric in found if metric is not None]

    def scores(self, labels, outputs):
        """Return the loss and the metrics of a split, in float64.

        Args:
            labels: Of the split.
            outputs: What the saved model gives for it.
        """
        outputs = self.columns(outputs.astype("float64"))
        found = {"loss": self.loss(labels, outputs)}
        for name, measure in self.measures.items():
            found[name] = measure.score(labels, outputs)
        return {name: float(value) for name, value in found.items()}

    def loss(self, labels, outputs):
        """Return the mean of `losses`, without penalties and weights."""
        return self.losses(labels, outputs).mean()

    def columns(self, outputs):
        """Return one column per class, label or number."""
        return outputs

    def weigh(self, labels):
        """Return the weight of each row in the training loss, or None."""
        if self.weights is None:
            return None
        return self.weights[labels].astype("float32")


class Classes(Objective):
    """Binary or multi-class classification.

    Two classes: one logit, binary cross-entropy. More: one logit each,
    categorical cross-entropy on one-hot targets.

    Args:
        count: Number of classes.
        label_smoothing: Fraction of the label spread over all classes. The
            reported test loss is without it.
        metrics: Parts of kind metric, or None for accuracy.
        weights: A weight per class in the training loss, or None.
    """

    def __init__(self, count, label_smoothing=0.0, metrics=None, weights=None):
        super().__init__(Form("class", count), metrics)
        self.count, self.label_smoothing = count, label_smoothing
        self.weights = weights

    def targets(self, labels):
        """Return what the training loss compares with."""
        if self.count == 2:
            return labels[:, None].astype("float32")
        return np.eye(self.count, dtype="float32")[labels]

    def training(self):
        """Return the loss and metrics on logits."""
        if self.count == 2:
            loss = keras.losses.BinaryCrossentropy
        else:
            loss = keras.losses.CategoricalCrossentropy
        smoothing = self.label_smoothing
        return loss(from_logits=True, label_smoothing=smoothing), self.logged()

    def serving(self):
        """Return the loss and metrics on probabilities and class numbers."""
        if self.count == 2:
            return keras.losses.BinaryCrossentropy(), self.served()
        return keras.losses.SparseCategoricalCrossentropy(), self.served()

    def columns(self, outputs):
        """Return one column of probabilities per class."""
        if self.count == 2:
            return np.concatenate([1 - outputs, outputs], axis=1)
        return outputs

    def losses(self, labels, outputs):
        """Return each row's cross-entropy, probabilities clipped at 1e-7."""
        true = outputs[np.arange(len(labels)), labels]
        return -np.log(np.clip(true, CLIP, 1 - CLIP))

    def predicted(self, outputs):
        """Return class numbers from probabilities."""
        if outputs.shape[1] == 1:
            return (outputs[:, 0] > 0.5).astype("int64")
        return outputs.argmax(axis=1)


class LabelRows(Objective):
    """Multi-label classification: one logit and probability per label.

    Args:
        count: Number of labels, at least 1.
        label_smoothing: Fraction s: a target y becomes y (1 − s) + s / 2.
        metrics: Parts of kind metric, or None for accuracy and F1.
    """

    def __init__(self, count, label_smoothing=0.0, metrics=None):
        super().__init__(Form("labels", count), metrics)
        self.label_smoothing = label_smoothing

    def targets(self, labels):
        """Return what the training loss compares with."""
        return labels.astype("float32")

    def training(self):
        """Return the loss (mean over labels) and metrics on logits."""
        loss = keras.losses.BinaryCrossentropy(
            from_logits=True, label_smoothing=self.label_smoothing
        )
        return loss, self.logged()

    def serving(self):
        """Return the loss and metrics on probabilities."""
        return keras.losses.BinaryCrossentropy(), self.served()

    def losses(self, labels, outputs):
        """Return each row's binary cross-entropy, mean over labels."""
        true = np.where(labels > 0, outputs, 1 - outputs)
        return -np.log(np.clip(true, CLIP, 1 - CLIP)).mean(axis=1)

    def predicted(self, outputs):
        """Return rows of 0 and 1: 1 above a probability of 0.5."""
        return (outputs > 0.5).astype("int8")


class Numbers(Objective):
    """Regression: mean squared error on standardized targets.

    Args:
        train_labels: Targets of the training split (rows, targets), float64.
        metrics: Parts of kind metric, or None for MAE, RMSE and R².
    """

    def __init__(self, train_labels, metrics=None):
        self.mean = train_labels.mean(axis=0)
        self.deviation = train_labels.std(axis=0)
        self.target_scale = (self.deviation.tolist(), self.mean.tolist())
        form = Form("number", train_labels.shape[1], *self.target_scale)
        super().__init__(form, metrics)

    def targets(self, labels):
        """Return the standardized targets."""
        return ((labels - self.mean) / self.deviation).astype("float32")

    def training(self):
        """Return the loss on standardized numbers, and the metrics."""
        return keras.losses.MeanSquaredError(), self.logged()

    def serving(self):
        """Return the loss and metrics in the targets' own units."""
        return keras.losses.MeanSquaredError(), self.served()

    def losses(self, labels, outputs):
        """Return each row's mean squared error, in the targets' own units.

        In NumPy, as R² is: Keras' `R2Score` subtracts large sums in float32,
        and is far off where the mean is large beside the deviation.
        """
        return np.square(outputs - labels).mean(axis=1)

    def predicted(self, outputs):
        """Return the numbers themselves."""
        return outputs
