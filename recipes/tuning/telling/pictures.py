"""The pictures of a sweep: the best so far, and each field's scores."""

import math

import numpy as np
from matplotlib.ticker import MaxNLocator, NullFormatter
from matplotlib.transforms import blended_transform_factory

from recipes.plots import INK
from recipes.tuning.ranges import short
from recipes.tuning.telling.axes import (
    BEST,
    FAILED,
    TRIAL,
    failed,
    jitter,
    new_figure,
    nothing,
    score_axis,
    score_name,
    scored,
    ticks,
    write,
)
from recipes.tuning.telling.records import best_of

COLUMNS = 4
MOST = 24  # fields with a panel
ALONE = 4.3, 3.0  # inches of one panel alone


def overview(trials, places, about):
    """Draw the best score so far, and each field against the score.

    Args:
        trials: Dicts, as `Sweep.trials` has them.
        places: The `Place` of each range; of more than 24 the first.
        about: The sweep's `Settings`.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    shown = places[:MOST]
    columns = min(COLUMNS, max(2, len(shown)))
    rows = math.ceil(len(shown) / columns)
    figure = new_figure(1.0 + 2.9 * columns, 3.3 + 2.7 * rows)
    grid = figure.add_gridspec(
        1 + rows, columns, height_ratios=[1.25] + [1] * rows
    )
    top = figure.add_subplot(grid[0, :])
    _best_so_far(top, trials, about)
    names = short([place.path for place in places])
    best = best_of(trials, about.direction)
    for number, place in enumerate(shown):
        row, column = divmod(number, columns)
        alone = len(shown) == 1
        cell = grid[1, :] if alone else grid[1 + row, column]
        axes = figure.add_subplot(cell, sharey=top)
        _field(axes, place, trials, best, about)
        score_axis(axes, trials, about, label=column == 0)
        write(axes.set_title, names[place.path], fontsize=9)
        axes.tick_params(labelsize=8)
        axes.yaxis.set_minor_formatter(NullFormatter())
    return figure


def panels(trials, places, about):
    """Yield (path or None, figure) of each panel of the overview, alone.

    Args:
        trials: As of `overview`.
        places: As of `overview`.
        about: As of `overview`.
    """
    best = best_of(trials, about.direction)
    figure = new_figure(*ALONE)
    _best_so_far(figure.add_subplot(), trials, about)
    yield None, figure
    for place in places[:MOST]:
        figure = new_figure(*ALONE)
        axes = figure.add_subplot()
        _field(axes, place, trials, best, about)
        score_axis(axes, trials, about)
        write(axes.set_title, place.path, 40, fontsize=10)
        axes.yaxis.set_minor_formatter(NullFormatter())
        yield place.path, figure


def _best_so_far(axes, trials, about):
    """Draw the scores in the order of the trials, and the best up to each."""
    number = {t["trial"]: n for n, t in enumerate(trials)}
    good, bad = scored(trials), failed(trials)
    at = [number[trial["trial"]] for trial in good]
    scores = [trial["score"] for trial in good]
    if good:
        axes.plot(
            at,
            scores,
            "o",
            color=TRIAL,
            markersize=4 if len(good) < 100 else 3,
            alpha=0.75,
            label="trial",
        )
        keep = np.minimum if about.direction == "min" else np.maximum
        best = keep.accumulate(scores)
        axes.step(
            [*at, len(trials) - 1],
            [*best, best[-1]],
            where="post",
            color=BEST,
            linewidth=1.6,
            label=f"best so far: {best[-1]:.4g}",
        )
        first = at[list(scores).index(best[-1])]
        axes.plot(
            [first],
            [best[-1]],
            "o",
            markersize=9,
            fillstyle="none",
            color=INK,
        )
    else:
        nothing(axes)
    if bad:
        at = [number[trial["trial"]] for trial in bad]
        _crosses(axes, at, about, "failed")
    axes.set_xlim(-0.5, max(1, len(trials)) - 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.set_xlabel("trial")
    score_axis(axes, trials, about)
    words = f"{len(trials)} trial{'' if len(trials) == 1 else 's'}"
    if bad:
        words += f", {len(bad)} failed"
    write(axes.set_title, f"{score_name(about)}: {words}", 70)
    if good or bad:
        axes.legend(frameon=False, fontsize=8)


def _crosses(axes, at, about, label=None):
    """Mark on the rim that is the worse one where trials failed."""
    axes.plot(
        at,
        [0.97 if about.direction == "min" else 0.03] * len(at),
        "x",
        color=FAILED,
        markersize=5,
        label=label,
        clip_on=False,
        transform=blended_transform_factory(axes.transData, axes.transAxes),
    )


def _field(axes, place, trials, best, about):
    """Draw the scores over the values of one range."""
    good = _having(scored(trials), place)
    bad = _having(failed(trials), place)
    scores = [trial["score"] for trial, _ in good]
    if place.options is None:
        if place.range.sampling == "log":
            axes.set_xscale("log")
        at, lost = ([value for _, value in each] for each in (good, bad))
        low, high = place.range.min_value, place.range.max_value
        if place.range.sampling == "log":
            room = (high / low) ** 0.04
            axes.set_xlim(low / room, high * room)
        else:
            room = 0.04 * (high - low)
            axes.set_xlim(low - room, high + room)
            axes.xaxis.set_major_locator(
                MaxNLocator(5, integer=place.kind == "Int")
            )
    else:
        at, lost = _strip(axes, place, good, bad)
    if good:
        axes.plot(at, scores, "o", color=TRIAL, markersize=4, alpha=0.7)
    else:
        nothing(axes)
    if lost:
        _crosses(axes, lost, about)
    for where, (trial, _) in zip(at, good, strict=True):
        if best is not None and trial["trial"] == best["trial"]:
            axes.plot([where], [trial["score"]], "o", color=BEST, markersize=6)


def _strip(axes, place, good, bad):
    """Draw the options and their medians; return where the dots go."""
    options = place.options
    for number, option in enumerate(options):
        scores = [t["score"] for t, value in good if value == option]
        if scores:
            middle = np.median(scores)
            ends = [number - 0.32, number + 0.32]
            axes.plot(ends, [middle, middle], color=INK, linewidth=1.4)
    words = [str(option) for option in options]
    many = len(options) > 4 or max(map(len, words)) > 8
    tilted = {"rotation": 35, "ha": "right", "rotation_mode": "anchor"}
    ticks(axes, words, **(tilted if many else {}))
    axes.set_xlim(-0.6, len(options) - 0.4)
    both = [options.index(value) for _, value in [*good, *bad]]
    moved = np.array(both, float) + jitter(len(both))
    return list(moved[: len(good)]), list(moved[len(good) :])


def _having(trials, place):
    """Return (trial, its value) of the trials in which a range counts."""
    found = [(trial, place.value(trial["values"])) for trial in trials]
    return [(trial, value) for trial, value in found if value is not None]
