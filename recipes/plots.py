"""Pictures with matplotlib, drawn without a display."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from recipes.lettering import AS_IS, families, one_line

TRAIN, VALIDATION, INK = "#4477aa", "#cc6677", "#555555"
SEEN = 2000  # points that matplotlib looks through fast


def curves(history, best_epoch, model_epoch=None, stages=()):
    """Draw loss and metrics, train against validation, the best epoch marked.

    Args:
        history: Name → one number per epoch.
        best_epoch: The epoch with the best validation score, from 1.
        model_epoch: The epoch whose weights the model has, if another.
        stages: (name, first epoch) of each stage of a fine-tuning.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    names = [n for n in history if f"val_{n}" in history]
    names.sort(key=lambda name: name != "loss")
    stages = stages if len(stages) > 1 else ()
    figure = _figure(1.0 + 4.2 * len(names), 4.1 if stages else 3.6)
    for place, name in enumerate(names, 1):
        axes = figure.add_subplot(1, len(names), place)
        epochs = np.arange(1, len(history[name]) + 1)
        dot = {"marker": "o", "markersize": 2.5, "linewidth": 1.4}
        axes.plot(epochs, history[name], color=TRAIN, label="train", **dot)
        best = history[f"val_{name}"][best_epoch - 1]
        axes.plot(
            epochs,
            history[f"val_{name}"],
            color=VALIDATION,
            label="validation",
            **dot,
        )
        line = {"color": INK, "linewidth": 0.8, "linestyle": ":"}
        if model_epoch in (None, best_epoch):
            axes.axvline(best_epoch, **line)
        else:
            words = f"the model's weights: epoch {model_epoch}"
            axes.axvline(model_epoch, label=words, **line)
        axes.plot(
            [best_epoch],
            [best],
            marker="o",
            markersize=8,
            fillstyle="none",
            color=INK,
            linestyle="none",
            label=f"best epoch {best_epoch}: {best:.4g}",
        )
        for number, (stage, first) in enumerate(stages, 1):
            axes.axvline(first - 0.5, color=INK, linewidth=0.6)
            axes.annotate(
                one_line(stage, f"stage {number}"),
                (first - 0.5, 0.97),
                xycoords=("data", "axes fraction"),
                xytext=(3, 0),
                textcoords="offset points",
                rotation=90,
                va="top",
                fontsize=7,
                color=INK,
                bbox={"facecolor": "white", "alpha": 0.8, "pad": 1, "lw": 0},
                family=families(),
                **AS_IS,
            )
        if name == "loss" and _positive(history[name], history["val_loss"]):
            axes.set_yscale("log")
        axes.set_xlim(0.5, len(epochs) + 0.5)
        axes.xaxis.set_major_locator(
            MaxNLocator("auto", integer=True, min_n_ticks=1)
        )
        axes.set_xlabel("epoch")
        axes.set_title(
            one_line(name, f"metric {place}"), family=families(), **AS_IS
        )
        axes.grid(alpha=0.25)
        below = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.17)}
        below["ncols"] = 2
        # Within the axes it would lie over the names of the stages.
        where = below if stages else {"loc": corner(len(epochs))}
        axes.legend(frameon=False, fontsize=8, **where)
    return figure


def corner(points):
    """Return where a legend lies: the emptiest corner, of few points.

    >>> corner(100), corner(20000)
    ('best', 'upper right')
    """
    return "best" if points <= SEEN else "upper right"


