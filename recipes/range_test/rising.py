"""A learning rate that rises by the same factor from step to step."""

import math

import keras
import numpy as np


def rising_rates(lowest, highest, steps):
    """Return `rate(i) = lowest · (highest / lowest)^(i / (steps − 1))`.

    Args:
        lowest: The first rate, above 0.
        highest: The last rate, above `lowest`.
        steps: How many, from 2.

    >>> rising_rates(0.01, 1.0, 3).tolist()
    [0.01, 0.1, 1.0]
    """
    # As by `geomspace` both ends are what was given, to the last bit.
    return np.geomspace(lowest, highest, steps)


@keras.saving.register_keras_serializable(package="recipes")
class Rising(keras.optimizers.schedules.LearningRateSchedule):
    """The same as a Keras schedule, within the compiled step.

    Args:
        lowest: The first rate, above 0.
        highest: The last rate, which stays.
        steps: From the first to the last, from 2.
        batches: How many batches have one rate, from 1: as many as the
            optimizer gathers gradients of.

    Example:

    >>> round(float(Rising(0.01, 1.0, 3)(1)), 6)
    0.1
    """

    def __init__(self, lowest, highest, steps, batches=1):
        self.lowest, self.highest = lowest, highest
        self.steps, self.batches = steps, batches

    def __call__(self, step):
        ops = keras.ops
        step = ops.floor(ops.cast(step, "float32") / self.batches)
        share = ops.clip(step / (self.steps - 1), 0.0, 1.0)
        start, end = math.log(self.lowest), math.log(self.highest)
        return ops.exp(start + (end - start) * share)

    def get_config(self):
        return {
            "lowest": self.lowest,
            "highest": self.highest,
            "steps": self.steps,
            "batches": self.batches,
        }
