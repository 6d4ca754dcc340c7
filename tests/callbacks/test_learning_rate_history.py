"""LearningRateHistory: the rate at the end of each epoch, in the logs."""

import keras
import numpy as np
import pytest

from callbacks import LearningRateHistory
from recipes.techniques.schedules import OneCycle

pytestmark = pytest.mark.both_backends


def fit(rate, *more, epochs=3, policy=None):
    inputs = keras.Input((1,))
    outputs = keras.layers.Dense(1, dtype="float32")(inputs)
    model = keras.Model(inputs, outputs)
    optimizer = keras.optimizers.SGD(rate)
    if policy == "mixed_float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    model.compile(optimizer, "mse")
    x = np.zeros((4, 1), "float32")
    callbacks = [LearningRateHistory(), *more]
    return model.fit(
        x, x, 1, epochs=epochs, verbose=0, callbacks=callbacks
    ).history["learning_rate"]


@pytest.mark.parametrize("policy", ["float32", "mixed_float16"])
def test_number(policy):
    assert fit(0.5, policy=policy) == [0.5] * 3


@pytest.mark.parametrize("policy", ["float32", "mixed_float16"])
def test_schedule(policy):
    schedule = OneCycle(0.4, 12, 0.25, 0.1, 0.01)
    expected = [float(schedule(step)) for step in (4, 8, 12)]
    assert fit(schedule, policy=policy) == pytest.approx(expected)
    assert len(set(expected)) == 3


def test_callbacks_behind_it_see_the_rate(tmp_path):
    path = tmp_path / "history.csv"
    plateau = keras.callbacks.ReduceLROnPlateau("loss", 0.5, 1)
    rates = fit(1.0, keras.callbacks.CSVLogger(str(path)), plateau, epochs=4)
    assert rates[0] == 1.0
    assert rates[-1] < 1.0
    header = path.read_text().splitlines()[0].split(",")
    assert "learning_rate" in header
