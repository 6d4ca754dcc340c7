"""The end of a training whose loss or weights are no numbers any more."""

import keras
import numpy as np

from callbacks.finite import non_finite_variable


class NonFiniteError(ArithmeticError):
    """A loss or a weight that is NaN or infinite.

    Args:
        what: `"the loss"`, or the path of a variable.
        epoch: In which it was seen, from 0.
        step: How many steps of the epoch were done by then.
    """

    def __init__(self, what, epoch, step):
        super().__init__(
            f"{what} was not finite in epoch {epoch + 1}, after its step "
            f"{step}. Lower the learning rate, or clip the gradients."
        )
        self.what, self.epoch, self.step = what, epoch, step


class TerminateOnNonFinite(keras.callbacks.Callback):
    """End training when the loss, or any weight, is NaN or infinite.

    Use it in place of Keras' `TerminateOnNaN`, which looks at the loss alone:
    on TensorFlow, on a CPU, a ReLU makes zeros of NaN, and a network whose
    weights are all NaN has a finite loss near ln(classes). The loss is looked
    at after each call on the backend; the variables of the model and of the
    optimizer at the end of each epoch, by their sums.

    Steps that the scaling of a float16 loss skips leave no trace in weights,
    and are none of its business.

    Put it behind the callbacks that may see such an epoch, and before those
    that must not, as one that saves the model. (`Checkpoint` writes no such
    state by itself.)

    Args:
        raise_error: Whether to raise at the end of the epoch, so that no
            callback behind it sees that. Else the fit just ends.
        weights: Whether to look at the variables too.

    Raises:
        NonFiniteError: With `raise_error`.

    Attributes:
        found: The `NonFiniteError`, raised or not; or None.

    Example:

    >>> import numpy as np
    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> model.compile(keras.optimizers.SGD(1e30), "mse")
    >>> guard, x = TerminateOnNonFinite(), np.ones((4, 1))
    >>> history = model.fit(x, x + 9, epochs=9, verbose=0, callbacks=[guard])
    >>> len(history.history["loss"]) < 9, guard.found.what
    (True, 'the loss')
    """

    uses_model = False  # it reads variables that are trained

    def __init__(self, raise_error=False, weights=True):
        super().__init__()
        self.raise_error, self.weights = raise_error, weights
        self.found, self._epoch, self._step = None, 0, 0

    def on_train_begin(self, logs=None):
        self.found = None

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch, self._step = epoch, 0

    def on_train_batch_end(self, batch, logs=None):
        self._step = batch + 1
        loss = (logs or {}).get("loss")
        if loss is not None and not np.isfinite(loss):
            self._end("the loss")

    def on_epoch_end(self, epoch, logs=None):
        if self.found is None and self.weights:
            model = self.model
            variables = [*model.variables, *model.optimizer.variables]
            variable = non_finite_variable(variables)
            if variable is not None:
                self._end(f"`{variable.path}`")
        if self.found is not None and self.raise_error:
            raise self.found

    def _end(self, what):
        if self.found is None:
            self.found = NonFiniteError(what, self._epoch, self._step)
        self.model.stop_training = True
