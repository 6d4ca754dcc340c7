"""The loss of single batches, smoothed as it comes."""

import math

SMOOTHING = 0.9  # β: the share of the mean that stays at each step
DIVERGED = 4.0  # times the least smoothed loss


class Smoothing:
    """An exponential moving average with bias correction.

    `m(i) = β · m(i − 1) + (1 − β) · loss(i)`, with `m(−1) = 0`;
    `smoothed(i) = m(i) / (1 − β^(i + 1))`, so that the first is the first loss
    and the weights of all losses so far sum to 1.

    Args:
        smoothing: β, from 0 (none) and below 1.

    Example:

    >>> mean = Smoothing(0.5)
    >>> mean.add(4.0), mean.add(1.0)
    (4.0, 2.0)
    """

    def __init__(self, smoothing=SMOOTHING):
        self.smoothing = smoothing
        self._mean, self._weight = 0.0, 0.0

    def add(self, loss):
        """Take the next loss, and return the smoothed one."""
        kept = self.smoothing
        self._mean = kept * self._mean + (1 - kept) * loss
        self._weight = kept * self._weight + (1 - kept)
        return self._mean / self._weight


def diverged(smoothed, first, factor=DIVERGED):
    """Whether the last smoothed loss says that the training has diverged.

    It does where it is not finite, or more than `factor` times the least so
    far. Within the first steps nothing but the noise of single batches has
    moved it: there only a loss that is not finite counts.

    Args:
        smoothed: The smoothed losses so far.
        first: How many steps are the first ones.
        factor: Above 1.

    >>> diverged([1.0, 0.5, 2.0], 1), diverged([1.0, 0.5, 2.1], 1)
    (False, True)
    """
    last = smoothed[-1]
    if not math.isfinite(last):
        return True
    return len(smoothed) > first and last > factor * min(smoothed)
