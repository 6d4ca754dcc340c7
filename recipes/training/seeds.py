"""Seeds: what a fit decides without touching its caller's random state."""

import random
from contextlib import contextmanager

import numpy as np


@contextmanager
def seeded(seed):
    """Seed Python's and NumPy's generators, and put them back.

    The library's own layers have seeds of their own. Keras draws the seed of
    a layer that has none, as in a user's network, from Python's generator.
    (`keras.utils.set_random_seed` would import TensorFlow on every backend.)
    """
    python, arrays = random.getstate(), np.random.get_state()
    random.seed(seed)
    np.random.seed(seed)
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(arrays)
