"""Batch normalization in the networks for texts passes over the padding."""

import keras
import numpy as np
import pytest

from recipes import Part
from recipes.network.build import build_networks
from recipes.resolve import resolve
from recipes.text import text_classifier
from recipes.training.precise import recompute_statistics

SIZES = {
    "text_cnn": {"embedding_dim": 6, "filters": 4},
    "transformer": {"embedding_dim": 6, "num_heads": 2, "units": 8, "depth": 1},
}
TOKENS = np.random.default_rng(0).integers(1, 20, (8, 9)).astype("int32")
TOKENS[2, 5:] = TOKENS[3, 1:] = 0


def network(name, length=9, **fields):
    recipe = text_classifier(
        network=Part(name, **SIZES[name]),
        preprocessing=Part("text_vectorization", max_tokens=20),
        **fields,
    )
    return build_networks(resolve(recipe), (length,), 3).training


def trained_on(model, tokens):
    """Return what training sees, and the statistics that it keeps."""
    found = model(keras.ops.convert_to_tensor(tokens), training=True)
    kept = [
        (np.asarray(layer.moving_mean), np.asarray(layer.moving_variance))
        for layer in model.layers
        if isinstance(layer, keras.layers.BatchNormalization)
    ]
    return np.asarray(found), kept


@pytest.mark.parametrize("name", ["text_cnn", "transformer"])
@pytest.mark.parametrize("masked", [True, False])
def test_padding_does_not_count_in_batch_normalization(name, masked):
    """In training a text may stand in a batch of any length."""
    part = Part("batch_normalization", momentum=0.0)
    if not masked:  # sees all places, as batch normalization would
        part = "instance_normalization"
    fields = {"normalization": part, "dropout": 0.0}
    short = network(name, **fields)
    long = network(name, length=13, **fields)
    long.set_weights(short.get_weights())
    first, kept = trained_on(short, TOKENS)
    second, again = trained_on(long, np.pad(TOKENS, ((0, 0), (0, 4))))
    same = np.allclose(second, first, atol=1e-5)
    assert same == masked
    for a, b in zip(kept, again, strict=True):
        np.testing.assert_allclose(b, a, atol=1e-6)


@pytest.mark.both_backends
@pytest.mark.parametrize("name", ["text_cnn", "transformer"])
def test_the_statistics_of_tokens_by_hand(name):
    """In training, and as `precise_batch_normalization` makes them."""
    norm = Part("batch_normalization", momentum=0.0)
    model = network(name, normalization=norm, dropout=0.0)
    layer = next(
        layer
        for layer in model.layers
        if isinstance(layer, keras.layers.BatchNormalization)
    )
    before = keras.Model(model.inputs, layer.input[0])
    seen = np.asarray(before(keras.ops.convert_to_tensor(TOKENS)))
    seen = seen.reshape(*TOKENS.shape, -1)
    words = seen[TOKENS > 0]
    _, kept = trained_on(model, TOKENS)
    for mean, variance in (kept[0], _recomputed(model, layer)):
        np.testing.assert_allclose(mean, words.mean(0), atol=1e-6)
        np.testing.assert_allclose(variance, words.var(0), rtol=1e-3)
    every = seen.reshape(-1, seen.shape[-1])
    assert np.abs(every.var(0) / words.var(0) - 1).max() > 0.02


def _recomputed(model, layer):
    layer.moving_mean.assign(layer.moving_mean * 0 + 7)
    recompute_statistics(model, lambda: [TOKENS[:4], TOKENS[4:]])
    return np.asarray(layer.moving_mean), np.asarray(layer.moving_variance)
