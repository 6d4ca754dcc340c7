"""The rates that a smoothed loss speaks for."""

import numpy as np

STEEPEST, VALLEY, MINIMUM_TENTH = "steepest", "valley", "minimum_tenth"
LEAST_FALL = 0.02  # of the loss at the beginning
ERRORS = 5.0  # standard ones, of the level at the beginning
MEDIAN = 0.6745  # of the size of a normal number, by its deviation


def falls(losses, smoothed, first):
    """Whether the loss has fallen by more than its noise.

    The mean of the first steps, at rates too low to move anything, is the
    level at the beginning. The noise of one batch is told by how far each loss
    is from the one before: `median(|difference|) / (0.6745 · √2)`, which is
    the deviation of normal noise. The least smoothed loss has to lie below
    the level by 2 % of it, and by 5 times the level's standard error.

    Args:
        losses: Of each step.
        smoothed: The same, smoothed.
        first: How many steps are the first ones, at least 2.

    >>> flat = np.array([2.0, 2.1, 1.9, 2.0, 2.1, 1.9])
    >>> falls(flat, flat, 3)
    False
    >>> falls(np.append(flat, [0.5, 0.4]), np.append(flat, [1.3, 1.1]), 3)
    True
    """
    if len(losses) <= first:
        return False
    level = losses[:first].mean()
    noise = np.median(np.abs(np.diff(losses))) / (MEDIAN * np.sqrt(2))
    enough = ERRORS * noise / np.sqrt(first)
    enough = max(LEAST_FALL * abs(level), enough)
    return bool(level - smoothed[first:].min() > enough)


def suggested(rates, smoothed, first):
    """Return name → rate for a curve that falls.

    Args:
        rates: Of each step, rising.
        smoothed: The smoothed loss of each step.
        first: How many steps are the first ones, which are left out.
    """
    bottom = first + int(np.argmin(smoothed[first:]))
    places = {
        STEEPEST: steepest(rates, smoothed, first),
        VALLEY: valley(smoothed, first),
    }
    found = {name: float(rates[place]) for name, place in places.items()}
    return found | {MINIMUM_TENTH: float(rates[bottom]) / 10}


def steepest(rates, smoothed, first):
    """Return where the smoothed loss falls fastest, against the log rate.

    It is looked for from the last step at which three quarters of the fall
    still lay before it, to where the loss is least: earlier there is noise.

    Args:
        rates: As of `suggested`, as are the others.
        smoothed: As above.
        first: As above.

    >>> rates = np.geomspace(1e-3, 1.0, 7)
    >>> steepest(rates, np.array([2, 2, 1.9, 1.2, 1.0, 0.9, 3.0]), 1)
    3
    """
    bottom = first + int(np.argmin(smoothed[first:]))
    level = smoothed[:first].mean()
    above = smoothed[bottom] + 0.75 * (level - smoothed[bottom])
    high = np.flatnonzero(smoothed[: bottom + 1] >= above)
    start = max(first, int(high[-1])) if len(high) else first
    slopes = np.gradient(smoothed, np.log10(rates))
    return start + int(np.argmin(slopes[start : bottom + 1]))


def valley(smoothed, first):
    """Return the place two thirds along the longest valley.

    The valley is as long as the longest falling subsequence of the smoothed
    loss, and ends where that does.

    Args:
        smoothed: As of `suggested`.
        first: As above.

    >>> valley(np.array([2, 2, 1.9, 1.6, 1.2, 1.0, 0.9, 3.0]), 0)
    4
    """
    values = smoothed[first:]
    lengths = np.ones(len(values), "int64")
    for place in range(1, len(values)):
        above = lengths[:place][values[:place] > values[place]]
        if len(above):
            lengths[place] = 1 + above.max()
    end = int(np.argmax(lengths))
    start = end - int(lengths[end]) + 1
    return first + start + round(2 * (end - start) / 3)
