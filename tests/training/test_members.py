"""The mean of several models as one model."""

import keras
import numpy as np
import pytest

from recipes.training.members import mean_model

both_backends = pytest.mark.both_backends


@both_backends
def test_models_within_members_keep_their_variables_apart(tmp_path):
    def model(value):
        inner = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        inner.layers[0].set_weights([np.full((2, 1), value), np.zeros(1)])
        inner.layers[0].name = inner.name = "same"
        inputs = keras.Input((2,))
        found = keras.Model(inputs, inner(inputs))
        found.compile(loss="mse")
        return found

    mean_model([model(1.0), model(4.0)]).save(tmp_path / "m.keras")
    loaded = keras.saving.load_model(tmp_path / "m.keras")
    assert len({v.path for v in loaded.variables}) == len(loaded.variables)
    assert loaded.predict(np.ones((1, 2)), verbose=0).tolist() == [[5.0]]


@both_backends
def test_the_mean_model_keeps_the_input_as_it_is():
    def model(value):
        inputs = keras.Input((2,), dtype="int32", name="raw")
        outputs = keras.layers.Rescaling(1.0, value)(inputs)
        found = keras.Model(inputs, outputs, name="same")
        found.compile(loss="mse")
        return found

    one = mean_model([model(1.0), model(2.0), model(6.0)])
    assert one.input.dtype == "int32"
    found = one.predict(np.zeros((1, 2), "int32"), verbose=0)
    assert found.tolist() == [[3.0, 3.0]]
