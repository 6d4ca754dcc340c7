"""Keras metrics that Keras lacks, for the logs of an epoch.

The trained network gives logits, or standardized numbers. `Readable` turns
them into what is served before a metric sees them, inside the compiled step.
"""

import keras
from keras import ops

_register = keras.saving.register_keras_serializable(package="recipes")


@_register
class Readable(keras.metrics.Metric):
    """A metric on what is served, in a network that gives logits.

    Args:
        metric: A Keras metric of (truth, outputs). It gets float32 of shape
            (batch, outputs): one-hot truth and probabilities, two columns for
            two classes; rows of 0 and 1 and probabilities for label rows;
            for numbers both in the targets' own units.
        target: `"class"`, `"labels"` or `"number"`.
        scale: For numbers: own units = standardized · scale + offset.
        offset: See `scale`.
        name: Name in the logs; None for the metric's own.
        dtype: Of the metric's result.
    """

    def __init__(
        self, metric, target, scale=1.0, offset=0.0, name=None, dtype=None
    ):
        super().__init__(name=name or metric.name, dtype=dtype)
        self.metric, self.target = metric, target
        self.scale, self.offset = scale, offset
        if hasattr(metric, "_direction"):  # whether callbacks look for more
            self._direction = metric._direction

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.cast(y_true, "float32")
        y_pred = ops.cast(y_pred, "float32")
        if self.target == "number":
            scale = ops.convert_to_tensor(self.scale, "float32")
            offset = ops.convert_to_tensor(self.offset, "float32")
            y_true, y_pred = y_true * scale + offset, y_pred * scale + offset
        elif self.target == "labels":
            y_pred = ops.sigmoid(y_pred)
        elif y_pred.shape[-1] == 1:
            y_true = ops.concatenate([1 - y_true, y_true], axis=-1)
            y_pred = ops.concatenate(
                [ops.sigmoid(-y_pred), ops.sigmoid(y_pred)], axis=-1
            )
        else:
            y_pred = ops.softmax(y_pred)
        self.metric.update_state(y_true, y_pred, sample_weight=sample_weight)

    def result(self):
        return self.metric.result()

    def reset_state(self):
        self.metric.reset_state()

    def get_config(self):
        metric = keras.saving.serialize_keras_object(self.metric)
        return {
            **super().get_config(),
            "metric": metric,
            "target": self.target,
            "scale": self.scale,
            "offset": self.offset,
        }

    @classmethod
    def from_config(cls, config):
        metric = keras.saving.deserialize_keras_object(config["metric"])
        return cls(**{**config, "metric": metric})


@_register
class Counts(keras.metrics.Metric):
    """Precision, recall or F1 of counts that are kept over the epoch.

    Args:
        kind: `"precision"`, `"recall"` or `"f1"`.
        count: Number of classes, or of labels.
        average: `"macro"` (mean over what occurs in truth or predictions),
            `"micro"` (of all counts together), `"weighted"` (by how often
            each is true), or `"present"` (mean over what occurs in truth).
        multi_label: Whether each output is chosen by itself, above 0.5, in
            place of the largest one alone.
        name: Name in the logs.
        dtype: Of the counts; float32 counts exactly up to 16,777,216.
    """

    def __init__(
        self,
        kind,
        count,
        average="macro",
        multi_label=False,
        name=None,
        dtype=None,
    ):
        super().__init__(name=name or kind, dtype=dtype)
        self._direction = "up"
        self.kind, self.count = kind, count
        self.average, self.multi_label = average, multi_label
        self.right, self.chosen, self.true = (
            self.add_variable((count,), "zeros", name=each)
            for each in ("right", "chosen", "true")
        )

    def update_state(self, y_true, y_pred, sample_weight=None):
        if self.multi_label:
            chosen = ops.cast(y_pred > 0.5, "float32")
        else:
            chosen = ops.one_hot(ops.argmax(y_pred, axis=-1), self.count)
        y_true = ops.cast(y_true, "float32")
        for variable, values in (
            (self.right, chosen * y_true),
            (self.chosen, chosen),
            (self.true, y_true),
        ):
            variable.assign_add(ops.sum(values, axis=0))

    def result(self):
        right, chosen, true = (
            ops.convert_to_tensor(v)
            for v in (self.right, self.chosen, self.true)
        )
        part, whole = {
            "precision": (right, chosen),
            "recall": (right, true),
            "f1": (2 * right, chosen + true),
        }[self.kind]
        if self.average == "micro":
            return ops.divide_no_nan(ops.sum(part), ops.sum(whole))
        weights = {
            "macro": ops.cast(chosen + true > 0, "float32"),
            "weighted": true,
            "present": ops.cast(true > 0, "float32"),
        }[self.average]
        each = ops.divide_no_nan(part, whole)
        return ops.divide_no_nan(ops.sum(weights * each), ops.sum(weights))

    def get_config(self):
        return {
            **super().get_config(),
            "kind": self.kind,
            "count": self.count,
            "average": self.average,
            "multi_label": self.multi_label,
        }


