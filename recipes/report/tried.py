"""What a tuning has tried already of what a diagnosis asks for."""

from recipes.report.blocks import note, number
from recipes.report.markup import clean, joined, tag

STEP = 6  # of a tuning: one change at a time
LETTERS = 400
UNKNOWN = "Whether the tuning tried what would mend this cannot be read."


def dropped(finding, decisions):
    """Return the decision by which a finding's change was dropped, or None.

    The same change, or else one that was tried for the same finding.

    Args:
        finding: A `Diagnosis`.
        decisions: List of dicts, as of decisions.json; its values may be of
            any kind. None where they cannot be read.
    """
    found = [
        each
        for each in decisions or ()
        if each.get("step") == STEP and each.get("kept") is False
    ]
    same = [each for each in found if is_same(finding, each)]
    named = [each for each in found if each.get("title") == finding.name]
    return next(reversed(same or named), None)


def is_same(finding, decision):
    """Whether a decision was on the very change that a finding asks for."""
    return bool(finding.flags) and decision.get("changes") == finding.flags


def told(finding, decision):
    """Return what a tuning found of a finding's change."""
    what = "This was" if is_same(finding, decision) else "A change for it was"
    numbers = decision.get("numbers")
    numbers = numbers if isinstance(numbers, dict) else {}
    gain, noise = numbers.get("gain"), numbers.get("noise")
    real = all(isinstance(each, (int, float)) for each in (gain, noise))
    said = ""
    if real:
        said = f", a gain of {number(float(gain))} where "
        said += f"{number(float(noise))} is noise"
    changes = clean(decision.get("changes") or "", LETTERS)
    shown = joined(" (", tag("code", changes), ")") if changes else None
    return note(
        f"{what} tried by this tuning, step {STEP}: dropped{said}", shown, "."
    )
