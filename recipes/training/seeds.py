"""Seeds: what a fit decides without touching its caller's random state."""

import random
from contextlib import contextmanager

import keras
import numpy as np


@contextmanager
def seeded(seed):
    """Seed Keras' global state, and give Python's and NumPy's back.

    The library's own layers have seeds of their own; this serves layers that
    a user's network builds without one.
    """
    python, arrays = random.getstate(), np.random.get_state()
    keras.utils.set_random_seed(seed)
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(arrays)