def confusion(truth, predicted, class_names):
    """Draw how often each class was taken for each.

    Args:
        truth: Class numbers.
        predicted: Class numbers.
        class_names: Names in the order of the numbers.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    count = len(class_names)
    matrix = np.zeros((count, count), "int64")
    np.add.at(matrix, (truth, predicted), 1)
    share = matrix / np.maximum(1, matrix.sum(axis=1, keepdims=True))
    side = min(14.0, 2.6 + 0.42 * count)
    figure = _figure(side + 0.6, side)
    axes = figure.add_subplot()
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    if count <= 30:
        for (row, column), number in np.ndenumerate(matrix):
            if number:
                dark = share[row, column] > 0.5
                axes.text(
                    column,
                    row,
                    str(number),
                    ha="center",
                    va="center",
                    fontsize=8,
                    color="white" if dark else "black",
                )
        names = [one_line(n, f"class {i}") for i, n in enumerate(class_names)]
        tilted = {"rotation": 45, "ha": "right"}
        family = {"family": families()}
        axes.set_xticks(range(count), names, **tilted, **family, **AS_IS)
        axes.set_yticks(range(count), names, **family, **AS_IS)
    wrong = int(matrix.sum() - np.trace(matrix))
    axes.set_title(f"test: {wrong} of {matrix.sum()} wrong")
    axes.set_xlabel("predicted")
    axes.set_ylabel("true")
    return figure


def labels(truth, predicted, names):
    """Draw the F1 of each label; of more than 40 those with the lowest.

    Args:
        truth: Rows of 0 and 1 (rows, labels).
        predicted: Such rows too.
        names: Names in the order of the columns.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    right = (truth * predicted).sum(axis=0)
    f1 = 2 * right / np.maximum(1, (truth + predicted).sum(axis=0))
    shown = np.sort(np.argsort(f1, kind="stable")[:40])
    figure = _figure(6.0, 1.4 + 0.28 * len(shown))
    axes = figure.add_subplot()
    bars = axes.barh(range(len(shown)), f1[shown], color=TRAIN)
    words = [f"{f1[i]:.2f}, {truth[:, i].sum()} rows" for i in shown]
    axes.bar_label(bars, words, padding=3)
    words = [one_line(names[i], f"label {i}") for i in shown]
    axes.set_yticks(range(len(shown)), words, family=families(), **AS_IS)
    axes.invert_yaxis()
    axes.set(xlim=(0, 1.3), title="test: F1 per label, and its rows")
    return figure


def predictions(truth, predicted, names=None):
    """Draw predicted against true numbers, one panel a target.

    Args:
        truth: Numbers (rows, targets).
        predicted: Numbers (rows, targets).
        names: Of the targets, or None for their numbers.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    targets = min(4, truth.shape[1])
    figure = _figure(0.6 + 4.0 * targets, 4.0)
    for i in range(targets):
        axes = figure.add_subplot(1, targets, i + 1)
        axes.scatter(truth[:, i], predicted[:, i], s=10, color=TRAIN, alpha=0.7)
        both = np.concatenate([truth[:, i], predicted[:, i]])
        ends = [both.min(), both.max()]
        axes.plot(ends, ends, color=INK, linewidth=0.8, linestyle=":")
        axes.set_xlabel("true")
        axes.set_ylabel("predicted")
        said = one_line(names[i], f"target {i}") if names else f"target {i}"
        title = "test" if targets == 1 else f"test, {said}"
        axes.set_title(title, family=families(), **AS_IS)
        axes.grid(alpha=0.25)
    return figure


def folds(scores, metrics):
    """Draw each fold's score and the mean ± deviation, one panel a metric.

    Args:
        scores: Name → number, one dictionary per fold.
        metrics: Name → (mean, deviation).

    Returns:
        A `matplotlib.figure.Figure`.
    """
    figure = _figure(0.6 + 2.8 * len(metrics), 3.2)
    for place, (name, (mean, deviation)) in enumerate(metrics.items(), 1):
        axes = figure.add_subplot(1, len(metrics), place)
        axes.axhspan(mean - deviation, mean + deviation, color=INK, alpha=0.12)
        axes.axhline(mean, color=INK, linewidth=0.8, linestyle=":")
        values = [score[name] for score in scores]
        axes.plot(range(1, len(values) + 1), values, "o", color=TRAIN)
        axes.xaxis.set_major_locator(MaxNLocator("auto", integer=True))
        axes.set_xlabel("fold")
        title = one_line(name, f"metric {place}")
        axes.set_title(f"{title} {mean:.4g} ± {deviation:.2g}", **AS_IS)
    return figure


def save(figure, path):
    """Write a figure as PNG."""
    figure.savefig(path, dpi=120)


def _positive(*series):
    numbers = np.concatenate([np.asarray(s, "float64") for s in series])
    numbers = numbers[np.isfinite(numbers)]
    return numbers.size > 0 and numbers.min() > 0


def _figure(width, height):
    figure = Figure((width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure
