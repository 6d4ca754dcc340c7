"""Arms that share their seeds, compared seed by seed."""

import numpy as np


def below(these, those):
    """Return whether these are below those, in the mean and in most seeds.

    Example:

    >>> below([1.0, 2.0, 3.0], [2.0, 3.0, 3.5]), below([1.0], [1.0])
    (True, False)
    """
    less = np.subtract(those, these)
    return bool(less.mean() > 0 and (less > 0).mean() > 0.5)