@_register
class LogitAccuracy(keras.metrics.BinaryAccuracy):
    """Right answers of one logit per example.

    Labels that are mixed with others' count as the likelier class; Keras' own
    would call every answer to them wrong.
    """

    def __init__(self, name="accuracy", dtype=None):
        super().__init__(name=name, dtype=dtype, threshold=0.0)

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.cast(ops.greater(y_true, 0.5), "float32")
        super().update_state(y_true, y_pred, sample_weight=sample_weight)

    def get_config(self):
        return {"name": self.name, "dtype": self.dtype}


@_register
class SubsetAccuracy(keras.metrics.Mean):
    """Share of rows of which every label is right."""

    def __init__(self, name="accuracy", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self._direction = "up"

    def update_state(self, y_true, y_pred, sample_weight=None):
        right = ops.equal(y_pred > 0.5, y_true > 0.5)
        whole = ops.cast(ops.all(right, axis=-1), "float32")
        super().update_state(whole, sample_weight=sample_weight)


@_register
class SpreadAUC(keras.metrics.AUC):
    """Keras' area under the ROC curve, one column against the rest, averaged.

    The mean is over the columns that have both 0 and 1 so far, 0 if none has.

    Keras counts at thresholds evenly spaced in [0, 1]; a well-trained network
    has most probabilities next to 0 and 1, where hardly any threshold lies.
    Logits are divided by 4 here, which spreads them and changes no order, and
    there are 1,000 thresholds in place of 200.

    Args:
        num_labels: Number of classes, or of labels.
        name: Name in the logs.
        dtype: Of the counts.
    """

    def __init__(self, num_labels, name="auc", dtype=None):
        super().__init__(
            num_thresholds=1000,
            multi_label=True,
            num_labels=num_labels,
            name=name,
            dtype=dtype,
        )

    def update_state(self, y_true, y_pred, sample_weight=None):
        logits = ops.log(ops.clip(y_pred, 1e-12, 1.0))
        logits = logits - ops.log(ops.clip(1 - y_pred, 1e-7, 1.0))
        spread = ops.sigmoid(logits / 4)
        y_true = ops.cast(ops.greater(y_true, 0.5), "float32")
        super().update_state(y_true, spread, sample_weight=sample_weight)

    def result(self):
        """Return the mean over the columns that have both 0 and 1.

        Keras' own counts a column of one kind as an area of 0.
        """
        true = ops.add(self.true_positives, self.false_negatives)
        false = ops.add(self.false_positives, self.true_negatives)
        y = ops.divide_no_nan(self.true_positives, true)
        x = ops.divide_no_nan(self.false_positives, false)
        areas = ops.sum((x[:-1] - x[1:]) * (y[:-1] + y[1:]) / 2, axis=0)
        both = ops.cast((true[0] > 0) & (false[0] > 0), areas.dtype)
        return ops.divide_no_nan(ops.sum(both * areas), ops.sum(both))

    def get_config(self):
        return {
            "name": self.name,
            "dtype": self.dtype,
            "num_labels": self.num_labels,
        }
