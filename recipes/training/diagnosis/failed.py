"""Rules on a run that has no end: diverged."""

import numpy as np

from recipes.training.diagnosis.changes import clipped
from recipes.training.diagnosis.found import Diagnosis
from recipes.training.diverging.divergence import what
from recipes.training.diverging.first_bad import INPUT
from recipes.training.diverging.rewinding import STOP

SURE = 0.99


def diverged(evidence):
    """The run ended in numbers that are not finite.

    divergence.json ends in a stop; or, without one, the last training loss or
    all validation losses are not finite.
    """
    last = evidence.divergences[-1] if evidence.divergences else None
    if last is not None and last["answer"] == STOP:
        return _reported(evidence, last)
    loss = evidence.curves.get("loss", np.array([]))
    val = evidence.curves.get("val_loss", np.array([]))
    if not loss.size or (np.isfinite(loss[-1]) and np.isfinite(val).any()):
        return None
    bad = loss if not np.isfinite(loss[-1]) else val
    epoch = int(np.isfinite(bad).argmin()) + 1
    name = "training" if bad is loss else "validation"
    words = f"The {name} loss is not finite from epoch {epoch} on."
    numbers = {"epoch": epoch, "learning_rate": evidence.rate}
    return Diagnosis("diverged", words, numbers, SURE, clipped(evidence))


def _reported(evidence, last):
    words = what(last)
    words = f"{words[0].upper()}{words[1:]}."
    keys = ("epoch", "step", "learning_rate", "layer", "variable")
    numbers = {key: last.get(key) for key in keys if last.get(key) is not None}
    if last.get("kind") == INPUT:
        rows = ", ".join(map(str, last.get("bad", ())[:8]))
        mend = f"look at rows {rows} of the training split"
        return Diagnosis("diverged", words, numbers, SURE, {}, mend)
    return Diagnosis("diverged", words, numbers, SURE, clipped(evidence))


RULES = {"diverged": diverged}
