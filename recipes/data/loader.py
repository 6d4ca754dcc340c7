"""The loader: batches of an endless run, in the library's own order.

A plain Python generator serves both backends: with `steps_per_execution` it
costs a small network a fifth of what `fit(numpy)` costs on TensorFlow (see
benchmarks/overhead.py).
"""

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import count, islice

import keras

from recipes.data.data import ArraySource
from recipes.data.order import epoch_order
from recipes.errors import DataError


class Loader:
    """Endless shuffled batches of a split.

    Args:
        split: What to read.
        targets: What the loss compares with, one row per example.
        batch_size: Examples per batch; at most the size of the split.
        seed: Decides, with the epoch, the order.
        drop_remainder: Leave out the last, smaller batch of an epoch.
        threads: Readers working ahead; None for none when the data is in
            memory and 4 when it is on disk. The batches are the same.
    """

    def __init__(
        self, split, targets, batch_size, seed, drop_remainder, threads=None
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
        self.split, self.targets, self.seed = split, targets, seed
        self.batch_size = min(batch_size, len(split))
        self.drop_remainder = drop_remainder
        in_memory = isinstance(split.source, ArraySource)
        self.threads = threads if threads is not None else 4 * (not in_memory)
        self.error = None

    @property
    def steps_per_epoch(self):
        """⌊N/k⌋, or ⌈N/k⌉ without `drop_remainder`."""
        whole, rest = divmod(len(self.split), self.batch_size)
        return whole + bool(rest and not self.drop_remainder)

    def batches(self, first_epoch=0):
        """Yield (examples, targets) from the given epoch on, without end."""
        indices = self._indices(first_epoch)
        if not self.threads:
            yield from map(self._read, indices)
            return
        with ThreadPoolExecutor(self.threads) as pool:
            ahead = deque(
                pool.submit(self._read, batch)
                for batch in islice(indices, 2 * self.threads)
            )
            for batch in indices:
                ahead.append(pool.submit(self._read, batch))
                yield ahead.popleft().result()

    def _indices(self, first_epoch):
        for epoch in count(first_epoch):
            order = epoch_order(self.seed, epoch, len(self.split))
            for step in range(self.steps_per_epoch):
                start = step * self.batch_size
                yield order[start : start + self.batch_size]

    def _read(self, positions):
        try:
            return self.split.read(positions), self.targets[positions]
        except Exception as error:
            self.error = error  # TensorFlow would pass it on as text only
            raise

    @staticmethod
    def close(batches):
        """Let the reader threads of `batches` go."""
        try:
            batches.close()
        except ValueError:
            pass  # the backend is reading: the threads end with its iterator


class InOrder(keras.utils.PyDataset):
    """A split in its own order, for validation and prediction.

    Args:
        split: What to read.
        targets: One row per example, or None.
        batch_size: Examples per batch; the last one may be smaller.
    """

    def __init__(self, split, targets, batch_size):
        super().__init__()
        self.split, self.targets = split, targets
        self.batch_size = batch_size

    def __len__(self):
        return -(-len(self.split) // self.batch_size)

    def __getitem__(self, index):
        rows = slice(index * self.batch_size, (index + 1) * self.batch_size)
        x = self.split.read(rows)
        return (x,) if self.targets is None else (x, self.targets[rows])


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
