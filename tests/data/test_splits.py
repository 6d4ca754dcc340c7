"""Splits: stratified, seeded, complete."""

import numpy as np
import pytest

from recipes.data import load
from recipes.data.splits import draw, quantile_bins
from recipes.errors import DataError

pytestmark = pytest.mark.both_backends


def sizes(data):
    return [len(split) for split in data.splits]


def test_the_splits_part_the_rows():
    data = load("digits")
    rows = np.concatenate([split.rows for split in data.splits])
    assert sorted(rows) == list(range(1797))
    assert sizes(data) == [1167, 270, 360]


def test_fractions_are_of_all_rows(table):
    found = sizes(load(table, validation_split=0.1, test_split=0.5))
    assert found == [24, 6, 30]


@pytest.mark.parametrize("shares", [(900, 90, 10), (500, 300, 200)])
def test_classes_keep_their_shares(shares):
    y = np.random.default_rng(0).permutation(np.repeat(range(3), shares))
    data = load((np.ones((1000, 1)), y))
    for split in data.splits:
        found = np.bincount(split.labels, minlength=3)
        expected = np.array(shares) * len(split) / 1000
        assert np.abs(found - expected).max() <= 1, (split.role, found)


def test_without_strata_the_shares_would_wander():
    y = np.repeat(range(3), (900, 90, 10))
    drawn = np.random.default_rng(0).permutation(y)[:200]
    assert np.abs(np.bincount(drawn) - [180, 18, 2]).max() > 1


def test_targets_are_stratified_by_tenths():
    y = np.random.default_rng(0).exponential(size=1000) + 0.5
    bins = quantile_bins(y)
    kept, drawn = draw(y[:, None], 0.2, 0, "test")
    assert np.bincount(bins[drawn]).tolist() == [20] * 10
    assert np.bincount(bins[kept]).tolist() == [80] * 10


def test_the_seed_decides_and_nothing_else(table):
    first = load(table, seed=3)
    np.random.seed(1)
    again = load(table, seed=3)
    other = load(table, seed=4)
    assert first.fingerprint == again.fingerprint != other.fingerprint
    for one, two in zip(first.splits, again.splits, strict=True):
        np.testing.assert_array_equal(one.rows, two.rows)
    assert first.test.rows.tolist() != other.test.rows.tolist()


@pytest.mark.parametrize("seed", [2**32 - 1, 2**32, 2**70])
def test_large_seeds(table, seed):
    rows = load(table, seed=seed).test.rows
    np.testing.assert_array_equal(rows, load(table, seed=seed).test.rows)


@pytest.mark.parametrize(
    "y, words",
    [
        ([0, 1], "2 rows for 2 classes"),
        ([0, 0, 1, 1], "rows for 2 classes"),
        ([0] * 50 + [1], "1 row of class '1'"),
        (["a"] * 50 + ["b"], "1 row of class 'b'"),
        (list(range(30)), "30 rows for 30 classes"),
    ],
)
def test_too_few_rows_of_a_class(refusal, y, words):
    error = refusal((np.ones((len(y), 2)), y), test_split=0.4)
    assert words in str(error) and "'train': (x, y)" in error.mend


def test_too_few_numbers(refusal):
    error = refusal(([[1.0], [2.0]], [0.5, 1.5]))
    assert error.split == "validation"
    y = [0.5, 1.5, 2.5, 3.5]
    assert sizes(load(([[1.0], [2.0], [3.0], [4.0]], y))) == [2, 1, 1]


@pytest.mark.parametrize("fraction", [0.001, 0.01, 0.05, 0.5, 0.99, 0.999])
@pytest.mark.parametrize("size", [2, 3, 39, 40, 41, 200])
def test_any_fraction_of_numbers_leaves_both_sides(size, fraction):
    y = np.arange(size, dtype="float32")[:, None]
    kept, drawn = draw(y, fraction, 0, "test")
    assert len(kept) and len(drawn)
    assert sorted([*kept, *drawn]) == list(range(size))


@pytest.mark.parametrize("y", [np.ones(100), np.r_[np.zeros(99), 5.0]])
def test_numbers_that_repeat(y):
    kept, drawn = draw(y[:, None], 0.2, 0, "test")
    assert (len(kept), len(drawn)) == (80, 20)


@pytest.mark.parametrize("fraction", [0.001, 0.999])
def test_a_fraction_without_room_for_all_classes(fraction):
    with pytest.raises(DataError, match="rows for 3 classes"):
        draw(np.arange(300) % 3, fraction, 0, "validation")
