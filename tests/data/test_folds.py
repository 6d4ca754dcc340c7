"""Folds: each row held out once, the test split never among them."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from recipes.data import load
from recipes.data.data import ArraySource, Split
from recipes.data.folds import JoinedSource, cut
from recipes.errors import DataError, RecipeError


def numbered(rows=200, shares=(0.5, 0.3, 0.2)):
    """Return data whose only feature is the number of the row."""
    ends = np.cumsum(np.array(shares) * rows).round()
    labels = np.searchsorted(ends, np.arange(rows), side="right")
    return load((np.arange(rows)[:, None], labels))


def numbers(split):
    return split.read()[:, 0].astype(int).tolist()


@pytest.fixture(scope="module")
def data():
    return numbered()


@pytest.fixture(scope="module")
def folds(data):
    return cut(data, 5, 0.15, seed=3)


def test_each_row_besides_the_test_split_is_held_out_once(data, folds):
    held_out = [n for fold in folds for n in numbers(fold.test)]
    rest = numbers(data.train) + numbers(data.validation)
    assert sorted(held_out) == sorted(rest)
    assert len(set(held_out)) == len(held_out) == 160


def test_the_splits_of_a_fold_are_all_rows_but_the_test_split(data, folds):
    rest = set(numbers(data.train) + numbers(data.validation))
    for fold in folds:
        found = [n for split in fold.splits for n in numbers(split)]
        assert len(found) == len(rest) and set(found) == rest
        assert len(fold.validation) == 30  # 15 % of all 200 rows
        for split in fold.splits:
            labels = np.searchsorted([100, 160, 200], numbers(split), "right")
            assert (split.labels == labels).all()


def test_a_fold_cannot_reach_the_test_split(data, folds):
    test = set(numbers(data.test))
    for fold in folds:
        reachable = fold.train.source.read(slice(None))[:, 0]
        assert not test & set(reachable.astype(int))
    # The control: the data's own train split could.
    assert test <= set(data.train.source.read(slice(None))[:, 0].astype(int))


def test_classes_keep_their_shares_in_every_fold(data, folds):
    rest = np.bincount(
        np.concatenate([data.train.labels, data.validation.labels])
    )
    for fold in folds:
        counts = np.bincount(fold.test.labels, minlength=3)
        assert (np.abs(counts - rest / 5) < 1).all()


def test_numbers_are_stratified_by_their_tenths():
    rng = np.random.default_rng(0)
    y = np.exp(3 * rng.normal(size=500))  # a few are far above the others
    data = load((np.arange(500)[:, None], y), target="number")
    rest = np.concatenate([data.train.labels, data.validation.labels])[:, 0]
    edges = np.quantile(rest, np.linspace(0, 1, 11)[1:-1])
    for fold in cut(data, 5, 0.15, seed=0):
        tenths = np.searchsorted(edges, fold.test.labels[:, 0])
        assert np.ptp(np.bincount(tenths, minlength=10)) <= 1


def test_numbers_too_few_for_the_folds_are_cut_by_chance():
    data = load((np.arange(60)[:, None], np.arange(60) / 7), target="number")
    folds = cut(data, 30, 0.15, seed=0)  # of two strata of 24 rows each
    assert sorted(len(fold.test) for fold in folds) == [1] * 12 + [2] * 18


def test_label_rows_are_stratified_by_their_sets():
    sets = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    which = np.repeat(np.arange(4), [100, 60, 38, 2])  # the last set is rare
    data = load((np.arange(200)[:, None], sets[which]), target="labels")
    rest = np.concatenate([numbers(data.train), numbers(data.validation)])
    for fold in cut(data, 5, 0.15, seed=0):
        counts = np.bincount(which[numbers(fold.test)], minlength=4)
        shares = np.bincount(which[rest], minlength=4) / 5
        assert (np.abs(counts - shares)[1:3] <= 1).all()


def test_the_seed_decides_and_may_be_large(data):
    def held_out(seed):
        return [numbers(fold.test) for fold in cut(data, 3, 0.15, seed)]

    assert held_out(2**70) == held_out(2**70)
    assert held_out(2**70) != held_out(1) != held_out(0)


def test_a_fold_says_what_it_is_of(data, folds):
    assert data.fold is None
    about = {"number": 2, "folds": 5, "of": data.fingerprint}
    assert folds[1].fold == about
    assert len({fold.fingerprint for fold in folds}) == 5


@pytest.mark.parametrize("count", [1, 0, -3, 2.0, "5", True, None])
def test_what_is_no_number_of_folds_is_refused(data, count):
    with pytest.raises(RecipeError, match="`folds` must"):
        cut(data, count, 0.15, seed=0)


def test_more_folds_than_rows_of_a_class_are_refused():
    data = numbered(100, (0.5, 0.4, 0.1))  # 8 rows of class 2 are left
    with pytest.raises(DataError, match="8 rows of class '2'.*folds=9"):
        cut(data, 9, 0.15, seed=0)
    assert len(cut(data, 8, 0.15, seed=0)) == 8


def test_a_validation_split_that_leaves_nothing_is_refused(data):
    with pytest.raises(DataError, match="validation_split=0.4"):
        cut(data, 2, 0.4, seed=0)  # 80 of the 80 rows beside the fold
    assert len(cut(data, 2, 0.38, seed=0)[0].train) == 4


def test_own_splits_are_joined():
    x, y = np.arange(60)[:, None], np.arange(60) % 2
    spec = {
        "train": (x[:30], y[:30]),
        "validation": (x[30:40], y[30:40]),
        "test": (x[40:], y[40:]),
    }
    folds = cut(load(spec), 4, 0.15, seed=0)
    held_out = [n for fold in folds for n in numbers(fold.test)]
    assert sorted(held_out) == list(range(40))
    assert all(len(fold.validation) == 9 for fold in folds)


class OnDisk:
    """What is read one example at a time, and is no array."""

    shape, dtype = (1,), np.dtype("float32")

    def __init__(self, first, count):
        self.first, self.count = first, count

    def __len__(self):
        return self.count

    def read(self, indices):
        return (self.first + np.arange(self.count)[indices])[:, None]

    def digest(self):
        return bytes([self.first])


@pytest.mark.parametrize(
    "indices", [slice(None), slice(2, 5), [4, 0, 3, 3], [6], slice(0, 0)]
)
def test_a_joined_source_reads_what_the_array_of_all_rows_holds(indices):
    rows = np.array([3, 1, 0]), np.array([2, 9, 4, 5])
    parts = [
        Split("train", OnDisk(10, 4), rows[0], None),
        Split("validation", OnDisk(100, 10), rows[1], None),
    ]
    source = JoinedSource(parts)
    array = np.array([13, 11, 10, 102, 109, 104, 105])[:, None]
    assert len(source) == 7 and source.shape == (1,)
    assert source.read(indices).tolist() == array[indices].tolist()
    other = JoinedSource([parts[1], parts[0]])
    assert source.digest() == JoinedSource(parts).digest() != other.digest()


def test_folds_of_what_is_no_array(data):
    source = OnDisk(0, 200)
    on_disk = replace(
        data, **{s.role: replace(s, source=source) for s in data.splits}
    )
    folds = zip(
        cut(on_disk, 3, 0.15, seed=0), cut(data, 3, 0.15, seed=0), strict=True
    )
    for ours, theirs in folds:
        assert isinstance(ours.train.source, JoinedSource)
        assert isinstance(theirs.train.source, ArraySource)
        for one, other in zip(ours.splits, theirs.splits, strict=True):
            assert numbers(one) == numbers(other)


@pytest.mark.parametrize("in_memory", [True, False])
def test_a_folder_of_images_is_cut_with_its_names(
    tmp_path, monkeypatch, in_memory
):
    if not in_memory:
        monkeypatch.setattr("recipes.data.folder.IN_MEMORY", 0)
    for value in range(40):
        path = tmp_path / "ab"[value % 2] / f"{value}.png"
        path.parent.mkdir(exist_ok=True)
        Image.new("L", (2, 2), value).save(path)
    data = load(f"folder:{tmp_path}")
    for fold in cut(data, 4, 0.15, seed=0):
        for split in fold.splits:
            values = [int(name[2:-4]) for name in split.files()]
            np.testing.assert_array_equal(split.read()[:, 0, 0, 0], values)
