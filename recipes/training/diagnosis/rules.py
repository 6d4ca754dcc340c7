"""Every rule on a run, and how they are asked."""

import dataclasses

import numpy as np

from recipes.errors import RunError
from recipes.lint.finding import as_flags
from recipes.training.diagnosis import (
    course,
    failed,
    gap,
    labels,
    level,
    rate,
    splits,
    units,
)
from recipes.training.diagnosis.evidence import Evidence
from recipes.training.diagnosis.found import HALVED, Diagnoses
from recipes.training.diagnosis.own import Own
from recipes.training.diverging.rewinding import Divergences

RULES = {
    **failed.RULES,
    **rate.RULES,
    **gap.RULES,
    **level.RULES,
    **course.RULES,
    **labels.RULES,
    **splits.RULES,
    **units.RULES,
}
OWN = ("label-noise", "dead-units", "vanishing-gradients")  # need `own`
UNASKED = "neither model nor data was looked at (model=False, --no-model)"
# A cause, and what follows from it: that is not told beside it.
EXPLAINS = {
    "diverged": set(RULES) - {"diverged"},
    "rate-too-high": {
        "underfitting",
        "overfitting",
        "plateaued-early",
        "noisy-validation",
        "still-improving",
        "dead-units",
        "vanishing-gradients",
    },
    "validation-unlike-train": {"overfitting", "underfitting"},
    "label-noise": {"overfitting", "underfitting", "plateaued-early"},
    "dead-units": {"underfitting", "plateaued-early", "rate-too-low"},
    "vanishing-gradients": {
        "underfitting",
        "rate-too-low",
        "still-improving",
        "plateaued-early",
    },
    "rate-too-low": {"underfitting", "still-improving"},
    "plateaued-early": {"underfitting", "rate-too-low", "still-improving"},
    "still-improving": {"underfitting"},
}


def diagnose(run, data=None, model=True):
    """Return how a run went wrong; see `Run.diagnosis`."""
    divergences = Divergences(run.directory, True).found
    own = Own(run, data) if model or data is not None else None
    given = run.history, run.environment, run.metrics, divergences, own
    return judge(Evidence(run.recipe, *given))


def judge(evidence):
    """Return what the rules find, the surest first.

    Args:
        evidence: An `Evidence`.

    Returns:
        `Diagnoses`; what another one explains is left out.
    """
    diverged = judge_diverged(evidence)
    if diverged:
        return diverged
    if not evidence.epochs:
        raise RunError(
            "history.csv holds no epoch: there is nothing to read. Fit the "
            "recipe again, for an epoch at least."
        )
    found, not_tried = _asked(evidence)
    kept = [
        each
        for name, each in found.items()
        if not any(name in EXPLAINS.get(other, ()) for other in found)
    ]
    kept.sort(key=lambda each: -each.confidence)
    kept = [_with_flags(evidence, each) for each in kept]
    return Diagnoses(kept, not_tried)


def _asked(evidence):
    """Return (name → what a rule found, name → why one was not tried)."""
    why, found = _no_data(evidence.own), {}
    not_tried = {} if why is None else dict.fromkeys((*OWN, HALVED), why)
    with np.errstate(all="ignore"):  # of losses that are about to diverge
        for name, rule in RULES.items():
            if name in OWN and name in not_tried:
                continue
            try:
                each = rule(evidence)
            except RunError as error:  # a model that is missing or damaged
                if name not in OWN:
                    raise
                not_tried[name] = str(error)
                continue
            if each is not None:
                found[name] = each
    return found, not_tried


def _no_data(own):
    """Return why no rule can look at the data, or None."""
    if own is None:
        return UNASKED
    return own.why if own.data is None else None


def judge_diverged(evidence):
    """Return `Diagnoses` of a run that diverged; empty if it has not."""
    found = failed.diverged(evidence)
    return Diagnoses([] if found is None else [_with_flags(evidence, found)])


def _with_flags(evidence, found):
    flags = as_flags(evidence.recipe.to_dict(), found.changes)
    numbers = {
        name: value.item() if hasattr(value, "item") else value
        for name, value in found.numbers.items()
    }
    return dataclasses.replace(found, flags=flags, numbers=numbers)
