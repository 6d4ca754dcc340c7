"""What the pictures of a sweep share: colors, scales, words."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure

from recipes.lettering import AS_IS, families, one_line
from recipes.plots import INK, TRAIN, VALIDATION
from recipes.tuning.names import ENDED_COMPLETED

TRIAL, BEST, FAILED = TRAIN, VALIDATION, "#bbbbbb"
COLORS = "viridis"


def new_figure(width, height):
    """Return a figure that needs no display."""
    figure = Figure((width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def scored(trials):
    """Return the trials that have a score, and completed."""
    return [
        trial
        for trial in trials
        if trial["ended"] == ENDED_COMPLETED and trial["score"] is not None
    ]


def failed(trials):
    """Return the trials that ended without a score."""
    good = {trial["trial"] for trial in scored(trials)}
    return [t for t in trials if t["ended"] and t["trial"] not in good]


def is_log(scores):
    """Say whether scores span so much that only logarithms show it.

    >>> is_log([0.01, 3.0]), is_log([0.5, 0.9]), is_log([-1.0, 2.0])
    (True, False, False)
    """
    return bool(scores) and min(scores) > 0 and max(scores) > 8 * min(scores)


def color_norm(scores):
    """Return what maps scores to colors."""
    low, high = (min(scores), max(scores)) if scores else (0, 1)
    if low == high:
        low, high = low - abs(low) / 2 - 1e-9, high + abs(high) / 2 + 1e-9
    return (LogNorm if is_log(scores) else Normalize)(low, high)


def score_axis(axes, trials, about, label=True):
    """Make the upright axis that of the score."""
    scores = [trial["score"] for trial in scored(trials)]
    if is_log(scores):
        axes.set_yscale("log")
    axes.margins(y=0.09)  # room for what failed
    axes.grid(alpha=0.25)
    if label:
        write(axes.set_ylabel, score_name(about), 40)
    if not scores:
        axes.set_ylim(0, 1)
        axes.set_yticks([])


def score_name(about):
    """Return how the score is called under a picture."""
    return about.objective.replace("validation_", "validation ")


def write(how, text, longest=30, **style):
    """Write a name that users chose: no formula, in a font that has it."""
    words = one_line(text, "?", longest)
    how(words, family=families(), **AS_IS, **style)


def ticks(axes, words, longest=20, **style):
    """Write words under an axis, from 0 on."""
    names = [one_line(word, "?", longest) for word in words]
    style = {"family": families(), **AS_IS, **style}
    axes.set_xticks(range(len(words)), names, **style)


def nothing(axes):
    """Say that no trial has a score."""
    axes.text(
        0.5,
        0.5,
        "no trial has a score",
        ha="center",
        va="center",
        color=INK,
        transform=axes.transAxes,
    )


def jitter(count, width=0.18):
    """Return small steps aside, the same at every drawing."""
    return np.random.default_rng(0).uniform(-width, width, count)
