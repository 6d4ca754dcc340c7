"""The picture of a tune: the score by decision, over time."""

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from recipes.lettering import AS_IS, families, one_line
from recipes.plots import INK, TRAIN, VALIDATION

GRID = "#bbbbbb"


def figure(about, decisions):
    """Draw each decision's score over the seconds at which it was made.

    Args:
        about: What tune.json says.
        decisions: A dict for each, in their order.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    drawn = Figure((8.4, 4.6), layout="constrained")
    FigureCanvasAgg(drawn)
    axes = drawn.add_subplot()
    spent, said, shown = 0.0, set(), []
    for number, each in enumerate(decisions, 1):
        spent += each["seconds"]
        mean = each["numbers"].get("mean")
        if mean is None or each["title"] in ("choice", "one change at a time"):
            continue
        shown.append((spent, mean, number, each))
        color, marker, words = _style(each)
        axes.errorbar(
            spent,
            mean,
            yerr=each["numbers"].get("deviation"),
            color=color,
            marker=marker,
            markersize=7,
            capsize=3,
            linestyle="none",
            label=None if words in said else words,
        )
        said.add(words)
        axes.annotate(
            one_line(each["title"], f"decision {number}", 24),
            (spent, mean),
            xytext=(4, 6),
            textcoords="offset points",
            rotation=35,
            fontsize=7,
            color=INK,
            family=families(),
            **AS_IS,
        )
    given = about["given"]
    if given:
        axes.axhline(
            given["mean"],
            color=INK,
            linestyle=":",
            linewidth=1,
            label=f"as given: {given['mean']:.4g}",
        )
    if not shown:
        axes.text(
            0.5,
            0.5,
            "no recipe was trained with several seeds",
            ha="center",
            transform=axes.transAxes,
            color=INK,
        )
    elif _logarithmic([mean for _, mean, _, _ in shown]):
        axes.set_yscale("log")
    axes.margins(x=0.12, y=0.18)
    axes.set_xlabel("seconds spent")
    words = f"{about['objective']} on validation"
    axes.set_ylabel(one_line(words, "score", 40), family=families(), **AS_IS)
    name = one_line(about["data"]["name"], "the data", 40)
    axes.set_title(f"Tuning on {name}", family=families(), **AS_IS)
    axes.grid(alpha=0.25)
    if shown:
        axes.legend(fontsize=8, loc="best")
    return drawn


def _style(decision):
    """Return (color, marker, words) of a decision with a score."""
    if decision["folder"] == "best":
        return VALIDATION, "*", "the winner"
    kept = decision["kept"]
    if kept is None:
        return TRAIN, "s", "over seeds"
    return (TRAIN, "o", "kept") if kept else (GRID, "x", "dropped")


def _logarithmic(means):
    return min(means) > 0 and max(means) > 8 * min(means)
