"""Rules on the learning rate: too high, too low."""

import numpy as np

from recipes.lint.facts import named
from recipes.training.diagnosis.changes import clipped, rate_times
from recipes.training.diagnosis.found import Diagnosis, sure

SPIKE = 1.0  # of chance, that a training loss jumps up
EXCESS = 3.0  # of chance, that validation is above a training split not fitted
UNFITTED = 0.05  # share left, from which that is told from overfitting
COLLAPSED, FALLEN = 0.9, 0.1  # ends with so much left, and had this less
TOGETHER, AWAY = 0.15, 0.2  # of chance; share left that is not fitted yet
POOR = 0.5  # share left of a run that has not got far
REACH = 0.05  # that a weight can have moved; healthy runs: 0.2 and more
USUAL = 3e-4  # of the Adam kind: below it the rate is to blame for the reach
STEADY = 0.7  # of the first third's fall, in the last


def too_high(evidence):
    """The loss jumps, or the network breaks down and knows nothing again.

    One of: rewinds; a training loss that rises by more than the loss of
    chance above its least so far, while the rate is at half its peak or
    above; both losses 0.15 of chance above their least at once, at such a
    rate, in a run that ends with more than 0.2 left; a validation loss more
    than 3 times chance above the training loss, which has 0.05 of chance left
    or more (else it may be overfitting), and half of that gone at the end;
    both losses end at 0.9 of chance or more, and validation was 0.1 better
    before.
    """
    train, val, peak = evidence.train, evidence.val, evidence.rates.max()
    found = []
    rewinds = evidence.metrics.get("rewinds") or 0
    if rewinds:
        times = f"{rewinds} time{'s' * (rewinds > 1)}"
        words = f"The run diverged and went back {times}."
        found.append((1.0 + rewinds, "rewinds", float(rewinds), 1, words))
    cool = evidence.rates < 0.5 * peak
    rise, other = _rise(train, cool), _rise(val, cool)
    found.append(_at(evidence, rise, "spike", SPIKE, "The training loss rose"))
    if train[-1] > AWAY:
        both = np.where(train > AWAY, np.fmin(rise, other), 0.0)
        words = "Training and validation loss rose together"
        found.append(_at(evidence, both, "together", TOGETHER, words))
    over = np.where(train > UNFITTED, val - train, 0.0)
    if not val[-1] - train[-1] > 0.5 * over.max():  # it was outgrown
        words = "The validation loss stood above the training loss"
        found.append(_at(evidence, over, "excess", EXCESS, words))
    ends = float(min(train[-3:].mean(), val[-3:].mean()))
    lost = ends - float(np.nanmin(val))
    if ends >= COLLAPSED and lost > 0:
        best = int(np.nanargmin(val)) + 1
        words = (
            f"The network ends at {ends:.2f} of the loss of chance; after "
            f"epoch {best} it was {lost:.2f} better in validation."
        )
        found.append((lost / FALLEN, "lost", lost, FALLEN, words))
    found = sorted((row for row in found if row[0] > 1), reverse=True)
    if not found:
        return None
    over, _, _, bound, _ = found[0]
    numbers = {name: value for _, name, value, _, _ in found}
    numbers["bound"] = bound
    numbers["learning_rate"] = evidence.rate
    words = " ".join(row[-1] for row in found)
    changes = clipped(evidence) if rewinds else rate_times(evidence, 0.1)
    return Diagnosis("rate-too-high", words, numbers, sure(over, 1.0), changes)


def _rise(curve, cool):
    """Return how far each epoch is above the least before, but for cool ones.

    >>> _rise(np.array([2.0, 1.0, 3.0]), np.array([False, False, False]))
    array([ 0., -1.,  2.])
    """
    rise = np.r_[0.0, curve[1:] - np.fmin.accumulate(curve)[:-1]]
    return np.where(cool, 0.0, rise)


def _at(evidence, values, name, bound, words):
    """Return how far over its bound the largest value is, with words."""
    bad = ~np.isfinite(values)
    place = int(bad.argmax() if bad.any() else values.argmax())
    value = float("inf") if bad.any() else float(values[place])
    rate = evidence.curves.get("learning_rate")
    said = "" if rate is None else f" (rate {rate[place]:.3g})"
    by = "without bound" if bad.any() else f"by {value:.3g} times chance"
    words = f"{words} {by} in epoch {place + 1}{said}."
    return value / bound, name, value, bound, words


def too_low(evidence):
    """The loss has hardly left where it began, without a jump.

    More than 0.5 of chance is left in both splits, and

    - for optimizers of the Adam kind, which move a weight by about the rate in
      a step: the rates of all steps sum to less than 0.05, at a peak below
      3e-4 (from there on the run is too short: still-improving);
    - for others, and on a backbone: each loss falls in the last third of the
      summed rate by 0.7 of what it fell in the first, or more.
    """
    if not evidence.legible or too_high(evidence):
        return None
    left = float(min(evidence.train[-3:].mean(), evidence.val[-3:].mean()))
    if not left > POOR or evidence.rate is None:
        return None
    reach = evidence.reach
    if reach is not None and evidence.recipe.backbone is None:
        if reach >= REACH or evidence.rate >= USUAL:
            return None
        over = REACH / max(reach, 1e-12)
        words = (
            f"The rates of all steps sum to {reach:.2g}: no weight can have "
            f"moved further, and {left:.2f} of the loss of chance is left "
            f"after {evidence.epochs} epochs."
        )
        numbers = {"reach": reach, "left": left, "bound": REACH}
    else:
        steady = min(map(_steady, map(evidence.falls, _both(evidence))))
        if steady < STEADY:
            return None
        over = steady / STEADY
        words = (
            f"{left:.2f} of the loss of chance is left after "
            f"{evidence.epochs} epochs, and the last third of the run "
            f"lowered it by {steady:.2f} times what the first did."
        )
        numbers = {"steady": steady, "left": left, "bound": STEADY}
    lion = named(evidence.recipe.optimizer, "lion")
    changes = rate_times(evidence, 3.0 if lion else 10.0)
    numbers["learning_rate"] = evidence.rate
    return Diagnosis("rate-too-low", words, numbers, sure(over, 1.0), changes)


def _both(evidence):
    return evidence.train, evidence.val


def _steady(falls):
    """Return the last fall over the first; 0 where there was none.

    >>> _steady((0.2, 0.1, 0.1)), _steady((0.2, 0.1, -0.1))
    (0.5, 0.0)
    """
    first, _, last = falls
    return last / first if first > 0 and last > 0 else 0.0


RULES = {"rate-too-high": too_high, "rate-too-low": too_low}
