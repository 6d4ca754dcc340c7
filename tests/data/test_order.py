"""The order of an epoch: new each time, the same each run."""

import numpy as np
import pytest

from recipes.data.order import epoch_order

pytestmark = pytest.mark.both_backends


def orders(seed, epochs=20, size=30):
    return [tuple(epoch_order(seed, e, size)) for e in range(epochs)]


def test_every_epoch_is_another_permutation():
    found = orders(0)
    assert len(set(found)) == 20
    assert all(sorted(order) == list(range(30)) for order in found)


def test_same_seed_same_order_other_seed_other_order():
    assert orders(7) == orders(7)
    assert not set(orders(7)) & set(orders(8))


def test_no_other_randomness_can_change_it():
    np.random.seed(0)
    first = epoch_order(0, 3, 50)
    np.random.seed(1)
    np.testing.assert_array_equal(epoch_order(0, 3, 50), first)


def test_a_later_epoch_needs_no_earlier_one():
    late = epoch_order(1, 10**9, 50)
    assert sorted(late) == list(range(50))
    np.testing.assert_array_equal(epoch_order(1, 10**9, 50), late)


@pytest.mark.parametrize("seed", [2**32, 2**64 - 1, 2**64, 2**100])
def test_large_seeds(seed):
    assert orders(seed) == orders(seed) != orders(seed - 1)


def test_places_are_even():
    first = [epoch_order(s, e, 5)[0] for s in range(40) for e in range(50)]
    counts = np.bincount(first, minlength=5)
    assert counts.min() > 320 and counts.max() < 480


@pytest.mark.parametrize("size", [0, 1, 2])
def test_tiny_splits(size):
    assert sorted(epoch_order(0, 0, size)) == list(range(size))
