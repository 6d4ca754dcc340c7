"""A validation loss that is no number, said while there is time."""

import math
import warnings

import keras


class ValidationWatch(keras.callbacks.Callback):
    """Warn once of a validation loss that is NaN or infinite.

    The loss and the weights are finite then: the guard before it ends the fit
    where they are not. Such an epoch may pass, so that the fit goes on; one
    without a finite validation loss at all ends as diverged.
    """

    uses_model = False

    def __init__(self):
        super().__init__()
        self._said = False

    def on_epoch_end(self, epoch, logs=None):
        value = (logs or {}).get("val_loss")
        if self._said or value is None or math.isfinite(value):
            return
        self._said = True
        warnings.warn(
            f"The validation loss of epoch {epoch + 1} is {value:g}, over a "
            "loss and weights that are finite. A run whose validation loss is "
            "never finite ends as diverged, without a result: look at the "
            "validation rows for values far outside of the training's, or "
            "lower optimizer/learning_rate.",
            stacklevel=2,
        )
