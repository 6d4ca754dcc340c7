"""Predictions of a split; the objective turns them into scores."""

import numpy as np

from recipes.data.loader import InOrder, evaluation_batch_size
from recipes.data.texts import TextSource


def predict(model, split):
    """Return the model's outputs for a split, in its order."""
    size = evaluation_batch_size(len(split), int(np.prod(split.source.shape)))
    if isinstance(split.source, TextSource):  # Keras' datasets hold no strings
        return model.predict(split.read(), batch_size=size, verbose=0)
    batches = InOrder(split, None, size)
    with batches.own_errors():
        return model.predict(batches, verbose=0)
