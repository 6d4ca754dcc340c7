"""The learning rate in every epoch's logs."""

import keras


class LearningRateHistory(keras.callbacks.Callback):
    """Add `learning_rate`, as it stands at the end of the epoch, to the logs.

    Put it first in the list: the callbacks behind it (`CSVLogger`, the
    history) see the value.

    Example:

    >>> import keras, numpy as np
    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> model.compile(keras.optimizers.SGD(0.5), "mse")
    >>> x = np.zeros((4, 1))
    >>> model.fit(x, x, verbose=0, callbacks=[LearningRateHistory()]
    ...           ).history["learning_rate"]
    [0.5]
    """

    def on_train_begin(self, logs=None):
        optimizer = self.model.optimizer
        # Loss scaling for float16 wraps the optimizer that has the rate.
        self._optimizer = getattr(optimizer, "inner_optimizer", optimizer)
        self._rate = rate_reader(self._optimizer)

    def on_epoch_end(self, epoch, logs=None):
        rate = self._rate()
        logs["learning_rate"] = float(keras.ops.convert_to_numpy(rate))


def rate_reader(optimizer):
    """Return a function that reads the learning rate as it stands.

    On JAX a schedule is compiled: run operation by operation it took 30 ms,
    ten times as long as an epoch of a small network.
    """
    steps = optimizer.iterations  # no variable if gradients accumulate
    scheduled = not isinstance(optimizer.learning_rate, keras.Variable)
    counted = isinstance(steps, keras.Variable)
    if keras.backend.backend() != "jax" or not (scheduled and counted):
        return lambda: optimizer.learning_rate

    def read(step):
        with keras.StatelessScope(state_mapping=[(steps, step)]):
            return optimizer.learning_rate

    import jax

    compiled = jax.jit(read)
    return lambda: compiled(steps.value)
