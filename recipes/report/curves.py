"""Curves by epoch: losses and metrics, the learning rate, the gap."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from recipes.lettering import AS_IS, families, one_line
from recipes.plots import INK, TRAIN, VALIDATION, curves
from recipes.report.blocks import figure, grid, note, number, sentences
from recipes.report.markup import joined
from recipes.report.svg import svg

MOST = 12  # metrics with a picture
POINTS = 2000  # epochs that are drawn; of more, evenly as many
STAGES = 20  # that are marked
RATE = "learning_rate"
SIZE = 4.3, 3.1  # inches: words of the page's size on a phone
TALL = 4.3, 3.9  # with stages, and the legend below


def metric_curves(history, best, kept, stages):
    """Return a picture for each metric: train, validation, the best epoch.

    Args:
        history: Name → one number per epoch.
        best: The epoch with the best validation score, from 1.
        kept: The epoch whose weights the model has.
        stages: (name, first epoch) of each stage of a fine-tuning.
    """
    names = [n for n in history if f"val_{n}" in history]
    names.sort(key=lambda name: name != "loss")
    if not names:
        return note("No metric was logged for both splits.")
    found = []
    for place, name in enumerate(names[:MOST]):
        both = {k: history[k] for k in (name, f"val_{name}")}
        at = [number(values[best - 1]) for values in both.values()]
        short = f"Epoch {best}: validation {at[1]}, train {at[0]}."
        words = sentences(
            _told("Training", both[name]),
            _told("Validation", both[f"val_{name}"]),
            f"Best epoch {best}: {at[1]}.",
            None if kept == best else f"The model has epoch {kept}.",
            _stages(stages),
        )
        drawn = curves(_thinned(both), best, kept, stages[:STAGES])
        drawn.set_size_inches(*(TALL if len(stages) > 1 else SIZE))
        if not _wide(np.concatenate([*both.values()])):
            drawn.axes[0].set_yscale("linear")
        picture = svg(drawn, f"curve{place}", f"{name} by epoch", words)
        found.append(figure(picture, short))
    more = len(names) - MOST
    rest = note(f"{more} more metrics are in history.csv.") if more > 0 else ""
    return joined(grid(*found), rest)


def losses(history, target):
    """Return in words which losses the curves, and the gap, are of.

    Args:
        history: Name → one number per epoch.
        target: What is predicted, as in environment.json.
    """
    if not {"loss", "val_loss"} <= set(history):
        return None
    if target == "number":
        return note(
            "The losses of these curves, and of the gap, are of standardized "
            "targets, with penalties; those of the verdict are mean squared "
            "errors in the targets' own units, as the metrics here are."
        )
    return note(
        "The losses of these curves, and of the gap, are those that are "
        "trained on: with penalties, label smoothing and weights of classes, "
        "where the recipe has them. Those of the verdict are without."
    )


def rate_and_gap(history, best):
    """Return the learning rate, and validation minus training, by epoch."""
    found = []
    if RATE in history:
        rates = np.array(history[RATE], "float64")
        words = sentences(_told("The learning rate", rates))
        drawn = _line(rates, "learning rate", best, TRAIN, log=_wide(rates))
        picture = svg(drawn, "rate", "Learning rate by epoch", words)
        low, high = f"{rates.min():.3g}", f"{rates.max():.3g}"
        found.append(figure(picture, f"From {low} to {high}."))
    names = [n for n in history if f"val_{n}" in history]
    names.sort(key=lambda name: name != "loss")
    for name in names[:2]:
        gap = np.subtract(history[f"val_{name}"], history[name])
        words = f"{number(float(gap[best - 1]))} in epoch {best}"
        if best < len(gap):
            words += f", {number(float(gap[-1]))} in the last"
        words += "."
        title = f"{one_line(name, 'metric')}: validation − train"
        drawn = _line(gap, title, best, VALIDATION, zero=True)
        shown = f"Gap of {name} by epoch"
        picture = svg(drawn, f"gap{len(found)}", shown, words)
        found.append(figure(picture, words))
    said = (
        "Training is logged while the weights move, with dropout and "
        "augmentation: the gap may well be on the other side of 0."
    )
    return joined(grid(*found), note(said)) if found else None


def _line(values, title, best, color, log=False, zero=False):
    """Draw one curve by epoch, with the best epoch marked."""
    drawn = Figure(SIZE, layout="constrained")
    FigureCanvasAgg(drawn)
    axes = drawn.add_subplot()
    places = _places(len(values))
    axes.plot(
        places + 1,
        values[places],
        color=color,
        marker="o",
        markersize=2.5,
        linewidth=1.4,
    )
    if zero:
        axes.axhline(0, color=INK, linewidth=0.8)
    axes.axvline(
        best, color=INK, linewidth=0.8, linestyle=":", label="best epoch"
    )
    if log:
        axes.set_yscale("log")
    axes.set_xlim(0.5, len(values) + 0.5)
    axes.xaxis.set_major_locator(
        MaxNLocator("auto", integer=True, min_n_ticks=1)
    )
    axes.set_xlabel("epoch")
    axes.set_title(title, family=families(), **AS_IS)
    axes.grid(alpha=0.25)
    axes.legend(frameon=False, fontsize=8)
    return drawn


def _places(count):
    return np.unique(np.linspace(0, count - 1, min(count, POINTS)).astype(int))


def _thinned(both):
    """Replace what lies between the drawn points by nothing."""
    count = len(next(iter(both.values())))
    if count <= POINTS:
        return both
    places = _places(count)
    return {
        name: np.interp(np.arange(count), places, np.array(v, float)[places])
        for name, v in both.items()
    }


def _wide(values):
    return bool((values > 0).all() and values.max() > 30 * values.min())


def _stages(stages):
    if len(stages) < 2:
        return None
    found = [f"{name} from epoch {first}" for name, first in stages[:STAGES]]
    more = len(stages) - STAGES
    return f"Stages: {', '.join(found)}{f' and {more} more' * (more > 0)}."


def _told(name, values):
    """Say a curve in words.

    >>> _told("Training", [3.0, 1.0, 2.0])
    'Training: 3 in epoch 1, 2 in epoch 3; 1 to 3.'
    """
    values = np.array(values, "float64")
    first, last = f"{values[0]:.4g}", f"{values[-1]:.4g}"
    finite = values[np.isfinite(values)]
    said = f"{name}: {first} in epoch 1, {last} in epoch {len(values)}"
    if not finite.size:
        return f"{said}."
    low, high = f"{finite.min():.4g}", f"{finite.max():.4g}"
    more = "" if finite.size == values.size else "; some are not finite"
    return f"{said}; {low} to {high}{more}."
