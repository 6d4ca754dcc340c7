"""Numbers as Keras Tuner has to be given them."""

import numpy as np


class Count(int):
    """A number of trials, written with four digits at least.

    Keras Tuner takes the width of its trials' names from this text: they stay
    what they were when a sweep goes on with more trials.

    >>> str(Count(40))
    '0040'
    """

    def __str__(self):
        return f"{int(self):04d}"


def spread(seed):
    """Return Keras Tuner's seed: above 0, which it takes for "none".

    It counts on from its seed, draw by draw, so that a sweep of seed 1 would
    have the values of one of seed 0, but for the first: they lie apart here.

    >>> spread(0) != 0 and abs(spread(1) - spread(0)) > 1000
    True
    """
    return int(np.random.SeedSequence(seed).generate_state(1)[0] >> 1) + 1
