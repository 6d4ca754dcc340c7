"""Sine positions, number by number."""

import math

import keras
import numpy as np
import pytest

from recipes.techniques import SinePositions

pytestmark = pytest.mark.both_backends


@pytest.mark.parametrize("width", [6, 5])
def test_every_number_by_hand(width):
    x = np.random.default_rng(0).normal(size=(2, 7, width)).astype("float32")
    found = keras.ops.convert_to_numpy(SinePositions(100.0)(x)) - x
    for step in range(7):
        for i in range(width):
            angle = step / 100.0 ** (2 * (i // 2) / width)
            expected = math.cos(angle) if i % 2 else math.sin(angle)
            assert found[0, step, i] == pytest.approx(expected, abs=1e-5)
    np.testing.assert_allclose(found[0], found[1], atol=1e-6)


def test_more_steps_begin_alike():
    short, long = (
        keras.ops.convert_to_numpy(SinePositions()(np.zeros((1, n, 8), "f4")))
        for n in (5, 9)
    )
    np.testing.assert_array_equal(long[:, :5], short)
    assert len(np.unique(long[0].round(4), axis=0)) == 9


@pytest.mark.parametrize("wrong", [0, -1.0, "10", True, None])
def test_a_wavelength_that_is_none(wrong):
    with pytest.raises(ValueError, match="`max_wavelength` must be a number"):
        SinePositions(wrong)


def test_saved_and_loaded_in_half_precision(tmp_path):
    inputs = keras.Input((4, 6))
    outputs = SinePositions(50.0, dtype="mixed_bfloat16")(inputs)
    model = keras.Model(inputs, outputs)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.layers[1].max_wavelength == 50.0
    assert loaded.layers[1].compute_dtype == "bfloat16"
    x = keras.ops.convert_to_tensor(np.ones((2, 4, 6), "float32"))
    first, second = (
        keras.ops.convert_to_numpy(keras.ops.cast(m(x), "float32"))
        for m in (model, loaded)
    )
    np.testing.assert_array_equal(first, second)
