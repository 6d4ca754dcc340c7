import keras
import numpy as np
import pytest

from callbacks import EarlyStopping

pytestmark = pytest.mark.both_backends


def run(cls, values, **options):
    """Feed monitored values; the weight is the epoch's number."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    stopper = cls(monitor="val_loss", restore_best_weights=True, **options)
    stopper.set_model(model)
    stopper.on_train_begin()
    model.stop_training = False
    for epoch, value in enumerate(values):
        model.set_weights([np.full((1, 1), epoch), np.zeros(1)])
        stopper.on_epoch_end(epoch, {"val_loss": value})
        if model.stop_training:
            break
    stopper.on_train_end()
    return stopper, int(model.get_weights()[0].item()), epoch


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_first_value_that_is_no_number_is_not_the_best(bad):
    stopper, kept, last = run(EarlyStopping, [bad, 3.0, 2.0, 2.5], patience=2)
    assert (kept, stopper.best_epoch, last) == (2, 2, 3)


def test_keras_own_class_is_fooled():
    """Negative control: the trap is still there."""
    _, kept, last = run(
        keras.callbacks.EarlyStopping, [np.nan, 3.0, 2.0, 2.5], patience=2
    )
    assert (kept, last) == (0, 2)


@pytest.mark.parametrize("bad", [np.nan, -np.inf])
def test_a_later_one_counts_as_no_improvement(bad):
    _, kept, last = run(EarlyStopping, [2.0, bad, bad, 1.0], patience=2)
    assert (kept, last) == (0, 2)


def test_it_is_keras_otherwise():
    values = [3.0, 2.0, 2.5, 1.9, 2.1, 2.2, 2.3]
    for options in ({"patience": 3}, {"patience": 1}, {"mode": "max"}):
        ours = run(EarlyStopping, values, **options)[1:]
        theirs = run(keras.callbacks.EarlyStopping, values, **options)[1:]
        assert ours == theirs
