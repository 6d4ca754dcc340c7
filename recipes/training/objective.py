"""The objective: targets, losses, metrics and scores of each kind of task.

Training compares logits, or standardized numbers; serving gives probabilities,
or numbers in their own units.
"""

import keras
import numpy as np


def objective(recipe, data):
    """Return the objective that fits the recipe's task and the data."""
    if data.target == "number":
        return Numbers(data.train.labels)
    return Classes(len(data.class_names), recipe.label_smoothing)


class Classes:
    """Binary or multi-class classification.

    Two classes: one logit, binary cross-entropy. More: one logit each,
    categorical cross-entropy on one-hot targets.

    Args:
        count: Number of classes.
        label_smoothing: Fraction of the label spread over all classes. The
            reported test loss is without it.
    """

    target_scale = (1.0, 0.0)

    def __init__(self, count, label_smoothing=0.0):
        self.count, self.label_smoothing = count, label_smoothing

    def targets(self, labels):
        """Return what the training loss compares with."""
        if self.count == 2:
            return labels[:, None].astype("float32")
        return np.eye(self.count, dtype="float32")[labels]

    def training(self):
        """Return the loss and metrics on logits."""
        smoothing = {"label_smoothing": self.label_smoothing}
        if self.count == 2:
            loss = keras.losses.BinaryCrossentropy(
                from_logits=True, **smoothing
            )
            metric = keras.metrics.BinaryAccuracy("accuracy", threshold=0.0)
        else:
            loss = keras.losses.CategoricalCrossentropy(
                from_logits=True, **smoothing
            )
            metric = keras.metrics.CategoricalAccuracy("accuracy")
        return loss, [metric]

    def serving(self):
        """Return the loss and metrics on probabilities and class numbers."""
        if self.count == 2:
            loss = keras.losses.BinaryCrossentropy()
            metric = keras.metrics.BinaryAccuracy("accuracy")
        else:
            loss = keras.losses.SparseCategoricalCrossentropy()
            metric = keras.metrics.SparseCategoricalAccuracy("accuracy")
        return loss, [metric]

    def serving_targets(self, labels):
        """Return what the serving loss compares with."""
        return labels[:, None]

    def predicted(self, outputs):
        """Return class numbers from probabilities."""
        if outputs.shape[1] == 1:
            return (outputs[:, 0] > 0.5).astype("int64")
        return outputs.argmax(axis=1)


class Numbers:
    """Regression: mean squared error on standardized targets.

    Args:
        train_labels: Targets of the training split (rows, targets).
    """

    def __init__(self, train_labels):
        train_labels = train_labels.astype("float64")
        deviation = train_labels.std(axis=0)
        self.deviation = np.where(deviation > 0, deviation, 1.0)
        self.mean = train_labels.mean(axis=0)
        self.target_scale = (self.deviation.tolist(), self.mean.tolist())

    def targets(self, labels):
        """Return the standardized targets."""
        return ((labels - self.mean) / self.deviation).astype("float32")

    def training(self):
        """Return the loss and metrics on standardized numbers."""
        return keras.losses.MeanSquaredError(), [
            keras.metrics.R2Score(name="r2")
        ]

    def serving(self):
        """Return the loss and metrics in the targets' own units."""
        return keras.losses.MeanSquaredError(), [
            keras.metrics.MeanAbsoluteError("mae"),
            keras.metrics.RootMeanSquaredError("rmse"),
            keras.metrics.R2Score(name="r2"),
        ]

    def serving_targets(self, labels):
        """Return the targets in their own units."""
        return labels

    def predicted(self, outputs):
        """Return the numbers themselves."""
        return outputs
