"""A run's model and data, read only when a rule asks for them."""

from functools import cached_property

import numpy as np

from recipes.data.small import sample, vectors
from recipes.errors import DataError
from recipes.training.looking.own_data import own_data


class Own:
    """A run's model and data.

    Args:
        run: A `Run`.
        spec: A data spec; None reads the run's own again where a text leads
            to it.

    Attributes:
        why: Why the data cannot be read again; None if it can, or before it
            was asked for.

    Raises:
        DataError: For a spec that is not the run's data.
    """

    def __init__(self, run, spec=None):
        self._run, self._spec, self.why = run, spec, None
        if spec is not None:
            _ = self.data

    @cached_property
    def data(self):
        """The `Data`, or None where it cannot be read again."""
        try:
            return own_data(self._run, self._spec)
        except DataError as error:
            if self._spec is not None:
                raise
            self.why = str(error)
            return None

    @property
    def model(self):
        """The trained model."""
        return self._run.model

    @cached_property
    def vectors(self):
        """(places, standardized vectors) of train; None for texts."""
        if self.data is None or self.data.features == "text":
            return None
        places = sample(len(self.data.train))
        found = vectors(self.data.train, places)
        spread = found.std(axis=0)
        found = (found - found.mean(axis=0)) / np.where(spread > 0, spread, 1)
        return places, found
