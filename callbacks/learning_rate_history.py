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

    def on_epoch_end(self, epoch, logs=None):
        rate = self.model.optimizer.learning_rate
        logs["learning_rate"] = float(keras.ops.convert_to_numpy(rate))
