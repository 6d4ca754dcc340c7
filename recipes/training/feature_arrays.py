"""Feature arrays: in memory or mapped from disk, found there or computed."""

import time

import numpy as np

from callbacks.progress import bar
from recipes.data.data import ArraySource
from recipes.transfer import feature_store
from recipes.transfer.features import features

MEMORY = 2**30  # bytes of all features of a fit, above which they are mapped
INTERVAL = 0.1  # seconds between two drawings


class MappedSource:
    """Examples on disk, of which only those that are read take memory.

    Args:
        array: Examples along the first axis, mapped into memory.
    """

    def __init__(self, array):
        self.array = array

    def __len__(self):
        return len(self.array)

    @property
    def shape(self):
        """Shape of one example."""
        return self.array.shape[1:]

    def read(self, indices):
        """Return the examples at `indices`, in that order."""
        return np.array(self.array[indices])


class Views:
    """Gives an example in epoch e its view e mod K, from the loader's hook.

    Args:
        sources: Of features, one for each of K views.
    """

    looks_ahead = False

    def __init__(self, sources):
        self.sources = sources

    def read(self, split, positions):
        """Return the positions: which view it is, only the epoch says."""
        return positions

    def __call__(self, positions, targets, epoch, indices):
        """Return (features, targets)."""
        return self.sources[epoch % len(self.sources)].read(positions), targets


class Arrays:
    """All features that a fit needs, computed together.

    Args:
        body: The frozen `keras.Model`.
        console: Shows how far it is, and says what was done.
    """

    def __init__(self, body, console):
        self.body, self.console = body, console
        self.store = feature_store.FeatureStore()
        self.wanted = []

    def add(self, key, count, examples):
        """Want the features of some examples.

        Args:
            key: Of all that they depend on.
            count: How many there are.
            examples: Yields them, `BATCH` or fewer at a time.
        """
        self.wanted.append((key, count, examples))

    @property
    def bytes(self):
        """What all of them take."""
        each = 4 * int(np.prod(self.body.output_shape[1:]))
        return each * self.count

    @property
    def count(self):
        """How many examples there are, each view of an image one."""
        return sum(count for _, count, _ in self.wanted)

    @property
    def in_memory(self):
        """Whether they are copied into memory."""
        return self.bytes <= MEMORY

    def compute(self):
        """Return a source for each, or None where there is no room for them.

        What fits into memory is there whether the disk takes it or not.
        """
        if not self.in_memory and self.bytes > self.store.limit:
            self._refuse(f"the limit of {_size(self.store.limit)}")
            return None
        began, self._refused = time.monotonic(), None
        self._done = self._known = 0
        self._drawn = 0.0
        sources = []
        try:
            for key, count, examples in self.wanted:
                sources.append(self._source(key, count, examples))
                self._done += count
        except feature_store.CannotKeepError as error:
            self._refuse(f"what the disk takes ({error})")
            return None
        self._say(time.monotonic() - began)
        return sources

    def _source(self, key, count, examples):
        found = self.store.get(key)
        if found is not None:
            self._known += count
            if self.in_memory:
                return ArraySource(np.array(found))
            return MappedSource(found)
        shape = (count, *self.body.output_shape[1:])
        chunks = features(self.body, examples, self._draw)
        if not self.in_memory:
            return MappedSource(self.store.put(key, shape, chunks))
        whole, start = np.empty(shape, "float32"), 0
        for chunk in chunks:
            whole[start : start + len(chunk)] = chunk
            start += len(chunk)
        try:
            if whole.nbytes <= self.store.limit:
                self.store.put(key, shape, [whole])
        except feature_store.CannotKeepError as error:
            self._refused = error
        return ArraySource(whole)

    def _draw(self, done):
        """Draw how far it is over the same line, on a terminal."""
        now = time.monotonic()
        if self.console.is_terminal and now - self._drawn >= INTERVAL:
            self._drawn = now
            words = f"features {bar(self._done + done, self.count)}"
            self.console.print(words, end="\r")

    def _say(self, seconds):
        computed = self.count - self._known
        how = f"computed once, in {seconds:.1f} s"
        if not computed:
            how = "found on disk"
        elif self._known:
            how = f"{self._known} found on disk, {computed} {how}"
        if self._refused is not None:
            how += f"; not kept for other runs: {self._refused}"
        if not self.in_memory:
            how += f"; {_size(self.bytes)}, read from disk"
        self._print(f"features of {self.count} frozen examples: {how}")

    def _refuse(self, bound):
        self._print(
            f"the features of {self.count} examples take {_size(self.bytes)}, "
            f"above {bound}: images go through the frozen backbone in every "
            "epoch. Fewer views or smaller images take less; RECIPES_CACHE "
            "names another folder"
        )

    def _print(self, line):
        if self.console.is_terminal:
            self.console.print(" " * 40, end="\r")
        self.console.print(line)


def _size(count):
    """Write a number of bytes.

    >>> _size(3 * 2**29)
    '1.5 GiB'
    """
    for unit in ("bytes", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.3g} {unit}"
        count /= 1024
    return f"{count:.3g} GiB"
