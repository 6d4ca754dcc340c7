"""The best of all stages is kept, as the user of an early stopping expects."""

import keras
import numpy as np
import pytest

from callbacks import EarlyStopping, SteadyConsole
from recipes.training.best_stage import BestStage

pytestmark = pytest.mark.both_backends


@pytest.fixture
def stages():
    """Return a function that trains two stages at two rates."""
    x = np.linspace(-1, 1, 32, dtype="float32")[:, None]
    y = 3 * x

    def train(rates, restore=True):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        stop = EarlyStopping(patience=9, restore_best_weights=restore)
        best, losses = BestStage([stop]), []
        for number, rate in enumerate(rates):
            model.compile(keras.optimizers.SGD(rate), "mse")
            begin = 3 * number
            found = model.fit(
                x,
                y,
                validation_data=(x, y),
                initial_epoch=begin,
                epochs=begin + 3,
                callbacks=[stop],
                verbose=0,
            )
            losses += found.history["val_loss"]
            best.note(model, str(number))
        without = model.evaluate(x, y, verbose=0)
        best.restore(model, SteadyConsole(quiet=True))
        return losses, without, model.evaluate(x, y, verbose=0), stop

    return train


def test_weights_of_an_earlier_stage_come_back(stages):
    losses, without, kept, stop = stages([0.3, 3.0])
    assert np.argmin(losses) == 2 and losses[3] > losses[2]
    assert kept == pytest.approx(losses[2])
    assert without > 1.1 * kept  # what Keras' own leaves
    assert stop.best_epoch == 2


@pytest.mark.parametrize("rates", [[0.1, 0.3], [0.3, 0.1]])
def test_a_last_stage_that_is_the_best_stays(stages, rates):
    losses, without, kept, stop = stages(rates)
    assert kept == without == pytest.approx(min(losses))
    assert stop.best_epoch == 5 == np.argmin(losses)


def test_without_restoring_the_last_weights_stay(stages):
    losses, without, kept, _ = stages([0.3, 3.0], restore=False)
    assert kept == without == pytest.approx(losses[-1])
