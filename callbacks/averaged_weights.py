"""Moving averages of the weights, in the model whenever it is judged."""

import keras
import numpy as np


class AveragedWeights(keras.callbacks.Callback):
    """Validate, restore, save and end on the averages of the weights.

    Use it with an optimizer that has `use_ema=True`. The averages run inside
    the compiled step, `average ← m · average + (1 − m) · weight` after each
    batch with m = `ema_momentum`, and begin at the weights of the first step.
    This callback puts them into the model when a validation or the end of an
    epoch comes, and puts the raw weights back when the next epoch begins. So
    `EarlyStopping` compares, keeps and restores averaged weights,
    `ModelCheckpoint` saves them at epoch ends, and the model holds them
    however the fit ends: at the last epoch, by early stopping with or without
    restoring, or because a callback stopped it in mid-epoch. (What an exception
    leaves in the model depends on the backend.)

    Its place in the list is of no matter where every epoch is validated. Where
    one is not, callbacks that read the weights at its end stand behind this
    one. In mid-epoch the model has raw weights, for `ModelCheckpoint` with a
    `save_freq` in batches too.

    Only what is trained is averaged. The moving statistics of batch
    normalization are those of the raw weights; with many of these layers
    compute them again after the fit, as `recipes.training.precise` does.

    Keras' own `SwapEMAWeights` ends on raw weights where a fit stops early
    without restoring, and behind `EarlyStopping` it lets raw ones be kept.

    Raises:
        ValueError: When the fit begins, for an optimizer without averages.

    Attributes:
        raw_weights: The raw values of `model.trainable_variables`, as NumPy
            arrays, while the model holds averages; otherwise None. What
            stands here when an epoch begins is put into the model (set it
            after `on_train_begin`).

    Reference: Polyak and Juditsky, 1992.

    Example:

    >>> import keras, numpy as np
    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> sgd = keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9)
    >>> model.compile(sgd, "mse")
    >>> x = np.ones((4, 1))
    >>> h = model.fit(x, x, validation_data=(x, x), verbose=0,
    ...               callbacks=[AveragedWeights()])
    """

    def __init__(self):
        super().__init__()
        self.raw_weights = None
        self._fitting = False

    def on_train_begin(self, logs=None):
        optimizer = self.model.optimizer
        # Loss scaling for float16 wraps the optimizer that has the averages.
        inner = getattr(optimizer, "inner_optimizer", optimizer)
        if not getattr(inner, "use_ema", False):
            raise ValueError(
                "AveragedWeights needs an optimizer that averages: give it "
                "use_ema=True and an ema_momentum, such as 0.99. "
                f"Received: {type(inner).__name__} with use_ema=False"
            )
        self.raw_weights = None
        self._fitting = True

    def on_epoch_begin(self, epoch, logs=None):
        if self.raw_weights is None:
            return
        variables = self.model.trainable_variables
        for variable, value in zip(variables, self.raw_weights, strict=True):
            variable.assign(value)
        self.raw_weights = None

    def on_test_begin(self, logs=None):
        if self._fitting:
            self._show_averages()

    def on_epoch_end(self, epoch, logs=None):
        self._show_averages()

    def on_train_end(self, logs=None):
        # Keras has put the averages into the model, for good.
        _unshare(self.model.trainable_variables)
        self.raw_weights = None
        self._fitting = False

    def get_state(self):
        """Return what a fit that goes on has to know: the raw weights."""
        return {"raw_weights": self.raw_weights}

    def set_state(self, state):
        """Take what `get_state` has returned, after `on_train_begin`."""
        self.raw_weights = state["raw_weights"]

    def _show_averages(self):
        if self.raw_weights is not None:
            return
        variables = self.model.trainable_variables
        self.raw_weights = _copies(variables)
        self.model.optimizer.finalize_variable_values(variables)
        _unshare(variables)


def _copies(variables):
    """Return the values; a backend may hand out views of its memory."""
    return [np.array(keras.ops.convert_to_numpy(v)) for v in variables]


def _unshare(variables):
    """Give variables memory of their own.

    On JAX they share it with the averages that were assigned to them, and an
    evaluation consumes the memory of the variables.
    """
    for variable, value in zip(variables, _copies(variables), strict=True):
        variable.assign(value)
