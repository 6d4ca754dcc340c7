"""Maxout: the largest of k neighbors, by hand."""

import keras
import numpy as np
import pytest

from recipes.techniques import Maxout

pytestmark = pytest.mark.both_backends


@pytest.mark.parametrize("pieces", [2, 3, 6])
@pytest.mark.parametrize("shape", [(5, 12), (5, 4, 12), (2, 3, 4, 12)])
def test_by_hand(shape, pieces):
    x = np.random.default_rng(0).normal(size=shape).astype("float32")
    found = keras.ops.convert_to_numpy(Maxout(pieces)(x))
    expected = np.empty((*shape[:-1], 12 // pieces), "float32")
    for place in np.ndindex(expected.shape):
        start = place[-1] * pieces
        expected[place] = max(x[place[:-1]][start : start + pieces])
    np.testing.assert_array_equal(found, expected)


def test_a_width_that_is_not_known_before_the_channels():
    inputs = keras.Input((None, None, 6))
    model = keras.Model(inputs, Maxout(3)(inputs))
    assert model.output_shape == (None, None, None, 2)
    x = np.arange(2 * 3 * 5 * 6, dtype="float32").reshape(2, 3, 5, 6)
    found = keras.ops.convert_to_numpy(model(x))
    np.testing.assert_array_equal(found, x[..., 2::3])


def test_absolute_value_can_be_learned():
    """Two pieces, x and −x, make what no linear layer can."""
    x = np.linspace(-1, 1, 9, dtype="float32")[:, None]
    layer = keras.layers.Dense(2, use_bias=False)
    layer.build(x.shape)
    layer.set_weights([np.array([[1.0, -1.0]])])
    y = keras.ops.convert_to_numpy(Maxout(2)(layer(x)))
    np.testing.assert_allclose(y, np.abs(x), atol=1e-6)


@pytest.mark.parametrize("width", [1, 7])
def test_a_width_that_is_no_multiple(width):
    with pytest.raises(ValueError, match="must be a multiple of.*2 times"):
        Maxout(2)(np.ones((3, width), "float32"))


@pytest.mark.parametrize("pieces", [1, 0, -2, 2.0, True, None, "2"])
def test_bad_pieces(pieces):
    with pytest.raises(ValueError, match="`num_pieces`.*Received"):
        Maxout(pieces)
