"""Predictions of a split; the objective turns them into scores."""

import numpy as np

from recipes.data.loader import InOrder, evaluation_batch_size


def predict(model, split):
    """Return the model's outputs for a split, in its order."""
    size = evaluation_batch_size(len(split), int(np.prod(split.source.shape)))
    batches = InOrder(split, None, size)
    with batches.own_errors():
        return model.predict(batches, verbose=0)
