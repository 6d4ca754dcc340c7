"""Pooling that passes over padding, against NumPy by hand."""

import keras
import numpy as np
import pytest

from recipes.techniques import MaskedAveragePooling1D, MaskedMaxPooling1D

pytestmark = pytest.mark.both_backends
LAYERS = {MaskedAveragePooling1D: np.mean, MaskedMaxPooling1D: np.max}
X = np.random.default_rng(0).normal(size=(4, 6, 3)).astype("float32") - 5
LENGTHS = [6, 4, 1, 3]
MASK = np.arange(6) < np.array(LENGTHS)[:, None]


def call(layer, x, **arguments):
    x = keras.ops.convert_to_tensor(x)
    return keras.ops.convert_to_numpy(layer(x, **arguments))


@pytest.mark.parametrize("kind", LAYERS)
def test_only_what_the_mask_keeps_counts(kind):
    rows = zip(X, LENGTHS, strict=True)
    expected = [LAYERS[kind](row[:n], axis=0) for row, n in rows]
    found = call(kind(), X, mask=MASK)
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert np.abs(call(kind(), X) - expected).max() > 0.1


@pytest.mark.parametrize("kind", LAYERS)
def test_without_a_mask_all_steps_count(kind):
    expected = LAYERS[kind](X, axis=1)
    np.testing.assert_allclose(call(kind(), X), expected, rtol=1e-6)


@pytest.mark.parametrize("kind", LAYERS)
def test_nothing_kept_gives_zero(kind):
    found = call(kind(), X, mask=np.zeros_like(MASK))
    np.testing.assert_array_equal(found, np.zeros((4, 3)))


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision(kind, policy):
    layer = kind(dtype=policy)
    found = layer(keras.ops.convert_to_tensor(X), mask=MASK)
    assert keras.backend.standardize_dtype(found.dtype) == policy[6:]
    found = keras.ops.convert_to_numpy(keras.ops.cast(found, "float32"))
    expected = call(kind(), X, mask=MASK)
    np.testing.assert_allclose(found, expected, rtol=1e-2)


def test_a_mean_over_many_steps_is_exact_in_half_precision():
    layer = MaskedAveragePooling1D(dtype="mixed_bfloat16")
    found = layer(keras.ops.ones((1, 1001, 1)), mask=np.ones((1, 1001)))
    assert float(keras.ops.cast(found, "float32")[0, 0]) == 1.0


@pytest.mark.parametrize("kind", LAYERS)
def test_alone_in_plain_keras_behind_an_embedding_that_masks(kind, tmp_path):
    model = keras.Sequential(
        [
            keras.Input((5,), dtype="int32"),
            keras.layers.Embedding(7, 4, mask_zero=True),
            kind(),
            keras.layers.Dense(1),
        ]
    )
    short = np.array([[1, 2, 0, 0, 0]])
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    outputs = model.predict(short, verbose=0)
    np.testing.assert_allclose(loaded.predict(short, verbose=0), outputs)
    table = model.layers[0].get_weights()[0]
    kernel, bias = model.layers[2].get_weights()
    expected = LAYERS[kind](table[[1, 2]], axis=0) @ kernel + bias
    np.testing.assert_allclose(outputs[0], expected, rtol=1e-5, atol=1e-6)
