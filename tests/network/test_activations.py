"""Activations against their formulas, and dropout."""

import math

import keras
import numpy as np
import pytest

import recipes
from recipes import menu
from recipes.network.layers import Layers


def recipe(**fields):
    return recipes.image_classifier(image_size=(4, 4), **fields).resolve()


def selu(x):
    scale, alpha = 1.0507009873554805, 1.6732632423543772
    return scale * np.where(x > 0, x, alpha * np.expm1(x))


FORMULAS = {
    "relu": lambda x: np.maximum(x, 0),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.01 * x),
    "prelu": lambda x: np.maximum(x, 0),  # its slopes start at 0
    "elu": lambda x: np.where(x > 0, x, np.expm1(x)),
    "selu": selu,
    "gelu": lambda x: x * (1 + np.vectorize(math.erf)(x / 2**0.5)) / 2,
    "silu": lambda x: x / (1 + np.exp(-x)),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
}


def test_every_activation_of_keras_has_a_formula():
    """One of ours has a test of its own, beside the others in techniques."""
    rows = menu.ACTIVATIONS.items()
    of_keras = {name for name, row in rows if row[0].startswith("keras.")}
    assert of_keras and of_keras <= set(FORMULAS)


@pytest.mark.parametrize("name", FORMULAS)
def test_activation(name):
    layers = Layers(recipe(activation=name))
    inputs = keras.Input((7,))
    model = keras.Model(inputs, layers.activation(inputs))
    x = np.linspace(-3, 3, 7, dtype="float32")[None]
    np.testing.assert_allclose(
        np.asarray(model(x)), FORMULAS[name](x), 1e-4, 1e-6
    )


@pytest.mark.parametrize(
    "shape, slopes", [((4, 4, 3), (1, 1, 3)), ((5,), (5,))]
)
def test_prelu_has_one_slope_per_channel(shape, slopes):
    inputs = keras.Input(shape)
    layers = Layers(recipe(activation="prelu"))
    model = keras.Model(inputs, layers.activation(inputs))
    assert [tuple(v.shape) for v in model.variables] == [slopes]


def test_dropout_is_inverted_and_off_when_predicting():
    layers = Layers(recipe(dropout=0.25))
    inputs = keras.Input((20000,))
    model = keras.Model(inputs, layers.dropout(inputs))
    other = keras.Model(inputs, layers.dropout(inputs))
    x = np.ones((1, 20000), "float32")
    y, z = (np.asarray(m(x, training=True)) for m in (model, other))
    np.testing.assert_allclose(np.unique(y), [0, 1 / 0.75])
    assert abs((y == 0).mean() - 0.25) < 0.015  # five deviations
    assert (y != z).any()  # each layer has a mask of its own
    np.testing.assert_array_equal(np.asarray(model(x, training=False)), x)


def test_no_dropout_no_layer():
    counts = [
        sum(
            isinstance(layer, keras.layers.Dropout)
            for layer in recipe(dropout=rate).build((4, 4, 1), 3).layers
        )
        for rate in (0, 0.5)
    ]
    assert counts == [0, 1]  # behind the global pooling
