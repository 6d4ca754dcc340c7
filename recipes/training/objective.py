"""The objective: targets, losses, metrics and scores of each kind of task.

Training compares logits, or standardized numbers; serving gives probabilities,
or numbers in their own units.
"""

import keras
import numpy as np


def choose_objective(recipe, data):
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

    def scores(self, labels, outputs):
        """Return loss (cross-entropy) and accuracy, of probabilities.

        Probabilities are clipped at 1e-7, as Keras' losses do.
        """
        if self.count == 2:
            outputs = np.concatenate([1 - outputs, outputs], axis=1)
        true = outputs[np.arange(len(labels)), labels].astype("float64")
        right = outputs.argmax(axis=1) == labels
        return {
            "loss": float(-np.log(np.clip(true, 1e-7, 1 - 1e-7)).mean()),
            "accuracy": float(right.mean()),
        }

    def predicted(self, outputs):
        """Return class numbers from probabilities."""
        if outputs.shape[1] == 1:
            return (outputs[:, 0] > 0.5).astype("int64")
        return outputs.argmax(axis=1)


class Numbers:
    """Regression: mean squared error on standardized targets.

    Args:
        train_labels: Targets of the training split (rows, targets), float64.
    """

    def __init__(self, train_labels):
        self.mean = train_labels.mean(axis=0)
        self.deviation = train_labels.std(axis=0)
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
        ]

    def scores(self, labels, outputs):
        """Return loss (mean squared error), mae, rmse and r2.

        In float64, and in NumPy: Keras' `R2Score` subtracts large sums in
        float32, and is far off where the mean is large beside the deviation.
        """
        error = outputs.astype("float64") - labels
        squared = np.square(error)
        spread = np.square(labels - labels.mean(axis=0)).mean(axis=0)
        unexplained = squared.mean(axis=0) / np.where(spread > 0, spread, 1.0)
        return {
            "loss": float(squared.mean()),
            "mae": float(np.abs(error).mean()),
            "rmse": float(np.sqrt(squared.mean())),
            "r2": float(1 - unexplained.mean()),
        }

    def predicted(self, outputs):
        """Return the numbers themselves."""
        return outputs
