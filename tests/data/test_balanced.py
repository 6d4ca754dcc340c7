"""Balanced sampling and weights: what the loader yields for rare classes."""

import numpy as np
import pytest

from recipes.data.data import ArraySource, Split
from recipes.data.loader import Loader
from recipes.data.order import balanced_order, epoch_order

pytestmark = pytest.mark.both_backends

LABELS = np.random.default_rng(0).permutation([0] * 80 + [1] * 15 + [2] * 5)


def epoch_of(epoch, labels=LABELS, seed=0):
    return balanced_order(seed, epoch, labels)


@pytest.mark.parametrize("epoch", range(5))
def test_each_class_is_equally_frequent(epoch):
    counts = np.bincount(LABELS[epoch_of(epoch)])
    assert counts.sum() == 100
    assert sorted(counts) == [33, 33, 34]
    plain = np.bincount(LABELS[epoch_order(0, epoch, 100)])
    assert np.ptp(plain) == 75  # what it is without balancing


def test_the_one_more_changes_by_epoch():
    more = {np.bincount(LABELS[epoch_of(e)]).argmax() for e in range(30)}
    assert more == {0, 1, 2}


@pytest.mark.parametrize("epoch", range(5))
def test_no_row_repeats_before_all_rows_of_its_class_came(epoch):
    times = np.bincount(epoch_of(epoch), minlength=100)
    assert times[LABELS == 0].max() == 1
    for label, least in ((1, 2), (2, 6)):
        of_class = times[LABELS == label]
        assert of_class.min() >= least
        assert np.ptp(of_class) <= 1


def test_it_is_a_function_of_seed_and_epoch_alone():
    np.testing.assert_array_equal(epoch_of(7), epoch_of(7))
    assert (epoch_of(7) != epoch_of(8)).any()
    assert (epoch_of(7) != epoch_of(7, seed=1)).any()


def test_the_classes_are_mixed():
    first = LABELS[epoch_of(0)][:50]
    assert np.bincount(first, minlength=3).min() > 5


def test_balanced_classes_come_once_each():
    labels = np.arange(30) % 3
    assert sorted(epoch_of(0, labels)) == list(range(30))


def test_fewer_rows_than_a_share_of_two_classes():
    labels = np.array([0, 1, 1])
    for epoch in range(10):
        assert set(labels[epoch_of(epoch, labels)]) == {0, 1}


def loader(**options):
    x = np.arange(100, dtype="float32")[:, None]
    split = Split("train", ArraySource(x), np.arange(100), LABELS)
    return Loader(split, np.asarray, 20, 0, True, **options)


def epoch_from(batches, steps=5):
    return [next(batches) for _ in range(steps)]


@pytest.mark.parametrize("threads", [0, 3])
def test_the_loader_draws_each_class_alike(threads):
    batches = loader(balanced=True, threads=threads).batches()
    for epoch in range(2):
        found = epoch_from(batches)
        rows = np.concatenate([x[:, 0] for x, _ in found]).astype(int)
        np.testing.assert_array_equal(rows, epoch_of(epoch))
        labels = np.concatenate([y for _, y in found])
        np.testing.assert_array_equal(labels, LABELS[rows])
    batches.close()


def test_the_loader_yields_each_row_with_its_own_weight():
    weights = np.arange(100, dtype="float32") / 10
    for x, _, weight in epoch_from(loader(weights=weights).batches()):
        np.testing.assert_allclose(weight, x[:, 0] / 10)


def test_without_weights_a_batch_has_two_parts():
    assert len(next(loader().batches())) == 2
