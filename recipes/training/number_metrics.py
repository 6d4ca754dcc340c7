"""Metrics of numbers, in the targets' own units."""

import keras
import numpy as np
from sklearn.metrics import mean_absolute_percentage_error

from recipes.errors import DataError
from recipes.training.logged import Readable
from recipes.training.measure import Measure


class _Numeric(Measure):
    targets = ("number",)
    builder = None

    def logged(self, name, form):
        # Without the offset: float32 would lose what differs beside it.
        return Readable(self.builder(name=name), "number", form.scale)

    def served(self, name, form):
        return self.builder(name=name)


class MAE(_Numeric):
    """Mean of |prediction − truth|, in the targets' own units."""

    builder = keras.metrics.MeanAbsoluteError

    def score(self, truth, outputs):
        return np.abs(outputs - truth).mean()


class RMSE(_Numeric):
    """Root of the mean of (prediction − truth)², in own units."""

    builder = keras.metrics.RootMeanSquaredError

    def score(self, truth, outputs):
        return np.sqrt(np.square(outputs - truth).mean())


class MAPE(_Numeric):
    """100 · mean of |prediction − truth| / |truth|: percent."""

    builder = keras.metrics.MeanAbsolutePercentageError

    def logged(self, name, form):
        return self.readable(self.builder(name=name), form)

    def check(self, splits):
        for split in splits:
            zeros = np.flatnonzero((split.labels == 0).any(axis=1))
            if len(zeros):
                raise DataError(
                    "the target 0",
                    "targets other than 0, as mape divides by them",
                    "leave mape out of the recipe's metrics",
                    split=split.role,
                    index=int(zeros[0]),
                )

    def score(self, truth, outputs):
        return 100 * mean_absolute_percentage_error(truth, outputs)


@keras.saving.register_keras_serializable(package="recipes")
class SpreadR2(keras.metrics.R2Score):
    """Keras' R², over the targets that differ; it gives the others 0."""

    def result(self):
        mean = self.sum / self.count
        total = self.squared_sum - self.sum * mean
        # What is less is rounding: the sums are float32.
        spread = total > 1e-6 * self.squared_sum
        scores = 1 - self.total_mse / keras.ops.where(spread, total, 1.0)
        chosen = keras.ops.cast(spread, scores.dtype)
        return keras.ops.sum(scores * chosen) / keras.ops.sum(chosen)


class R2(_Numeric):
    """1 − Σ(prediction − truth)² / Σ(truth − mean)², mean over targets.

    A target that is the same in every row of a split has none and is left
    out; where no target differs, as in a split of one row, it is NaN.
    """

    def logged(self, name, form):
        return SpreadR2(name=name)  # scale and offset cancel

    def served(self, name, form):
        # Keras subtracts large sums in float32: far off in own units.
        return None

    def score(self, truth, outputs):
        squared = np.square(outputs - truth).mean(axis=0)
        spread = np.square(truth - truth.mean(axis=0)).mean(axis=0)
        differ = np.ptp(truth, axis=0) > 0
        found = 1 - squared[differ] / spread[differ]
        return found.mean() if differ.any() else np.nan
