"""The order of an epoch: a pure function of (seed, epoch)."""

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
    if seed >= 2**64:  # Philox takes 64 bits of it
        seed = np.random.SeedSequence(seed).generate_state(1, "uint64")[0]
    key = np.array([seed, epoch], "uint64")
    generator = np.random.Generator(np.random.Philox(key=key))
    return generator.permutation(size)
