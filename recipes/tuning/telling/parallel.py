"""Parallel coordinates: a line for each trial, through the values it had."""

import numpy as np
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable

from recipes.plots import INK
from recipes.tuning.ranges import short
from recipes.tuning.telling.axes import (
    BEST,
    COLORS,
    color_norm,
    failed,
    new_figure,
    score_name,
    scored,
    ticks,
    write,
)
from recipes.tuning.telling.records import best_of, ranked

FAILED = "#6b6b6b"  # lines are thin: darker than the dots of sweep.png
LONGEST = 30  # letters of a label
TICKS = (0, 0.25, 0.5, 0.75, 1)


def parallel(trials, places, about):
    """Draw a line for each trial; its color is the score.

    Each axis has the scale of its range. Where a range did not count,
    because another option was chosen, the line has a gap.

    Args:
        trials: Dicts, as `Sweep.trials` has them.
        places: The `Place` of each range.
        about: The sweep's `Settings`.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    good = ranked(scored(trials), about.direction)[::-1]  # the best on top
    scores = [trial["score"] for trial in good]
    norm = color_norm(scores)
    colors = colormaps[COLORS]
    if about.direction == "min":
        colors = colors.reversed()  # the best are bright
    names = [*short([p.path for p in places]).values(), score_name(about)]
    step = _step(places, names)
    figure = new_figure(2.4 + step * max(2, len(places) + 1), 4.4)
    axes = figure.add_subplot()
    for trial in failed(trials):
        style = {"color": FAILED, "linestyle": "--", "alpha": 0.9, "lw": 1.0}
        _line(axes, trial, places, None, marker="x", **style)
    best = best_of(trials, about.direction)
    for trial in good:
        top = trial["trial"] == best["trial"]
        _line(
            axes,
            trial,
            places,
            float(norm(trial["score"])),
            color=BEST if top else colors(float(norm(trial["score"]))),
            alpha=1 if top else 0.65,
            lw=2.4 if top else 1.1,
        )
    _rulers(axes, places, norm if good else None)
    axes.set_xlim(-0.35, len(places) + 0.35)
    axes.set_ylim(-0.04, 1.04)
    axes.set_yticks([])
    ticks(axes, names, LONGEST)
    axes.tick_params(length=0, labelsize=8)
    axes.spines[:].set_visible(False)
    if good:
        bar = figure.colorbar(ScalarMappable(norm, colors), ax=axes, pad=0.02)
        write(bar.set_label, score_name(about), 40)
        words = f"{len(good)} trials; the best in red"
        if failed(trials):
            words += f", {len(failed(trials))} that failed dashed"
        axes.set_title(words, fontsize=9)
    else:
        words = "no trial has a score"
        if failed(trials):
            words += f"; {len(failed(trials))} failed"
        axes.set_title(words, fontsize=9)
    return figure


def _step(places, names):
    """Return the inches between two axes: room for the longest label."""
    options = [str(o) for place in places for o in place.options or ()]
    inside = max((len(each) for each in options), default=0)
    under = max(len(name) for name in names)
    longest = max(0.065 * min(inside, LONGEST), 0.072 * min(under, LONGEST))
    return max(1.4, 0.2 + longest)


def _line(axes, trial, places, height, marker="o", **style):
    heights = [_place(place, trial) for place in places]
    heights.append(np.nan if height is None else height)
    known = [n for n, each in enumerate(heights) if not np.isnan(each)]
    size = 5 if marker == "x" or style["lw"] > 2 else 2.5
    dots = {"marker": marker, "markersize": size}
    thin = {**style, "lw": style["lw"] / 2, "linestyle": ":"}
    axes.plot(known, [heights[n] for n in known], **thin)
    axes.plot(range(len(heights)), heights, **dots, **style)


def _place(place, trial):
    """Return where a line crosses an axis; of one option side by side."""
    value = place.value(trial["values"])
    if value is None:
        return np.nan
    if place.options is None:
        return place.position(value)
    draw = np.random.default_rng([*f"{trial['trial']}{place.path}".encode()])
    return place.position(value) + draw.uniform(-0.025, 0.025)


def _rulers(axes, places, norm):
    """Draw the upright axes, with some of their values beside them."""
    for number, place in enumerate(places):
        axes.axvline(number, color=INK, linewidth=0.7)
        if place.options is not None:
            last = max(1, len(place.options) - 1)
            step = max(1, -(-len(place.options) // 16))
            marks = [
                (i / last, str(option))
                for i, option in enumerate(place.options)
            ][::step]
        else:
            marks = [(at, f"{_value(place, at):.2g}") for at in TICKS]
        _marks(axes, number, marks)
    axes.axvline(len(places), color=INK, linewidth=0.7)
    if norm is not None:
        marks = [(at, f"{float(norm.inverse(at)):.3g}") for at in TICKS]
        _marks(axes, len(places), marks)


def _marks(axes, number, marks):
    for at, words in marks:
        write(
            lambda text, at=at, **how: axes.annotate(
                text,
                (number, at),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize=7,
                color=INK,
                bbox={"facecolor": "white", "alpha": 0.7, "pad": 0.6, "lw": 0},
                zorder=5,
                **how,
            ),
            words,
            LONGEST,
        )


def _value(place, at):
    """Return the value at a height: the inverse of `Place.position`."""
    low, high = place.range.min_value, place.range.max_value
    if place.range.sampling == "linear":
        return low + at * (high - low)
    if place.range.sampling == "reverse_log":
        return low + high - low * (high / low) ** (1 - at)
    return low * (high / low) ** at
