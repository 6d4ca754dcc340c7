"""Stochastic depth: whole examples, their share, their expectation."""

import keras
import numpy as np
import pytest

from recipes.techniques import StochasticDepth, linear_rates

pytestmark = pytest.mark.both_backends

ONES = np.ones((5000, 2, 3, 1), "float32")


def trained(layer, x):
    return keras.ops.convert_to_numpy(layer(x, training=True))


@pytest.mark.parametrize("rate", [0.01, 0.2, 0.5, 0.9])
def test_share_and_expectation(rate):
    y = trained(StochasticDepth(rate, seed=0), ONES)
    examples = y.reshape(len(y), -1)
    assert (examples == examples[:, :1]).all()  # as a whole or not at all
    kept = examples[:, 0] != 0
    np.testing.assert_allclose(examples[kept], 1 / (1 - rate), rtol=1e-6)
    error = np.sqrt(rate * (1 - rate) / len(y))  # of the share
    assert abs((1 - kept.mean()) - rate) < 4.5 * error
    assert abs(y.mean() - 1) < 4.5 * error / (1 - rate)


def test_a_small_rate_in_bfloat16():
    """Drawn in bfloat16 a rate of 0.002 would drop 1 of 128."""
    x = np.ones((50_000, 1), "float32")
    layer = StochasticDepth(0.002, seed=0, dtype="bfloat16")
    y = keras.ops.cast(layer(x, training=True), "float32")
    share = (keras.ops.convert_to_numpy(y) == 0).mean()
    assert abs(share - 0.002) < 4.5 * np.sqrt(0.002 * 0.998 / len(x))


def test_predicting_and_rate_0_are_the_identity():
    x = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")
    for rate, training in ((0.9, False), (0, True), (0.0, True)):
        y = StochasticDepth(rate, seed=0)(x, training=training)
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(y), x)
    assert (trained(StochasticDepth(0.9, seed=0), x) != x).any()


@pytest.mark.parametrize("shape", [(), (3,), (2, 3, 4, 5)])
def test_any_rank(shape):
    y = trained(StochasticDepth(0.5, seed=0), np.ones((40, *shape), "float32"))
    assert set(np.unique(y)) == {0.0, 2.0}


def test_layers_of_two_seeds_draw_apart_for_any_batch():
    inputs = keras.Input((1,))
    branches = [StochasticDepth(0.5, seed)(inputs) for seed in (0, 1)]
    model = keras.Model(inputs, branches)
    for examples in (7, 30):
        ones = np.ones((examples, 1), "float32")
        first, second = model(ones, training=True)
        assert first.shape == (examples, 1)
    assert keras.ops.convert_to_numpy(first != second).any()


@pytest.mark.parametrize("rate", [0, 0.1, 0.3, 0.5])
@pytest.mark.parametrize("blocks", [1, 2, 3, 7, 54])
def test_survival_falls_linearly(rate, blocks):
    rates = linear_rates(rate, blocks)
    assert len(rates) == blocks and rates[-1] == rate
    steps = np.diff([0, *rates])
    np.testing.assert_allclose(steps, rate / blocks, atol=1e-12)


@pytest.mark.parametrize("blocks", [0, -1, 2.0, True, None])
def test_bad_blocks(blocks):
    with pytest.raises(ValueError, match="`num_blocks`.*Received"):
        linear_rates(0.5, blocks)


@pytest.mark.parametrize("rate", [-0.1, 1, 1.5, True, None, "0", float("nan")])
@pytest.mark.parametrize(
    "make", [StochasticDepth, lambda r: linear_rates(r, 3)]
)
def test_bad_rate(make, rate):
    with pytest.raises(ValueError, match="`rate` must be a number.*Received"):
        make(rate)
