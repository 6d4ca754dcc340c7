"""What each layer gives, and how much of the gradient it gets."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from recipes.lettering import AS_IS, families, one_line
from recipes.plots import INK, TRAIN
from recipes.report.blocks import (
    figure,
    grid,
    listed,
    number,
    paragraph,
    table,
)
from recipes.report.markup import clean, joined, name
from recipes.report.svg import svg

MOST = 12  # layers with a picture; the first and last among them


def layers(looked):
    """Return the pictures and tables of a network on one batch.

    Args:
        looked: With `activations` and `gradients`, the `layers` of a record
            of each monitor; `words`, what the monitors found; `batch`, what
            they looked at.
    """
    found = looked.words
    said = listed(found) if found else paragraph("Nothing stands out.")
    pictures = [
        _histogram(layer, row, place)
        for place, (layer, row) in enumerate(_spread(looked.activations))
    ]
    kernels = {k: r for k, r in looked.gradients.items() if r["kernel"]}
    return joined(
        paragraph(f"On {looked.batch}, with the weights of the saved model."),
        said,
        _norms(kernels) if kernels else None,
        grid(*pictures) if pictures else None,
        _table(looked.activations),
    )


def _spread(rows):
    """Return at most so many layers, the first and last too."""
    items = list(rows.items())
    places = np.linspace(0, len(items) - 1, min(MOST, len(items)))
    return [items[i] for i in sorted({round(place) for place in places})]


def _histogram(layer, row, place):
    edges, values = np.array(row["edges"]), np.array(row["histogram"], float)
    share = values / max(1.0, values.sum())
    drawn, axes = _axes(3.7, 1.8)
    axes.bar(edges[:-1], share, np.diff(edges), align="edge", color=TRAIN)
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(0, max(1e-3, float(share.max())) * 1.1)
    axes.set_yticks([])
    title = one_line(f"{layer} ({row['activation']})", f"layer {place}", 40)
    axes.set_title(title, fontsize=10, family=families(), **AS_IS)
    words = (
        f"Activations of {clean(layer, 60)} ({row['activation']}): mean "
        f"{number(row['mean'])}, deviation {number(row['deviation'])}"
        f"{_shares(row)}."
    )
    title = f"Activations of {clean(layer, 60)}"
    return figure(svg(drawn, f"layer{place}", title, words), words)


def _shares(row):
    found = ""
    for word in ("saturated", "dead"):
        if row[word] is not None:
            found += f", {row[word]:.0%} {word}"
    return found


def _norms(rows):
    """Draw the gradient's norm by layer, first to last."""
    items = _spread(rows)
    drawn, axes = _axes(4.4, 0.9 + 0.26 * len(items))
    found = [row["gradient"] for _, row in items]
    values = np.array([np.nan if v is None else v for v in found])
    places = np.arange(len(items))
    axes.plot(values, places, "o", color=TRAIN, markersize=6)
    if np.isfinite(values).any():
        low = np.nanmin(values)
        # A power of ten lies within; 0 has no place on such an axis.
        wide = low > 0 and np.nanmax(values) > 10 * low
        if wide:
            axes.set_xscale("log")
            axes.xaxis.set_minor_formatter(NullFormatter())
        axes.hlines(places, 0.8 * low * wide, values, color=TRAIN)
    names = [one_line(n, f"layer {i}", 28) for i, (n, _) in enumerate(items)]
    axes.set_yticks(places, names, fontsize=8, family=families(), **AS_IS)
    axes.invert_yaxis()
    axes.grid(alpha=0.25, axis="x", color=INK)
    axes.set_title("norm of the gradient, first layer on top", fontsize=9)
    words = "Norm of the gradient: " + ", ".join(
        f"{clean(n, 60)} {number(row['gradient'])}" for n, row in items
    )
    title = "Norm of each layer's gradient"
    return grid(
        figure(svg(drawn, "gradient", title, f"{words}."), _ends(items)),
        class_="wide",
    )


def _ends(items):
    (first, a), (last, b) = items[0], items[-1]
    return (
        f"{clean(first, 60)} gets {number(a['gradient'])}, "
        f"{clean(last, 60)} {number(b['gradient'])}."
    )


def _table(rows):
    if not rows:
        return paragraph("No layer has an activation.")
    heads = ("layer", "activation", "units", "mean", "deviation", "dead")
    cells = [
        (
            name(layer),
            row["activation"],
            row["units"],
            number(row["mean"]),
            number(row["deviation"]),
            "" if row["dead"] is None else f"{row['dead']:.1%}",
        )
        for layer, row in list(rows.items())[:60]
    ]
    said = "Activations by layer"
    if len(rows) > 60:
        said += f", the first 60 of {len(rows)}"
    return table(heads, cells, said, numeric=(2, 3, 4, 5))


def _axes(width, height):
    drawn = Figure((width, height), layout="constrained")
    FigureCanvasAgg(drawn)
    return drawn, drawn.add_subplot()
