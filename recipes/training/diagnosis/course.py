"""Rules on the course of a run: cut off, stopped early, never calm."""

import numpy as np

from recipes.lint.facts import named
from recipes.part import Part
from recipes.training.diagnosis.changes import longer, rate_times
from recipes.training.diagnosis.found import Diagnosis, sure

FALL, OF_LEFT, OF_FIRST = 0.05, 0.25, 0.7  # in the last third of the rate
SPENT, NEARLY = 0.45, 0.95  # of the epochs, by which so much rate is spent
UNFITTED, UNFITTED_NUMBERS = 0.1, 0.8  # share left, worth to go on from
SWING, LEAST_SWING = 0.15, 0.01  # of the validation loss, and of chance
LEAST_EPOCHS = 4


def still_improving(evidence):
    """The validation loss was falling when the epochs ran out.

    Its fall in the last third of the summed learning rate is 0.05 of chance
    or more, and a quarter of what is left or 0.7 of the fall in the first
    third (of fewer than 4 epochs, in the last of them); 0.1 or more is left
    in both splits; its least is in the last fifth of the epochs. Progress is
    counted by the rate spent, as every schedule that ends at 0 ends still.
    """
    val, epochs = evidence.val, evidence.epochs
    if epochs < 2 or not evidence.legible:
        return None
    first, last, learned = _first_and_last(evidence)
    if not last >= FALL or not learned > 0:
        return None
    if int(np.nanargmin(val)) < 0.8 * (epochs - 1):
        return None
    left = float(val[-1])
    if min(left, evidence.train[-3:].mean()) < UNFITTED:
        return None
    over = max(last / left / OF_LEFT, last / max(first, 1e-9) / OF_FIRST)
    if not over > 1:
        return None
    # Of a first third without a fall the share says no more than "linear".
    over = min(over, 1 / OF_LEFT)
    words = (
        f"In validation {_lower(evidence)} fell by {last:.3f} in the last "
        f"third of the run (by learning rate spent), to {left:.3f}, and was "
        f"least in epoch {int(np.nanargmin(val)) + 1} of {epochs}."
    )
    numbers = {"fall": last, "first_fall": first, "left": left, "bound": FALL}
    changes = longer(evidence.recipe)
    return Diagnosis("still-improving", words, numbers, sure(over, 1), changes)


def _first_and_last(evidence):
    """Return validation's first and last fall, and training's last one.

    Of fewer than four epochs, which have no thirds, the last is the step.
    """
    val, train = evidence.val, evidence.train
    if evidence.epochs < LEAST_EPOCHS:
        return val[0] - val[1], val[-2] - val[-1], train[-2] - train[-1]
    falls = evidence.falls(val)
    return falls[0], falls[2], evidence.falls(train)[2]


def _lower(evidence):
    words = evidence.left_words
    return words[0].lower() + words[1:]


def plateaued_early(evidence):
    """The run stands still long before its end, and is not fitted.

    More than 0.1 of chance is left in both splits (for numbers 0.8 of 1 − R²),
    and either 95 % of the summed learning rate is spent before 0.45 of the
    epochs: the schedule fell too fast; or the rate never falls, and the
    training loss of the second half is lower by less than a tenth: steps too
    large to settle.
    """
    train, val, epochs = evidence.train, evidence.val, evidence.epochs
    if epochs < 2 * LEAST_EPOCHS or not evidence.legible:
        return None
    bound = UNFITTED_NUMBERS if evidence.target == "number" else UNFITTED
    left = float(min(train[-3:].mean(), val[-3:].mean()))
    rates = evidence.curves.get("learning_rate")
    if not left > bound or rates is None or not rates.max() > 0:
        return None
    spent = np.cumsum(rates) / rates.sum()
    place = int(np.searchsorted(spent, NEARLY)) + 1
    half = epochs // 2
    numbers = {"left": left, "epoch": place, "bound": bound}
    if place < SPENT * epochs:
        words = (
            f"The schedule spent {NEARLY:.0%} of its learning rate by epoch "
            f"{place} of {epochs}; {left:.2f} of chance is left, and hardly "
            "anything moved since."
        )
        numbers["spent"] = place / epochs
        over = SPENT * epochs / place
        changes = _cosine(evidence)
        found = sure(over, 1)
        return Diagnosis("plateaued-early", words, numbers, found, changes)
    constant = rates[half:].min() > 0.5 * rates.max()
    early, late = train[half - 1 : half + 2].mean(), train[-3:].mean()
    settled = train[0] - early > 0.1 and early - late < 0.1 * late
    if not constant or not settled:
        return None
    words = (
        f"The training loss stood still from epoch {half + 1} on, at "
        f"{left:.2f} of chance, and the learning rate never fell."
    )
    found = sure(left, bound)
    changes = _cosine(evidence)
    return Diagnosis("plateaued-early", words, numbers, found, changes)


def _cosine(evidence):
    """Return another schedule; a smaller rate where it is that one already."""
    if named(evidence.recipe.schedule, "warmup_cosine"):
        return rate_times(evidence, 0.3)
    return {"schedule": Part("warmup_cosine", warmup=0.1)}


def noisy_validation(evidence):
    """The validation loss jumps from epoch to epoch in the second half.

    sqrt(mean (log v_e − log v_{e−1})² / 2), of epochs in the second half, is
    above 0.15, and of v itself above 0.01 of chance. It is the same rows in
    every epoch: what jumps are the weights, not the sample.
    """
    half = evidence.val[evidence.epochs // 2 :]
    if len(half) < LEAST_EPOCHS or not (half > 0).all():
        return None
    swing, size = _swing(np.log(half)), _swing(half)
    if swing <= SWING or size <= LEAST_SWING:
        return None
    words = (
        f"From epoch {evidence.epochs - len(half) + 1} on the validation loss "
        f"jumps by {swing:.0%} between epochs (healthy is below {SWING:.0%}): "
        "which epoch is best is chance."
    )
    error = evidence.error_of(0.9)
    words += (
        f" A share of these {evidence.rows} rows is known to ± {error:.2f}."
    )
    numbers = {"swing": swing, "size": size, "bound": SWING}
    changes = noisy_changes(evidence.recipe)
    found = sure(swing, SWING)
    return Diagnosis("noisy-validation", words, numbers, found, changes)


def noisy_changes(recipe):
    """Return averaged weights; where there can be none, larger batches."""
    if recipe.weight_average is not None or recipe.backbone is not None:
        return {"batch_size": 2 * recipe.batch_size}
    return {"weight_average": "exponential_moving_average"}


def _swing(values):
    """Return the deviation of what jumps about a slow course.

    >>> float(_swing(np.array([0.0, 2.0, 0.0])).round(3))
    1.414
    """
    return np.sqrt(np.square(np.diff(values)).mean() / 2)


RULES = {
    "still-improving": still_improving,
    "plateaued-early": plateaued_early,
    "noisy-validation": noisy_validation,
}
