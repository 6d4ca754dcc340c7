"""What the diagnosis and the linter found, each with its change."""

from recipes.report.blocks import code, note, paragraph, table
from recipes.report.markup import clean, joined, tag
from recipes.report.tried import UNKNOWN, dropped, told

HEALTHY = "Healthy: no rule of the diagnosis found anything."
NOTHING = "Nothing found: by the rules that were tried."


def diagnosis(found, decisions=()):
    """Return each way in which the run went wrong, and what was not tried.

    Args:
        found: `Diagnoses`.
        decisions: Of the tuning that the run is the winner of; None where
            they cannot be read.
    """
    words = [paragraph(sentence(found)[0])] if not found else []
    rest = (note(each) for each in found.untried)
    return joined(*words, *(_finding(each, decisions) for each in found), *rest)


def _finding(each, decisions):
    past = dropped(each, decisions)
    flags = paragraph("On the command line: ", tag("code", each.flags))
    return tag(
        "div",
        tag("h3", f"{each.name} (confidence {each.confidence:.2f})"),
        paragraph(each.evidence),
        _numbers(each.numbers),
        None if past is None else told(each, past),
        note(UNKNOWN) if decisions is None else None,
        code(each.mend) if each.changes else paragraph(f"Next: {each.mend}."),
        flags if each.flags else None,
        paragraph(f"And: {each.words}.")
        if each.words and each.changes
        else None,
        class_="finding",
    )


def _numbers(numbers):
    if not numbers:
        return None
    said = ", ".join(
        f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}"
        for key, value in numbers.items()
    )
    return paragraph(f"Measured: {clean(said)}.", class_="under")


def sentence(found):
    """Return the diagnosis in a sentence, and its kind for the page."""
    if not found:
        return (NOTHING, "warn") if found.not_tried else (HEALTHY, "good")
    first = found[0]
    more = f" Also: {', '.join(f.name for f in found[1:])}."
    words = f"{first.name}: {first.evidence}"
    kind = "bad" if first.confidence >= 0.6 else "warn"
    return words + more * (len(found) > 1), kind


def lint(found):
    """Return what the linter says of the recipe."""
    if not found:
        return paragraph("The linter knows nothing against this recipe.")
    rows = [
        (
            each.code,
            tag("code", each.path),
            tag(
                "div",
                each.why,
                tag("br"),
                tag("code", each.mend),
                class_="long",
            ),
            each.source,
        )
        for each in found
    ]
    heads = ("rule", "field", "why, and the mend", "shown by")
    return table(heads, rows, "What is known to hurt in this recipe")
