"""Rules on the gap between the splits: overfitting."""

import math

import numpy as np

from recipes.training.diagnosis.changes import stronger
from recipes.training.diagnosis.found import Diagnosis, sure

GAP = 0.04  # of accuracy
ERRORS = 3.0  # standard errors of the validation split
GAP_LEFT = 0.2  # of the share left (1 − R², or the loss over chance)
RISE, LEAST_RISE = 1.2, 0.05  # of the validation loss over its least


def overfitting(evidence):
    """Much better on the training split, or validation got worse again.

    g = accuracy − val_accuracy at the model's epoch is above
    max(0.04, 3 SE), SE = sqrt(p (1 − p) / n) of the n validation rows; for
    numbers (1 − val R²) − (1 − R²) above max(0.2, 3 (1 − val R²) sqrt(2/n));
    or the validation loss of the model, and of the two epochs before it, is
    above 1.2 times the least of all epochs, and 0.05 of chance above it,
    while the training loss fell. Dropout and augmentation make a
    gap smaller: a hidden one is not seen.
    """
    kept = evidence.kept
    gap, bound, said = _gap(evidence, kept)
    found = [(gap / bound, gap, bound, said)]
    best = int(np.nanargmin(evidence.val))
    least = max(float(evidence.val[best]), 1e-9)
    last = float(evidence.val[max(0, kept - 2) : kept + 1].min())
    rise, higher = last / least, last - least
    learned = evidence.train[kept] < evidence.train[best]
    if best < kept and higher > LEAST_RISE and learned:
        words = (
            f"The validation loss of the model, epoch {kept + 1}, is "
            f"{rise:.2f} times that of epoch {best + 1}, while the training "
            "loss fell on."
        )
        found.append((rise / RISE, rise, RISE, words))
    rose = len(found) > 1 and rise > RISE
    found = sorted((row for row in found if row[0] > 1), reverse=True)
    if not found:
        return None
    _, value, bound, _ = found[0]
    said = " ".join(row[-1] for row in found)
    numbers = {"gap": gap, "rise": rise, "value": value, "bound": bound}
    numbers["best_epoch"] = best + 1
    changes = stronger(evidence.recipe)
    if rose and evidence.recipe.early_stopping is None:
        changes["early_stopping"] = "early_stopping"
    return Diagnosis("overfitting", said, numbers, sure(value, bound), changes)


def _gap(evidence, kept):
    """Return the gap, its bound, and words."""
    train, val = evidence.accuracy(), evidence.accuracy("val_")
    at = f"in epoch {kept + 1}, {evidence.rows} validation rows"
    if train is not None and val is not None:
        gap = float(train[kept] - val[kept])
        bound = max(GAP, ERRORS * evidence.error_of(val[kept]))
        words = (
            f"The accuracy is {train[kept]:.3f} in training and "
            f"{val[kept]:.3f} in validation, a gap of {gap:.3f} where chance "
            f"explains {bound:.3f} ({at})."
        )
        return gap, bound, words
    train, val = evidence.train[kept], evidence.val[kept]
    error = abs(val) * math.sqrt(2 / evidence.rows)
    gap, bound = float(val - train), max(GAP_LEFT, ERRORS * error)
    words = (
        f"{evidence.left_words} is {train:.2f} in training and {val:.2f} in "
        f"validation, a gap of {gap:.2f} where chance explains {bound:.2f} "
        f"({at})."
    )
    return gap, bound, words


RULES = {"overfitting": overfitting}
