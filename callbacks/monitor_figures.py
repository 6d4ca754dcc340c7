"""Pictures of what monitors have recorded, drawn without a display."""

import numpy as np
from matplotlib import colormaps
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

INK, BARS = "#555555", "#4477aa"
LAYERS, LOOKS = 12, 6
PLAIN = {"parse_math": False}  # a layer may be called $x$


def histograms(records):
    """Draw histograms of activations: a row per layer, a column per look.

    Args:
        records: Of an `ActivationMonitor`.

    Returns:
        A `matplotlib.figure.Figure`.

    Raises:
        ValueError: For no records, or none of a layer.
    """
    _check(records)
    looks = [records[i] for i in _spread(len(records), LOOKS)]
    names = list(records[-1]["layers"])
    names = [names[i] for i in _spread(len(names), LAYERS)]
    size = 1.6 + 1.5 * len(looks), 0.7 + 1.0 * len(names)
    figure = _figure(*size)
    grid = figure.subplots(len(names), len(looks), squeeze=False)
    for name, row in zip(names, grid, strict=True):
        for record, axes in zip(looks, row, strict=True):
            found = record["layers"].get(name)
            if found is not None:
                _bars(axes, found)
            axes.set_yticks([])
            axes.tick_params(labelsize=6)
        row[0].set_ylabel(
            name, fontsize=7, rotation=0, ha="right", va="center", **PLAIN
        )
    for record, axes in zip(looks, grid[0], strict=True):
        axes.set_title(_moment(record, records), fontsize=8)
    return figure


def norms(records):
    """Draw the norm of each layer's gradient by look, on a log axis.

    Args:
        records: Of a `GradientMonitor`.

    Returns:
        A `matplotlib.figure.Figure`.

    Raises:
        ValueError: For no records, or none of a layer.
    """
    _check(records)
    names = list(records[-1]["layers"])
    figure = _figure(7.5, 4.0)
    axes = figure.add_subplot()
    places = _times(records)
    shades = colormaps["viridis"](np.linspace(0, 0.9, len(names)))
    for name, color in zip(names, shades, strict=True):
        found = [r["layers"].get(name, {}).get("gradient") for r in records]
        # A norm of 0 has no place on the axis.
        axes.plot(
            places,
            [value or np.nan for value in found],
            color=color,
            marker="o",
            markersize=2.5,
            linewidth=1.3,
        )
    axes.set_yscale("log")
    axes.xaxis.set_major_locator(
        MaxNLocator("auto", integer=True, min_n_ticks=1)
    )
    axes.set_xlabel("epoch")
    axes.set_ylabel("norm of the gradient")
    axes.grid(alpha=0.25)
    legend = axes.legend(
        axes.lines[:20],
        names[:20],
        frameon=False,
        fontsize=7,
        loc="upper left",
        bbox_to_anchor=(1.0, 1.0),
    )
    for text in legend.get_texts():
        text.set_parse_math(False)
    return figure


def _bars(axes, found):
    edges = np.array(found["edges"])
    counts = np.array(found["histogram"])
    share = counts / max(1, counts.sum())
    axes.bar(edges[:-1], share, np.diff(edges), align="edge", color=BARS)
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(0, max(1e-3, share.max()) * 1.05)
    said = {"saturated": found["saturated"], "dead": found["dead"]}
    for word, value in said.items():
        if value is not None:
            axes.text(
                0.97,
                0.92,
                f"{value:.0%} {word}",
                transform=axes.transAxes,
                ha="right",
                va="top",
                fontsize=6,
                color=INK,
            )


def _times(records):
    """Return the place of each look on an axis of epochs done."""
    most = max([record["step"] or 1 for record in records] + [1])
    return [
        0.0
        if record["epoch"] == 0
        else record["epoch"] - 1 + (record["step"] or most) / most
        for record in records
    ]


def _moment(record, records):
    if record["epoch"] == 0:
        return "before"
    several = len({each["epoch"] for each in records}) < len(records)
    step = f", step {record['step']}" if several else ""
    return f"epoch {record['epoch']}{step}"


def _spread(count, most):
    """Return at most so many places of a list, the first and last too."""
    return sorted(
        {round(i) for i in np.linspace(0, count - 1, min(most, count))}
    )


def _check(records):
    if not records or not records[-1]["layers"]:
        raise ValueError(
            "There is nothing to draw: fit a model with this callback first; "
            "it records layers with activations, or with weights that train. "
            f"Received: {len(records)} records"
        )


def _figure(width, height):
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure
