"""Weights that begin at random and are never trained."""

import numpy as np

from recipes.part import Part
from recipes.preflight.finding import Finding

NAME = "moving weights"


def could_train(model):
    """Return the variables that would train if nothing were frozen.

    The model is left as it was.

    Args:
        model: A built network, not compiled yet.
    """
    layers = [(each, each.trainable) for each in model._flatten_layers()]
    flags = [(v, v.trainable) for v in model.variables]
    for layer, _ in layers:  # from the outside in
        layer.trainable = False
        layer.trainable = True
    found = list(model.trainable_variables)
    for layer, trainable in layers:
        layer.trainable = trainable
    for variable, trainable in flags:
        variable.trainable = trainable
    return found


def check(bench):
    """Compare the weights with what they were before the short training.

    Share of the weights which are no pretrained backbone's that some stage
    trains: it should be 1. A kernel that begins at random and stays there
    fails. Warns where one that is trained has not moved at all.

    Args:
        bench: The `Bench`, after a training; or one that has nothing to train.
    """
    frozen = [v for v in bench.fresh if id(v) not in bench.in_some_stage]
    kernels = [v for v in frozen if len(v.shape) > 1]
    total = sum(int(np.prod(v.shape)) for v in bench.fresh)
    still = sum(int(np.prod(v.shape)) for v in frozen)
    share = 1 - still / max(1, total)
    expected = "1, all that are not pretrained"
    if kernels:
        changes, mend = None, "set trainable=True, or leave it alone"
        if bench.rates is not None:
            mend = "let a stage train the head: a multiplier above 0"
            changes = {"strategy": Part("full")}
        return Finding(
            NAME,
            "fail",
            share,
            expected,
            f"{kernels[0].path} begins at random and is frozen in every "
            "stage: what stands on it sees noise.",
            mend,
            changes,
        )
    stuck = [v for v in bench.stuck() if len(v.shape) > 1]
    if stuck:
        return Finding(
            NAME,
            "warn",
            share,
            expected,
            f"{len(stuck)} kernels have not moved in the short training, as "
            f"{stuck[0].path}: no gradient reaches them.",
            "look for what cuts them off: units that are dead, an output that "
            "nothing uses",
        )
    return Finding(NAME, "pass", share, expected, "All that should move does.")
