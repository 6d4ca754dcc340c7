"""Keras' own SwapEMAWeights goes on with the weights that the model holds."""

import keras
import numpy as np
import pytest

from callbacks import Checkpoint, states

pytestmark = [pytest.mark.both_backends, pytest.mark.slow]

X = np.random.default_rng(0).normal(size=(8, 3)).astype("float32")
Y = X @ np.array([[1.0], [-2.0], [0.5]], "float32")


def fit(folder, epochs):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    sgd = keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5)
    model.compile(sgd, "mse")
    hooked = [keras.callbacks.SwapEMAWeights(swap_on_epoch=True)]
    checkpoint = Checkpoint(folder, hooked, interval=0)
    try:
        model.fit(
            X,
            Y,
            epochs=epochs,
            initial_epoch=checkpoint.initial_epoch(epochs),
            shuffle=False,
            verbose=0,
            callbacks=[*hooked, checkpoint],
        )
    finally:
        checkpoint.wait()  # for the file of the epoch before a cut
    return np.array(model.get_weights()[0]), model.history.history


@pytest.mark.parametrize("known", [True, False])
def test_the_swap_is_remembered(tmp_path, monkeypatch, known):
    if not known:  # the control
        monkeypatch.delitem(states.REMEMBERED, keras.callbacks.SwapEMAWeights)
    straight = fit(tmp_path / "straight", 4)
    # Not by a shorter fit, whose last epoch ends on the averages for good.
    stop = keras.callbacks.SwapEMAWeights.on_epoch_begin

    def cut(self, epoch, logs=None):
        if epoch == 2:
            raise ZeroDivisionError
        stop(self, epoch, logs)

    with monkeypatch.context() as patched:
        patched.setattr(keras.callbacks.SwapEMAWeights, "on_epoch_begin", cut)
        with pytest.raises(ZeroDivisionError):
            fit(tmp_path / "cut", 4)
    found = fit(tmp_path / "cut", 4)
    same = found[0].tobytes() == straight[0].tobytes()
    assert (same and found[1] == straight[1]) == known
