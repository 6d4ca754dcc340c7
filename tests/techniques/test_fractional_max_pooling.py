"""Fractional max pooling: sizes, sequences and maxima, by hand."""

import itertools
import math
from fractions import Fraction

import keras
import numpy as np
import pytest

from recipes.techniques import FractionalMaxPooling2D
from recipes.techniques.fractional_max_pooling import (
    output_size,
    pseudo_random_boundaries,
)

pytestmark = pytest.mark.both_backends

RATIOS = (1.01, 1.1, 1.25, 1.41, 2**0.5, 1.5, 1.7, 1.9, 1.99)
SIZES = range(2, 65)


def pooled(layer, x, training=True):
    return keras.ops.convert_to_numpy(layer(x, training=training))


def by_hand(x, rows, columns, overlapping):
    """Loop over regions; x is (batch, height, width, channels)."""
    shape = (len(x), len(rows) - 1, len(columns) - 1, x.shape[-1])
    y = np.empty(shape, x.dtype)
    for i, j in np.ndindex(shape[1:3]):
        region = x[
            :,
            rows[i] : rows[i + 1] + overlapping,
            columns[j] : columns[j + 1] + overlapping,
        ]
        y[:, i, j] = region.max(axis=(1, 2))
    return y


def drawn(layer, size):
    """Read the boundaries of a training step off a ramp, for both axes."""
    rows = np.arange(size, dtype="float32")[:, None] * np.ones(size)
    both = np.stack([rows, rows.T], axis=-1)[None].astype("float32")
    y = pooled(layer, both)[0]
    # The maximum of a ramp is its region's last pixel.
    found = []
    for last in (y[:, 0, 0], y[0, :, 1]):
        stop = last if layer.overlapping else last + 1
        stop = np.append(stop[:-1], size)
        found.append(np.append(0, stop).astype(int))
    return found


@pytest.mark.parametrize("ratio", RATIOS)
def test_sizes(ratio):
    layer = FractionalMaxPooling2D(ratio)
    for size in SIZES:
        regions = output_size(size, ratio)
        floor = math.floor(Fraction(size) / Fraction(str(ratio)))
        # The one exception: a region would have to be 3 wide.
        assert regions == floor or (
            floor * 2 < size and regions * 2 == size + 1
        )
        assert size <= 2 * regions and regions < size
        shape = layer.compute_output_shape((None, size, 2 * size, 1))
        assert shape == (None, regions, output_size(2 * size, ratio), 1)
    assert output_size(33, 1.1) == 30  # 29 by floats


@pytest.mark.parametrize("ratio", RATIOS)
def test_pseudo_random_boundaries_for_every_size_and_start(ratio):
    for size in SIZES:
        regions = output_size(size, ratio)
        alpha = Fraction(size, regions)
        for start in range(1, size + 1):
            found = pseudo_random_boundaries(size, regions, start)
            assert found[0] == 0 and found[-1] == size
            assert set(np.diff(found)) <= {1, 2}
            u = Fraction(2 * start - 1, 2 * size)  # any u in the same cell
            expected = [
                math.ceil(alpha * (i + u)) - math.ceil(alpha * u)
                for i in range(regions + 1)
            ]
            assert found.tolist() == expected


@pytest.mark.parametrize("overlapping", [True, False])
@pytest.mark.parametrize("pseudo_random", [True, False])
@pytest.mark.parametrize("ratio", [1.1, 1.41, 1.9])
def test_maxima_by_hand(ratio, pseudo_random, overlapping):
    """Two layers of one seed: one shows its regions, one pools noise."""
    for size in (2, 3, 10, 17):
        options = (ratio, pseudo_random, overlapping, 7)
        shows = FractionalMaxPooling2D(*options)
        layer = FractionalMaxPooling2D(*options)
        x = np.random.default_rng(size).normal(size=(2, size, size, 2))
        x = (x - 5).astype("float32")  # zeros from padding would win
        for _ in range(3):
            rows, columns = drawn(shows, size)
            for found in (rows, columns):
                assert set(np.diff(found)) <= {1, 2}
                assert found[-1] == size
            y = pooled(layer, x)
            np.testing.assert_array_equal(
                y, by_hand(x, rows, columns, overlapping)
            )


