"""Normalizations against NumPy, in both modes."""

import keras
import numpy as np
import pytest

import recipes
from recipes import Part, RecipeError
from recipes.network.layers import Layers

pytestmark = pytest.mark.both_backends

EPSILON, MOMENTUM = 1e-3, 0.8
SHAPES = {"table": (6, 8), "image": (3, 4, 5, 8)}


def norm(part, shape):
    recipe = recipes.image_classifier(normalization=part).resolve()
    inputs = keras.Input(shape[1:])
    return keras.Model(inputs, Layers(recipe).normalization(inputs, "norm"))


def data(shape):
    generator = np.random.default_rng(0)
    return generator.normal(2.0, 3.0, shape).astype("float32")


def scale_and_shift(model):
    """Give γ and β values of their own and return them."""
    layer = model.get_layer("norm")
    assert (np.asarray(layer.gamma) == 1).all()
    assert (np.asarray(layer.beta) == 0).all()
    channels = layer.gamma.shape[0]
    layer.gamma.assign(np.linspace(0.5, 2, channels))
    layer.beta.assign(np.linspace(-1, 1, channels))
    return np.linspace(0.5, 2, channels), np.linspace(-1, 1, channels)


def standardized(x, axes):
    mean, variance = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    return (x - mean) / np.sqrt(variance + EPSILON)


def grouped(x, groups):
    """Per example over all positions of one group of channels."""
    split = x.reshape(len(x), -1, groups, x.shape[-1] // groups)
    return standardized(split, (1, 3)).reshape(x.shape)


FORMULAS = [
    ("layer_normalization", lambda x: standardized(x, -1)),
    (Part("group_normalization", groups=2), lambda x: grouped(x, 2)),
    ("instance_normalization", lambda x: grouped(x, x.shape[-1])),
    ("group_normalization", lambda x: grouped(x, 8)),
]


@pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
@pytest.mark.parametrize("part, formula", FORMULAS)
def test_per_example(part, formula, shape):
    if len(shape) == 2 and isinstance(part, str) and part[0] in "ig":
        pytest.skip("refused: one value per group")
    model, x = norm(part, shape), data(shape)
    gamma, beta = scale_and_shift(model)
    expected = gamma * formula(x) + beta
    for training in (True, False):
        found = np.asarray(model(x, training=training))
        np.testing.assert_allclose(found, expected, 1e-4, 1e-4)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
def test_batch_normalization(shape):
    part = Part("batch_normalization", momentum=MOMENTUM)
    model, x = norm(part, shape), data(shape)
    gamma, beta = scale_and_shift(model)
    axes = tuple(range(len(shape) - 1))
    before = gamma * x / np.sqrt(1 + EPSILON) + beta  # moments start at 0, 1
    np.testing.assert_allclose(
        np.asarray(model(x, training=False)), before, 1e-4, 1e-4
    )
    found = np.asarray(model(x, training=True))
    batch = gamma * standardized(x, axes) + beta
    np.testing.assert_allclose(found, batch, 1e-4, 1e-4)
    mean = (1 - MOMENTUM) * x.mean(axes)
    variance = MOMENTUM + (1 - MOMENTUM) * x.var(axes)
    moved = gamma * (x - mean) / np.sqrt(variance + EPSILON) + beta
    found = np.asarray(model(x, training=False))
    np.testing.assert_allclose(found, moved, 1e-3, 1e-3)
    assert abs(moved - batch).max() > 0.1  # the two modes differ


@pytest.mark.parametrize(
    "part, shape, words",
    [
        ("instance_normalization", (None, 8), "every value into 0"),
        ("instance_normalization", (None, 1, 1, 8), "every value into 0"),
        ("group_normalization", (None, 8), "every value into 0"),
        ("group_normalization", (None, 4, 4, 6), "does not fit"),
        ("group_normalization", (None, 4, 4, 12), "does not fit"),
    ],
)
def test_refused(part, shape, words):
    with pytest.raises(RecipeError, match=words) as error:
        norm(part, shape)
    assert f"Received: Part('{part}')" in str(error.value)


def test_what_is_refused_would_be_zero():
    x = data((6, 8))
    layer = keras.layers.GroupNormalization(groups=-1)
    np.testing.assert_allclose(np.asarray(layer(x)), 0, atol=1e-6)


def test_none_leaves_the_tensor():
    recipe = recipes.image_classifier(normalization=None).resolve()
    inputs = keras.Input((4,))
    assert Layers(recipe).normalization(inputs, "norm") is inputs
