"""The scores that a tuning measured over seeds, as one picture."""

import re

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from recipes.errors import UserError
from recipes.lettering import AS_IS, families, one_line
from recipes.plots import INK, TRAIN, VALIDATION
from recipes.report.blocks import figure, number
from recipes.report.markup import clean
from recipes.report.svg import svg

MOST = 40  # recipes with a row
LARGEST = 1e100  # that axes can be drawn for
FOLDERS = {"seeds", "changes"}  # of what was trained with several seeds
WIDE = 8  # times the least: above it the axis is logarithmic
ENDS = {  # kept → words, color, marker
    True: ("kept", TRAIN, "o"),
    False: ("dropped", VALIDATION, "x"),
    None: ("not chosen", INK, "s"),
}


def scores(found):
    """Return the picture of every recipe with a score over seeds, or None.

    Args:
        found: What was gathered, see `training.reporting.tuned`.
    """
    try:
        every = measured(found.decisions)
    except UserError:  # which the decisions' own section says
        return None
    if not every:
        return None
    rows = every[:MOST]
    given = _given(found.about)
    said = f"{len(every)} recipes" if len(every) > 1 else "1 recipe"
    words = f"{said} over seeds: mean ± deviation in validation. The dotted "
    words += f"line is {'the first' if given is None else 'as given'}. "
    words += "What is kept may change several fields: a choice by its mean, a "
    words += "later change if the gain over the same seeds is beyond their "
    words += "noise."
    if len(every) > MOST:
        words += f" The first {MOST} of them are drawn."
    told = [
        f"{clean(title, 80)}: {_said(mean, deviation)}, {ENDS[end][0]}."
        for title, mean, deviation, end in rows
    ]
    score = one_line(found.about.get("objective"), "score", 40)
    shown = f"{score} of each recipe, on validation"
    picture = svg(
        _draw(rows, score, given), "tried", shown, " ".join([words, *told])
    )
    return figure(picture, words)


def measured(decisions):
    """Return (title, mean, deviation or None, kept) of what has a mean.

    That a start was chosen stands in a decision of its own, of its folder.
    Where more time was given and a start chosen anew, that alone decides:
    the rounds before it are left out.

    >>> one = {"title": "a", "folder": "seeds/a", "kept": None}
    >>> measured([one | {"numbers": {"mean": 0.5}}, one | {"kept": True}])
    [('a', 0.5, None, True)]
    """
    found, last = {}, 0
    for each in decisions:
        where, kept = each.get("folder"), each.get("kept")
        if not isinstance(where, str) or FOLDERS.isdisjoint(where.split("/")):
            continue
        kept = kept if isinstance(kept, bool) else None
        if where in found:
            title, mean, deviation, _ = found[where]
            found[where] = title, mean, deviation, kept
            continue
        numbers = each.get("numbers")
        numbers = numbers if isinstance(numbers, dict) else {}
        mean, deviation = (
            _finite(numbers.get(name)) for name in ("mean", "deviation")
        )
        if mean is not None:
            found[where] = each.get("title", ""), mean, deviation, kept
            if "seeds" in where.split("/"):
                last = max(last, _round(where))
    return [row for where, row in found.items() if _round(where) >= last]


def _round(where):
    """Return how often more time had been given.

    >>> _round("seeds/given"), _round("more-2/seeds/given")
    (0, 2)
    """
    found = re.match(r"more-([0-9]{1,9})/", where)
    return int(found[1]) if found else 0


def _given(about):
    """Return the mean of the recipe as given, that the verdict says."""
    given = about.get("given")
    return _finite(given.get("mean")) if isinstance(given, dict) else None


def _finite(value):
    """Return a number as a float; None for anything that is none."""
    real = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not real or not abs(value) < LARGEST:
        return None
    return float(value)


def _said(mean, deviation):
    said = number(mean)
    return said if deviation is None else f"{said} ± {number(deviation)}"


def _draw(rows, score, given=None):
    """Draw a line per recipe, the first one on top."""
    drawn = Figure((4.3, 1.5 + 0.24 * len(rows)), layout="constrained")
    FigureCanvasAgg(drawn)
    axes = drawn.add_subplot()
    labeled = set()
    for place, (_, mean, deviation, kept) in enumerate(rows):
        words, color, marker = ENDS[kept]
        axes.errorbar(
            mean,
            place,
            xerr=abs(deviation or 0.0) or None,
            color=color,
            marker=marker,
            markersize=5,
            linestyle="none",
            elinewidth=1.2,
            capsize=2,
            label=None if words in labeled else words,
        )
        labeled.add(words)
    given = rows[0][1] if given is None else given
    means = [given, *(row[1] for row in rows)]
    if min(means) > 0 and max(means) > WIDE * min(means):
        axes.set_xscale("log")
    axes.axvline(given, color=INK, linewidth=0.8, linestyle=":")
    names = [
        one_line(row[0], f"recipe {place}", 24)
        for place, row in enumerate(rows, 1)
    ]
    at = range(len(rows))
    axes.set_yticks(at, names, fontsize=8, family=families(), **AS_IS)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.margins(x=0.08)
    axes.set_xlabel(score, family=families(), **AS_IS)
    axes.grid(alpha=0.25, axis="x")
    drawn.legend(frameon=False, fontsize=8, loc="outside lower center", ncols=3)
    return drawn
