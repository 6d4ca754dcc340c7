"""A run's model and data, read only when a rule asks for them."""

from functools import cached_property

import cv2
import numpy as np

from recipes.errors import DataError
from recipes.training.looking.own_data import own_data

MOST = 2000  # rows that are looked at, evenly over a split
SIDE = 16  # pixels that larger pictures are shrunk to, to be compared


class Own:
    """A run's model and data.

    Args:
        run: A `Run`.
        spec: A data spec; None reads the run's own again where a text leads
            to it.

    Raises:
        DataError: For a spec that is not the run's data.
    """

    def __init__(self, run, spec=None):
        self._run, self._spec = run, spec
        if spec is not None:
            _ = self.data

    @cached_property
    def data(self):
        """The `Data`, or None where it cannot be read again."""
        try:
            return own_data(self._run, self._spec)
        except DataError:
            if self._spec is not None:
                raise
            return None

    @property
    def model(self):
        """The trained model."""
        return self._run.model

    def places(self, split, most=MOST):
        """Return places evenly over a split.

        >>> Own(None).places(range(10), 5).tolist()
        [0, 2, 4, 6, 8]
        """
        count = len(split)
        return np.arange(min(count, most)) * count // min(count, most)

    @cached_property
    def vectors(self):
        """(places, standardized vectors) of train; None for texts."""
        if self.data is None or self.data.features == "text":
            return None
        places = self.places(self.data.train)
        found = flat(self.data.train.read(places))
        spread = found.std(axis=0)
        found = (found - found.mean(axis=0)) / np.where(spread > 0, spread, 1)
        return places, found


def flat(examples):
    """Return a vector per example; of a large picture a shrunk one.

    >>> flat(np.zeros((3, 40, 40, 1))).shape
    (3, 256)
    """
    found = np.asarray(examples, "float32")
    if found.ndim == 4 and max(found.shape[1:3]) > 2 * SIDE:
        size, how = (SIDE, SIDE), cv2.INTER_AREA
        found = np.stack([cv2.resize(x, size, None, 0, 0, how) for x in found])
    return found.reshape(len(found), -1)