@pytest.mark.parametrize("overlapping", [True, False])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 8, 31])
def test_predicting_is_the_middle_sequence(size, overlapping):
    x = np.random.default_rng(0).normal(size=(2, size, size + 3, 1))
    x = x.astype("float32")
    layers = [
        FractionalMaxPooling2D((1.41, 1.6), pseudo, overlapping, seed=seed)
        for pseudo, seed in ((True, 0), (False, 1))
    ]
    bounds = []
    for pixels, ratio in ((size, 1.41), (size + 3, 1.6)):
        n = output_size(pixels, ratio)
        alpha, half = Fraction(pixels, n), Fraction(1, 2)
        shift = math.ceil(alpha * half)
        bounds.append(
            [math.ceil(alpha * (i + half)) - shift for i in range(n + 1)]
        )
    expected = by_hand(x, *bounds, overlapping)
    for layer in layers:
        np.testing.assert_array_equal(pooled(layer, x, False), expected)


def sequences(pseudo_random, draws=300):
    """Count the sequences of 7 pixels in 5 regions."""
    layer = FractionalMaxPooling2D(1.4, pseudo_random, False, seed=0)
    found = [np.diff(both) for _ in range(draws) for both in drawn(layer, 7)]
    return {
        key: sum(tuple(s) == key for s in found) / len(found)
        for key in {tuple(s) for s in found}
    }


def test_random_sequences_are_all_orders_alike():
    found = sequences(False)
    legal = set(itertools.permutations([2, 2, 1, 1, 1]))
    assert set(found) == legal and len(legal) == 10
    error = np.sqrt(0.1 * 0.9 / 600)
    assert max(abs(share - 0.1) for share in found.values()) < 4.5 * error


def test_pseudo_random_sequences_are_the_paper_s():
    found = sequences(True)
    alpha = Fraction(7, 5)
    expected = {}
    for start in range(1, 8):  # u in ((start − 1)/7, start/7]
        u = Fraction(2 * start - 1, 14)
        a = [math.ceil(alpha * (i + u)) for i in range(6)]
        steps = tuple(np.diff(a).tolist())
        expected[steps] = expected.get(steps, 0) + 1 / 7
    assert set(found) == set(expected)
    assert len(found) == 5  # of the 10 orders
    for steps, share in expected.items():
        error = np.sqrt(share * (1 - share) / 600)
        assert abs(found[steps] - share) < 4.5 * error


def test_axes_draw_on_their_own():
    layer = FractionalMaxPooling2D(1.4, False, False, seed=0)
    assert any((np.diff(drawn(layer, 20), axis=0) != 0).any() for _ in range(3))


def test_channels_first():
    x = np.random.default_rng(0).normal(size=(2, 9, 7, 3)).astype("float32")
    last = FractionalMaxPooling2D((1.3, 1.6), seed=0)
    first = FractionalMaxPooling2D(
        (1.3, 1.6), seed=0, data_format="channels_first"
    )
    assert first.compute_output_shape((None, 3, 9, 7)) == (None, 3, 6, 4)
    for training in (True, False):
        other = pooled(first, x.transpose(0, 3, 1, 2), training)
        np.testing.assert_array_equal(
            other.transpose(0, 2, 3, 1), pooled(last, x, training)
        )


def test_gradients_go_to_the_maxima():
    """One step of SGD on the image itself, which is a layer's kernel."""
    image = np.random.default_rng(0).permutation(49).reshape(1, 49) / 49
    source = keras.layers.Dense(49, use_bias=False)
    pool = FractionalMaxPooling2D(1.4, overlapping=False, seed=0)
    model = keras.Sequential(
        [keras.Input((1,)), source, keras.layers.Reshape((7, 7, 1)), pool]
    )
    source.set_weights([image])
    model.compile(keras.optimizers.SGD(25.0), "mse")
    y = model.predict(np.ones((1, 1)), verbose=0)
    model.train_on_batch(np.ones((1, 1), "float32"), y * 0 - 1)
    moved = source.get_weights()[0] != image.astype("float32")
    assert moved.sum() == 25  # one pixel of each of 5 × 5 regions


@pytest.mark.parametrize(
    "ratio",
    [1, 2, 1.0, 2.0, 0.5, True, None, "1.4", (1.4,), (1.4, 2.0), float("nan")],
)
def test_bad_ratio(ratio):
    with pytest.raises(ValueError, match="`ratio` must be a number.*Received"):
        FractionalMaxPooling2D(ratio)


@pytest.mark.parametrize(
    "wrong",
    [
        {"pseudo_random": 1},
        {"overlapping": "yes"},
        {"seed": -1},
        {"data_format": "last"},
    ],
)
def test_other_bad_arguments(wrong):
    with pytest.raises(ValueError, match=f"`{next(iter(wrong))}`.*Received"):
        FractionalMaxPooling2D(**wrong)


@pytest.mark.parametrize("shape", [(None, 8, 1), (None, 8, 1, 1)])
def test_bad_shape(shape):
    with pytest.raises(ValueError, match="the input must have 4 axes"):
        FractionalMaxPooling2D()(keras.Input(shape))
