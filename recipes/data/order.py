"""The order of an epoch: a pure function of (seed, epoch) and the labels."""

import numpy as np


def epoch_order(seed, epoch, size):
    """Return the permutation in which epoch `epoch` visits `size` examples.

    Counter-based (Philox): no epoch has to be replayed to get at a later one,
    and no other random number in the process can change it.

    Args:
        seed: Whole number from 0.
        epoch: Whole number from 0.
        size: Number of examples.

    Example:

    >>> epoch_order(0, 3, 5).tolist() == epoch_order(0, 3, 5).tolist()
    True
    >>> sorted(epoch_order(0, 3, 5).tolist())
    [0, 1, 2, 3, 4]
    """
    return _generator(seed, epoch).permutation(size)


def balanced_order(seed, epoch, labels):
    """Return an order of as many examples in which each class is as frequent.

    Of N examples and C classes each class gets ⌊N/C⌋ or one more; which ones
    get it changes by epoch. A class with more rows than that shows each at
    most once an epoch; a class with fewer repeats all its rows before it
    shows one of them again.

    Args:
        seed: Whole number from 0.
        epoch: Whole number from 0.
        labels: Class number of each example; every class has one or more.

    Example:

    >>> labels = np.array([0] * 6 + [1] * 2)
    >>> np.bincount(labels[balanced_order(0, 0, labels)]).tolist()
    [4, 4]
    """
    generator = _generator(seed, epoch)
    classes = np.unique(labels)
    share, rest = divmod(len(labels), len(classes))
    counts = np.full(len(classes), share)
    counts[generator.permutation(len(classes))[:rest]] += 1
    chosen = []
    for label, count in zip(classes, counts, strict=True):
        rows = np.flatnonzero(labels == label)
        turns = -(-count // len(rows))
        drawn = [generator.permutation(rows) for _ in range(turns)]
        chosen.append(np.concatenate(drawn)[:count])
    return generator.permutation(np.concatenate(chosen))


def earlier(order):
    """Return how often each number has come before its place.

    >>> earlier(np.array([3, 1, 3, 3])).tolist()
    [0, 0, 1, 2]
    """
    by_number = np.argsort(order, kind="stable")
    numbers = order[by_number]
    first = np.searchsorted(numbers, numbers, side="left")
    times = np.empty(len(order), order.dtype)
    times[by_number] = np.arange(len(order)) - first
    return times


def _generator(seed, epoch):
    if seed >= 2**64:  # Philox takes 64 bits of it
        seed = np.random.SeedSequence(seed).generate_state(1, "uint64")[0]
    key = np.array([seed, epoch], "uint64")
    return np.random.Generator(np.random.Philox(key=key))
