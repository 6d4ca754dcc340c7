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


def dense(activation="relu", name="relu"):
    inputs = keras.Input((2,))
    outputs = keras.layers.Activation(activation, name=name)(inputs)
    return keras.Model(inputs, outputs)


@keras.saving.register_keras_serializable(package="tests")
class Scaled(keras.layers.Layer):
    def build(self, shape):
        self.scale = self.add_weight(name="seed_scale", initializer="ones")

    def call(self, x):
        return x * self.scale


@pytest.fixture
def rows():
    rows = np.arange(3)
    return Split("train", ArraySource(np.ones((3, 2), "float32")), rows, rows)


def test_a_setting_is_no_name(rows):
    relu = key_of(dense(), rows)
    assert relu != key_of(dense("tanh", "tanh"), rows)
    assert relu == key_of(dense(name="other"), rows)


def test_the_number_format_is_in_the_key(rows):
    """It is said as {"name": "mixed_bfloat16"}."""

    def wide(policy):
        inputs = keras.Input((2,))
        layer = keras.layers.Dense(2, kernel_initializer="ones", dtype=policy)
        return keras.Model(inputs, layer(inputs))

    half, whole = wide("mixed_bfloat16"), wide("float32")
    assert key_of(half, rows) != key_of(whole, rows)
    assert key_of(wide("float32"), rows) == key_of(whole, rows)


def test_only_states_of_random_numbers_are_left_out(rows):
    body = keras.Sequential([keras.Input((2,)), Scaled()])
    key = key_of(body, rows)
    body.layers[0].scale.assign(2.0)
    assert key_of(body, rows) != key
    drops = [
        keras.Sequential([keras.Input((2,)), keras.layers.Dropout(0.1, seed=1)])
        for _ in range(2)
    ]
    drops[0](np.ones((1, 2)), training=True)  # has drawn
    assert key_of(drops[0], rows) == key_of(drops[1], rows)


def nested(turned=False):
    """Layers that share names with layers of a network inside."""
    inner = keras.Input((2,))
    x = keras.layers.Dense(2, kernel_initializer="ones", name="a")(inner)
    inner = keras.Model(inner, keras.layers.ReLU(name="b")(x))
    inputs = keras.Input((2,))
    a = keras.layers.Rescaling(-1.0, name="a")(inputs)
    b = keras.ops.abs(inner(a))
    parts = [a - b, b] if turned else [b - a, b]
    return keras.Model(inputs, keras.layers.Concatenate()(parts))


def test_what_follows_what_is_in_the_key(rows):
    key = key_of(nested(), rows)
    assert key == key_of(nested(), rows)  # with operations, counted up too
    assert key != key_of(nested(turned=True), rows)
