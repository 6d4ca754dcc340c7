"""The loader: the same batches whatever the threads, each example once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from time import sleep

import numpy as np
import pytest

from recipes.data import folder, load
from recipes.data import loader as loader_module
from recipes.data.data import ArraySource, Split
from recipes.data.loader import InOrder, Loader, evaluation_batch_size
from recipes.data.order import epoch_order

pytestmark = pytest.mark.both_backends


class Slow(ArraySource):
    """Reads that end in another order than they began."""

    def read(self, indices):
        sleep(0.002 * (int(np.sum(indices)) % 4))
        return super().read(indices)


def counted(size=23, source=ArraySource):
    """A split whose example i is [i], with the label i."""
    numbers = np.arange(size)
    return Split("train", source(numbers[:, None]), numbers, numbers)


def loader(split, batch_size=5, seed=0, drop=True, threads=0):
    return Loader(split, np.asarray, batch_size, seed, drop, threads)


def take(loader, epochs=3, first_epoch=0):
    batches = loader.batches(first_epoch)
    found = list(islice(batches, epochs * loader.steps_per_epoch))
    loader.close(batches)
    return found


def by_epoch(loader, epochs):
    steps, found = loader.steps_per_epoch, take(loader, epochs)
    labels = [labels for _, labels in found]
    return [
        np.concatenate(labels[e * steps : (e + 1) * steps])
        for e in range(epochs)
    ]


def assert_same(first, second):
    assert len(first) == len(second)
    for one, two in zip(first, second, strict=True):
        for a, b in zip(one, two, strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("threads", [1, 4])
@pytest.mark.parametrize("drop", [True, False])
def test_threads_change_nothing_in_memory(threads, drop):
    split = counted(source=Slow)
    plain = take(loader(split, drop=drop))
    assert_same(take(loader(split, drop=drop, threads=threads)), plain)
    other = take(loader(split, drop=drop, threads=threads, seed=1))
    with pytest.raises(AssertionError):
        assert_same(other, plain)


def test_closing_makes_no_batches_that_nobody_wants(monkeypatch):
    split, begun, closing = counted(60), [], threading.Event()
    first = epoch_order(0, 0, 60)[:5]

    class Waits:
        looks_ahead = False

        def __call__(self, x, targets, epoch, indices):
            begun.append(epoch)
            if not np.array_equal(indices, first):
                closing.wait(60)
            return x, targets

    class Pool(ThreadPoolExecutor):
        def shutdown(self, wait=True, *, cancel_futures=False):
            super().shutdown(wait=False, cancel_futures=cancel_futures)
            closing.set()
            super().shutdown(wait)

    monkeypatch.setattr(loader_module, "ThreadPoolExecutor", Pool)
    slow = Loader(split, np.asarray, 5, 0, True, 2, augment=Waits())
    batches = slow.batches()
    next(batches)
    slow.close(batches)
    # The first, and what the two threads are at; five are submitted.
    assert len(begun) <= 3


@pytest.mark.parametrize("threads", [None, 1, 4])
def test_threads_change_nothing_on_disk(image_folder, monkeypatch, threads):
    root = image_folder()
    kept = load(f"folder:{root}").train
    monkeypatch.setattr(folder, "IN_MEMORY", 0)
    read = load(f"folder:{root}").train
    plain = take(loader(kept, batch_size=4))
    assert_same(take(loader(read, batch_size=4, threads=threads)), plain)
    assert loader(read, threads=None).threads == 4
    assert loader(kept, threads=None).threads == 0


def test_every_epoch_visits_each_example_at_most_once():
    for order in by_epoch(loader(counted()), epochs=5):
        assert len(order) == 20 == len(set(order))
    orders = by_epoch(loader(counted(), drop=False), epochs=5)
    assert all(sorted(order) == list(range(23)) for order in orders)
    assert len({tuple(order) for order in orders}) == 5


def test_what_is_left_over_comes_in_other_epochs():
    seen = np.concatenate(by_epoch(loader(counted()), epochs=8))
    assert set(seen) == set(range(23))


def test_the_order_is_epoch_order():
    found = by_epoch(loader(counted(), seed=9, drop=False), epochs=2)
    for epoch, order in enumerate(found):
        np.testing.assert_array_equal(order, epoch_order(9, epoch, 23))


def test_examples_and_targets_stay_together():
    data = load("digits").train
    one_hot = np.eye(10).__getitem__
    batches = Loader(data, one_hot, 32, 0, True).batches()
    x, y = next(batches)
    rows = epoch_order(0, 0, len(data))[:32]
    np.testing.assert_array_equal(x, data.read(rows))
    np.testing.assert_array_equal(y.argmax(1), data.labels[rows])
    np.testing.assert_array_equal(x, data.source.array[data.rows[rows]])


@pytest.mark.parametrize("threads", [0, 3])
def test_a_later_epoch_can_be_the_first(threads):
    made = loader(counted(), threads=threads)
    steps = made.steps_per_epoch
    assert_same(take(made, 2, first_epoch=2), take(made, 4)[2 * steps :])


@pytest.mark.parametrize(
    "size, batch, drop, steps, last",
    [
        (23, 5, True, 4, 5),
        (23, 5, False, 5, 3),
        (20, 5, True, 4, 5),
        (20, 5, False, 4, 5),
        (3, 64, True, 1, 3),
        (3, 64, False, 1, 3),
        (1, 1, True, 1, 1),
    ],
)
def test_the_remainder(size, batch, drop, steps, last):
    made = loader(counted(size), batch, drop=drop)
    assert made.steps_per_epoch == steps
    lengths = [len(y) for _, y in take(made, 2)]
    full = [min(batch, size)] * (steps - 1)
    assert lengths == [*full, last] * 2


@pytest.mark.parametrize("threads", [0, 2])
def test_a_failing_read_is_kept(threads):
    class Broken(ArraySource):
        def read(self, indices):
            raise OSError("the disk is gone")

    made = loader(counted(source=Broken), threads=threads)
    with pytest.raises(OSError, match="the disk is gone"):
        next(made.batches())
    assert isinstance(made.error, OSError)


def test_a_file_that_vanishes_is_named(image_folder, monkeypatch):
    monkeypatch.setattr(folder, "IN_MEMORY", 0)
    root = image_folder()
    split = load(f"folder:{root}").train
    for file in root.glob("cat/*.png"):
        file.unlink()
    with pytest.raises(ValueError, match=r"cat/\d\d\.png"):
        take(loader(split))


def test_in_order_gives_every_row_once():
    split = counted()
    rows = InOrder(split, np.asarray, 5)
    assert len(rows) == 5
    found = [rows[i] for i in range(len(rows))]
    np.testing.assert_array_equal(
        np.concatenate([y for _, y in found]), range(23)
    )
    np.testing.assert_array_equal(found[4][0][:, 0], [20, 21, 22])
    assert len(InOrder(split, None, 5)[0]) == 1


@pytest.mark.parametrize("size", [1, 2, 270, 1024, 1025, 2053, 10007])
def test_evaluation_batches_are_few_and_small(size):
    batch = evaluation_batch_size(size, 64)
    assert 1 <= batch <= 1024
    assert -(-size // batch) <= 2 * -(-size // 1024)
    assert evaluation_batch_size(size, 2**30) == 1
