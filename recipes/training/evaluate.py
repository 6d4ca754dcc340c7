"""Predictions of a split, and its scores."""

import numpy as np

from recipes.data.loader import InOrder, evaluation_batch_size


def predict(model, split):
    """Return the model's outputs for a split, in its order."""
    size = evaluation_batch_size(len(split), int(np.prod(split.source.shape)))
    return model.predict(InOrder(split, None, size), verbose=0)


def scores(model, goal, labels, outputs):
    """Return what `model.evaluate` would: loss with penalties, and metrics.

    Args:
        model: The served model, for its penalties.
        goal: The objective.
        labels: True labels.
        outputs: What the model gave for them.

    Returns:
        `{"loss": …, "accuracy": …}`, or for numbers `loss`, `mae`, `rmse` and
        `r2`, in the targets' own units.
    """
    loss, metrics = goal.serving()
    targets = goal.serving_targets(labels)
    total = float(loss(targets, outputs)) + sum(float(x) for x in model.losses)
    found = {"loss": total}
    for metric in metrics:
        metric.update_state(targets, outputs)
        found[metric.name] = float(metric.result())
    return found
