"""Frozen features: the same as through the network; what decides their key."""

import keras
import numpy as np
import pytest

from recipes.data.data import ArraySource, Split
from recipes.transfer import features
from recipes.transfer.features import key_of

pytestmark = pytest.mark.both_backends


def body(scale=0.5, width=3):
    return keras.Sequential(
        [
            keras.Input((4, 4, 1)),
            keras.layers.Rescaling(scale),
            keras.layers.Conv2D(width, 2, kernel_initializer="glorot_normal"),
            keras.layers.BatchNormalization(),
            keras.layers.GlobalAveragePooling2D(),
        ]
    )


@pytest.fixture(scope="module")
def network():
    return body()


@pytest.fixture
def split():
    x = np.random.default_rng(0).normal(size=(12, 4, 4, 1)).astype("float32")
    rows = np.array([3, 0, 7, 9, 11])
    return Split("train", ArraySource(x), rows, rows)


def through(network, split):
    return keras.ops.convert_to_numpy(network(split.read(), training=False))


def test_they_are_what_the_network_gives(network, split, monkeypatch):
    monkeypatch.setattr(features, "BATCH", 2)
    done = []
    found = features.features(network, split.chunks(2), done.append)
    np.testing.assert_allclose(
        np.concatenate(list(found)), through(network, split), atol=1e-6
    )
    assert done == [2, 4, 5]


def test_whatever_decides_them_is_in_the_key(network, split):
    copy = body()
    copy.set_weights(network.get_weights())
    key = key_of(network, split)
    assert key_of(copy, split) == key  # Keras' names count layers up
    moved = [w + 1e-3 for w in network.get_weights()]
    copy.set_weights(moved)
    assert key_of(copy, split) != key
    other = body(scale=0.25)
    other.set_weights(network.get_weights())
    assert key_of(other, split) != key
    assert key_of(network, split, about=("view", 1)) != key
    fewer = Split("train", split.source, split.rows[:4], split.labels[:4])
    assert key_of(network, fewer) != key
    other = ArraySource(split.source.array + 1)
    assert key_of(network, Split("train", other, split.rows, None)) != key
    statistics = network.layers[2].moving_mean
    before = keras.ops.convert_to_numpy(statistics)
    statistics.assign(before + 1)
    assert key_of(network, split) != key
    statistics.assign(before)
    assert key_of(network, split) == key
