"""The picture of a range test: loss against the rate, suggestions marked."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from recipes.lettering import AS_IS, families, one_line
from recipes.plots import INK, TRAIN, VALIDATION
from recipes.range_test.suggestions import MINIMUM_TENTH, STEEPEST, VALLEY

MARKS = {
    STEEPEST: ("#228833", "^", "--"),
    VALLEY: (VALIDATION, "o", "-"),
    MINIMUM_TENTH: ("#aa3377", "s", ":"),
}
ROOM = 0.06  # of the height, above and below the smoothed losses


def figure(found):
    """Draw the losses of each seed, and a line for each suggestion.

    Args:
        found: A `RangeTest`.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    drawn = Figure((7.6, 4.4), layout="constrained")
    FigureCanvasAgg(drawn)
    axes = drawn.add_subplot()
    axes.set_xscale("log")
    for number, (losses, smoothed) in enumerate(
        zip(found.losses, found.smoothed, strict=True)
    ):
        rates = found.rates[: len(losses)]
        words = (
            ("loss of each batch", "smoothed") if not number else (None,) * 2
        )
        axes.plot(rates, losses, ".", color=INK, alpha=0.35, label=words[0])
        axes.plot(rates, smoothed, color=TRAIN, linewidth=1.8, label=words[1])
    stopped = [rate for rate in found.stopped if rate is not None]
    if stopped:
        words = f"diverged at {min(stopped):.3g}"
        if len(stopped) > 1:
            words += f" to {max(stopped):.3g}"
        axes.axvspan(
            min(stopped),
            found.rates[-1],
            color=INK,
            alpha=0.12,
            linewidth=0,
            label=words,
        )
    for name, each in found.suggestions.items():
        color, marker, style = MARKS[name]
        height = _height(found, each.learning_rate)
        words = f"{name} {each.learning_rate:.3g}"
        if each is found.suggestion:
            words += ", recommended"
        line = {"color": color, "linewidth": 1.1}
        axes.axvline(each.learning_rate, linestyle=style, **line)
        axes.plot(
            [each.learning_rate],
            [height],
            marker=marker,
            linestyle=style,
            label=words,
            **line,
        )
    _limit(axes, found)
    axes.set_xlabel("learning rate")
    axes.set_ylabel("training loss")
    name = one_line(found.data, "the data", 40)
    rows = len(found.seeds)
    seeds = f"{rows} seeds" if rows > 1 else f"seed {found.seeds[0]}"
    axes.set_title(f"Range test on {name}, {seeds}", family=families(), **AS_IS)
    axes.grid(alpha=0.25)
    axes.legend(fontsize=8, loc="best")
    return drawn


def _height(found, rate):
    """Return the mean of the smoothed losses at a rate."""
    heights = [
        np.interp(np.log(rate), np.log(found.rates[: len(each)]), each)
        for each in found.smoothed
        if len(each)
    ]
    return float(np.mean(heights))


def _limit(axes, found):
    """Show the whole range of rates, and what lies below the explosion."""
    axes.set_xlim(found.rates[0], found.rates[-1])
    kept = [each for each in found.smoothed if len(each)]
    if not kept:
        return
    low = min(each.min() for each in found.losses if len(each))
    # The last steps may be a thousand times as high.
    early = [each[: max(2, int(np.argmin(each)) + 1)] for each in kept]
    high = max(each.max() for each in early)
    room = (high - low or abs(high) or 1.0) * ROOM
    axes.set_ylim(low - room, high + 6 * room)
