"""The verdict: test scores with their interval, the best epoch, the word."""

import math

from recipes.report.blocks import code, note, number, paragraph
from recipes.report.findings import sentence
from recipes.report.markup import joined, name, tag
from recipes.report.tried import UNKNOWN, dropped, is_same, told

MOST = 40  # scores with a panel
Z = 1.959964  # of a normal distribution: 95 % lie within


def wilson(share, rows):
    """Return the 95 % interval of a share, by Wilson's score.

    (p + z²/2n ± z √(p (1 − p)/n + z²/4n²)) / (1 + z²/n).

    Args:
        share: In [0, 1].
        rows: Of how many, at least 1.

    Reference: Wilson, 1927, JASA 22.

    Example:

    >>> [round(each, 3) for each in wilson(0.9, 100)]
    [0.826, 0.945]
    """
    square = Z * Z / rows
    middle = share + square / 2
    spread = Z * math.sqrt(share * (1 - share) / rows + square / (4 * rows))
    low, high = (
        (middle - spread) / (1 + square),
        (middle + spread) / (1 + square),
    )
    return max(0.0, low), min(1.0, high)


def scores(metrics, about):
    """Return a panel for each score of the test split, validation below it.

    Args:
        metrics: As of `Run`.
        about: What the data was, as in environment.json.
    """
    rows = (about.get("rows") or {}).get("test")
    names = [n for n in metrics if n.startswith("test_")]
    names.sort(key=lambda each: each == "test_loss")
    found = []
    for each in names[:MOST]:
        value, short = metrics[each], each.removeprefix("test_")
        beside = metrics.get(f"validation_{short}")
        members = metrics.get(f"members_{each}")
        found.append(
            tag(
                "div",
                tag("span", "test ", name(short)),
                tag("b", number(value)),
                _interval(value, short, rows, about),
                None
                if beside is None
                else tag("span", f"validation {number(beside)}"),
                None
                if members is None
                else tag("span", f"members' mean {number(members)}"),
                class_="score",
            )
        )
    if not found:
        return note("The test split was not scored.")
    return tag("div", *found, class_="scores")


def _interval(value, short, rows, about):
    share = short == "accuracy" and about.get("target") == "class"
    if not (share and rows and 0 <= value <= 1):
        return None
    low, high = wilson(value, rows)
    return tag("span", f"95 % interval {low:.4f} to {high:.4f}, {rows} rows")


def course(metrics):
    """Return in words which epoch was best, and how long it took."""
    best, kept = metrics.get("best_epoch"), metrics.get("model_epoch")
    if best is None:
        return None
    words = f"Best epoch {best} of {metrics.get('epochs')}"
    if kept is not None:
        words += (
            ", whose weights the model has"
            if kept == best
            else f"; the model has the weights of epoch {kept}"
        )
    seconds = metrics.get("seconds")
    if seconds is not None:
        words += f". Training took {seconds:.0f} s"
    return paragraph(f"{words}.")


def word(found, decisions=()):
    """Return the diagnosis in a sentence, and the first change to try.

    Args:
        found: `Diagnoses`.
        decisions: Of the tuning that the run is the winner of: what it has
            tried and dropped is no change to try; None where they cannot be
            read.
    """
    words, kind = sentence(found)
    head, _, rest = words.partition(": ")
    names = found.untried_names
    untried = f"Not tried: {names}; the diagnosis below says why."
    return tag(
        "div",
        paragraph(tag("strong", head, class_="word"), f": {rest}"),
        *_next(found, decisions),
        note(untried) if names else None,
        class_=f"verdict {kind}",
    )


def _next(found, decisions):
    """Yield the first change that was not dropped; what was, before it."""
    if decisions is None:
        if found:
            yield note(UNKNOWN)
        return
    for each in found:
        past = dropped(each, decisions)
        if past is not None:
            yield told(each, past)
        if past is None or not is_same(each, past):
            yield joined(paragraph("Next:"), code(each.mend))
            return
