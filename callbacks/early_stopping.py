"""Early stopping that a NaN cannot fool."""

import math

import keras


class EarlyStopping(keras.callbacks.EarlyStopping):
    """Keras' early stopping, for which NaN and infinity are never the best.

    With Keras' own class a first monitored value of NaN is the best for ever:
    nothing compares as better, so that training stops after `patience` epochs
    and the first epoch's weights come back. Here such an epoch counts as one
    without improvement, and any finite value is better.

    Args:
        *args: As of `keras.callbacks.EarlyStopping`.
        **kwargs: As of `keras.callbacks.EarlyStopping`.

    Raises:
        ValueError: For a patience or a min_delta that is no number.

    Attributes:
        best_epoch: The epoch of the best value, from 0.

    Example:

    >>> EarlyStopping(patience=3, restore_best_weights=True).patience
    3
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, least in (("patience", 0), ("min_delta", None)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise ValueError(
                    f"`{name}` must be a number. Received: {value!r}"
                )
            if least is not None and value < least:
                raise ValueError(
                    f"`{name}` must be at least {least}. Received: {value!r}"
                )

    def get_monitor_value(self, logs):
        value = super().get_monitor_value(logs)
        if value is None or math.isfinite(value):
            return value
        smaller_is_better = bool(self.monitor_op(0, 1))
        return math.inf if smaller_is_better else -math.inf

    def _is_improvement(self, monitor_value, reference_value):
        if not math.isfinite(monitor_value):
            return False
        return super()._is_improvement(monitor_value, reference_value)
