"""The short training that several checks read, three times from the start."""

from typing import NamedTuple

import numpy as np

STEPS, LONGER = 60, 240  # of a short training; of one that is slow to begin
TAIL = 10  # steps whose mean loss counts
BEGUN = 0.9  # times what inputs that say nothing give: something is learned
SMALLER = 0.01


class Course(NamedTuple):
    """Mean losses of the last 10 steps of short trainings.

    Args:
        real: On the inputs as they are, at the recipe's rate.
        blank: On inputs that are all alike: zeros.
        smaller: As `real`, at a hundredth of the rate.
        steps: Of each.
    """

    real: float
    blank: float
    smaller: float
    steps: int


def run(bench):
    """Train three times, 60 steps each; 240 where nothing is learned by then.

    The weights are left as the inputs as they are have made them.

    Args:
        bench: The `Bench`.
    """
    found = _run(bench, STEPS)
    if min(found.real, found.smaller) > BEGUN * found.blank:
        found = _run(bench, LONGER)
    return found


def _run(bench, steps):
    blank = _tail(bench.losses(bench.batches(np.zeros_like), steps))
    smaller = _tail(bench.losses(bench.batches(), steps, scale=SMALLER))
    real = _tail(bench.losses(bench.batches(), steps))
    return Course(real, blank, smaller, steps)


def _tail(losses):
    """Return the mean of the last losses; infinite for one that is not."""
    if not np.isfinite(losses).all():
        return np.inf
    return float(losses[-TAIL:].mean())
