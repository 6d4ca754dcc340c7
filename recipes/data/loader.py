"""The loader: batches of an endless run, in the library's own order.

A plain Python generator serves both backends: with `steps_per_execution` it
costs a small network a fifth of what `fit(numpy)` costs on TensorFlow (see
benchmarks/overhead.py).
"""

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from copy import copy
from itertools import count, islice

import keras
import numpy as np

from recipes.data.data import ArraySource
from recipes.data.order import balanced_order, earlier, epoch_order
from recipes.errors import DataError
from recipes.resolve import steps_per_epoch


def cores():
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Reader:
    """What reads a split for a backend, and remembers what went wrong."""

    error = None

    def _read(self, positions):
        try:
            x = self._examples(positions)
            if self.encode is None:
                return (x,)
            return x, self.encode(self.split.labels[positions])
        except Exception as error:
            self.error = error
            raise

    def _examples(self, positions):
        return self.split.read(positions)

    @contextmanager
    def own_errors(self):
        """Raise a reading error as it was: TensorFlow passes on its text."""
        try:
            yield
        except Exception:
            if self.error is not None:
                raise self.error from None
            raise


class Loader(_Reader):
    """Endless shuffled batches of a split.

    Args:
        split: What to read.
        encode: From labels to what the loss compares with.
        batch_size: Examples per batch; at most the size of the split.
        seed: Decides, with the epoch, the order.
        drop_remainder: Leave out the last, smaller batch of an epoch.
        threads: Readers working ahead; None for none when the data is in
            memory and 4 when it is on disk. The batches are the same.
        balanced: Whether each class is drawn equally often, in place of each
            example once; an epoch is as long.
        weights: A weight in the loss for each example of the split, or None.
        augment: What is done to the examples of a batch, or None; see
            `recipes.data.augmenting`. It runs in `threads`, as many as there
            are cores where none are given.
        parts: How many batches stand for one that was too large for memory.
            With `drop_remainder` an epoch has what it had of those.
    """

    def __init__(
        self,
        split,
        encode,
        batch_size,
        seed,
        drop_remainder,
        threads=None,
        *,
        balanced=False,
        weights=None,
        augment=None,
        parts=1,
    ):
        if threads is not None and (
            isinstance(threads, bool)
            or not isinstance(threads, int)
            or threads < 0
        ):
            raise DataError(
                f"threads={threads!r}",
                "a whole number from 0, or None",
                "leave it out: the library chooses",
            )
        self.split, self.encode, self.seed = split, encode, seed
        self.batch_size = min(batch_size, len(split))
        self.drop_remainder = drop_remainder
        self.balanced, self.weights = balanced, weights
        self.augment, self.parts = augment, parts
        if threads is None:
            on_disk = not isinstance(split.source, ArraySource)
            threads = 4 if on_disk else 0
            if augment is not None:
                threads = max(threads, cores())
        self.threads = threads

    def on(self, split, threads, augment=None):
        """Return a loader of the same examples in another form."""
        loader = copy(self)
        loader.split, loader.threads, loader.augment = split, threads, augment
        return loader

    @property
    def steps_per_epoch(self):
        """⌊N/k⌋, or ⌈N/k⌉ without `drop_remainder`."""
        return steps_per_epoch(
            len(self.split), self.batch_size, self.drop_remainder, self.parts
        )

    def batches(self, first_epoch=0, first_step=0):
        """Yield (examples, targets) from the given step on, without end.

        With `weights`, (examples, targets, weights).
        """
        steps = islice(self._steps(first_epoch), first_step, None)
        if not self.threads:
            yield from map(self._batch, steps)
            return
        pool = ThreadPoolExecutor(self.threads)
        try:
            ahead = deque(
                pool.submit(self._batch, step)
                for step in islice(steps, 2 * self.threads)
            )
            for step in steps:
                ahead.append(pool.submit(self._batch, step))
                yield ahead.popleft().result()
        finally:  # nobody waits for batches that nobody wants
            pool.shutdown(cancel_futures=True)

    def _steps(self, first_epoch):
        """Yield (epoch, positions in the split, draws) of each batch.

        What an example gets is drawn by its position and by which time of the
        epoch it comes. Where the augmentation looks ahead, one more follows.
        """
        ahead = self.augment is not None and self.augment.looks_ahead
        for epoch in count(first_epoch):
            order = self.order(epoch)
            draws = order + len(self.split) * earlier(order)
            for step in range(self.steps_per_epoch):
                start = step * self.batch_size
                end = min(start + self.batch_size, len(order))
                batch = np.arange(start, end + ahead) % len(order)
                yield epoch, order[batch], draws[batch]

    def order(self, epoch):
        """Return the positions in the split that an epoch visits."""
        if self.balanced:
            return balanced_order(self.seed, epoch, self.split.labels)
        return epoch_order(self.seed, epoch, len(self.split))

    def _batch(self, step):
        epoch, positions, draws = step
        x, *rest = self._read(positions)
        if self.weights is not None:
            rest.append(self.weights[positions])
        if self.augment is None:
            return x, *rest
        if self.weights is None:
            return self._augmented(x, rest[0], epoch, draws)
        # Where images are mixed, each example keeps its own weight: the loss
        # of the mixture is that of its parts, weighted.
        y, weights = rest[0], rest[1][:, None]
        rows = np.hstack([y * weights, weights])
        x, mixed = self._augmented(x, rows, epoch, draws)
        y, weights = mixed[:, :-1], mixed[:, -1]
        return x, y / weights[:, None], weights

    def _examples(self, positions):
        read = getattr(self.augment, "read", None)
        if read is None:
            return self.split.read(positions)
        return read(self.split, positions)

    def _augmented(self, x, targets, epoch, draws):
        try:
            return self.augment(x, targets, epoch, draws)
        except Exception as error:
            self.error = error
            raise

    @staticmethod
    def close(batches):
        """Let the reader threads of `batches` go."""
        try:
            batches.close()
        except ValueError:
            pass  # the backend is reading: the threads end with its iterator


class InOrder(_Reader, keras.utils.PyDataset):
    """A split in its own order, for validation and prediction.

    Args:
        split: What to read.
        encode: From labels to what the loss compares with, or None for
            examples alone.
        batch_size: Examples per batch; the last one may be smaller.
        prepare: From examples to what the model takes, or None.
    """

    def __init__(self, split, encode, batch_size, prepare=None):
        super().__init__()
        self.split, self.encode, self.prepare = split, encode, prepare
        self.batch_size = batch_size

    def __len__(self):
        return -(-len(self.split) // self.batch_size)

    def __getitem__(self, index):
        start = index * self.batch_size
        x, *rest = self._read(slice(start, start + self.batch_size))
        return x if self.prepare is None else self.prepare(x), *rest


def evaluation_batch_size(size, values_per_example, largest=2**22):
    """Choose few, equal batches that stay small in memory.

    Equal batches mean one compilation where shapes are compiled.

    >>> evaluation_batch_size(270, 64), evaluation_batch_size(5000, 64)
    (270, 1000)
    """
    limit = max(1, min(1024, largest // max(1, values_per_example)))
    fewest = -(-size // limit)
    for batches in range(fewest, 2 * fewest + 1):
        if size % batches == 0:
            return size // batches
    return -(-size // fewest)
