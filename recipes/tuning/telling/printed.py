"""Tables of a sweep, for a terminal: its space, and its trials."""

import statistics

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from recipes.tuning.ranges import short

WIDTH = 100  # of a table that is printed as text


class Printed:
    """A table that prints itself: as text, or on a Rich console as it is.

    Args:
        table: A `rich.table.Table`.
    """

    def __init__(self, table):
        self.table = table

    def __rich__(self):
        return self.table

    def __repr__(self):
        return text(self.table)


def text(renderable, width=WIDTH):
    """Return what Rich would print, without colors."""
    console = Console(width=width, color_system=None, highlight=False)
    with console.capture() as captured:
        console.print(renderable)
    lines = captured.get().splitlines()
    return "\n".join(line.rstrip() for line in lines)


def space_table(places):
    """Return the table of a space: a line for each range.

    Args:
        places: What `ranges.places` returns.
    """
    table = Table(box=None, header_style="bold", pad_edge=False)
    for head in ("path", "kind", "range", "scale"):
        table.add_column(head, no_wrap=head != "range", overflow="fold")
    for place in places:
        chosen = [f"{path} = {label}" for path, label in place.under]
        lines = [place.path, *(f"  only with {each}" for each in chosen)]
        cells = "\n".join(lines), place.kind, str(place), place.scale
        table.add_row(*map(Text, cells))
    return Printed(table)


def trial_table(trials, places, objective):
    """Return the table of trials: a line for each.

    Where a column for each range would not go into 100 letters, one column
    has them all.

    Args:
        trials: Dicts, as `Sweep.trials` has them.
        places: Of the sweep's recipe.
        objective: Name of the score.
    """
    names = short([place.path for place in places])
    rows = [[number(p.value(t["values"])) for p in places] for t in trials]
    heads = list(names.values())
    needed = sum(
        2 + max(len(cell) for cell in column)
        for column in zip(heads, *rows, strict=True)
    )
    score = objective.removeprefix("validation_")
    trained = "trained" if "epochs" in heads else "epochs"
    around = ["trial", f"val {score}"], [trained, "s", "MB", "ended"]
    wide = needed + len(" ".join(around[0] + around[1])) + 20 > WIDTH
    table = Table(box=None, header_style="bold", pad_edge=False)
    for head in (*around[0], *(["values"] if wide else heads), *around[1]):
        right = head in (trained, "s", "MB", around[0][1])
        table.add_column(
            Text(head),
            justify="right" if right else "left",
            no_wrap=head not in ("values", "ended"),
            overflow="fold",
        )
    for trial, row in zip(trials, rows, strict=True):
        if wide:
            row = [_folded(trial["values"], places)]
        cells = [
            trial["trial"],
            number(trial.get("score")),
            *row,
            number(epochs(trial)),
            number(trial.get("seconds")),
            megabytes(trial.get("peak_memory")),
            trial["ended"] or "not yet",
        ]
        table.add_row(*map(Text, cells))
    return Printed(Group(table, *map(Text, _messages(trials))))


def _messages(trials):
    """Return a line for each message, with the trials that it is of."""
    of = {}
    for trial in trials:
        if trial.get("message"):
            of.setdefault(how(trial), []).append(trial["trial"])
    found = [
        f"trial {', '.join(names)}: {words}" for words, names in of.items()
    ]
    return ["", *found] if found else []


def pairs(values, places):
    """Return a trial's values on one line.

    >>> from recipes import Float
    >>> from recipes.tuning.ranges import Place
    >>> pairs({"rate": 0.25}, [Place("rate", Float(0, 1))])
    'rate 0.25'
    """
    names = short([place.path for place in places])
    found = [(names[p.path], p.value(values)) for p in places]
    return "  ".join(f"{n} {number(v)}" for n, v in found if v is not None)


def _folded(values, places, width=46):
    """Return `pairs` on several lines, none broken within a pair."""
    lines = [""]
    for pair in pairs(values, places).split("  "):
        longer = f"{lines[-1]}  {pair}".strip()
        if len(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(pair)
    return "\n".join(lines)


def number(value):
    """Return a value with four digits; "" for None.

    >>> number(0.123456), number(12), number(None), number("relu")
    ('0.1235', '12', '', 'relu')
    """
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def megabytes(count):
    """Return bytes as whole megabytes.

    >>> megabytes(734_003_200)
    '734'
    """
    return "" if count is None else f"{count / 1e6:.0f}"


def epochs(trial):
    """Return the epochs of a trial, of all its fits together.

    >>> epochs({"epochs": [10, 12]}), epochs({})
    (22, None)
    """
    found = trial.get("epochs")
    if isinstance(found, list):
        found = [each for each in found if each is not None]
        return sum(found) if found else None
    return found


def how(trial):
    """Return how a trial ended, and why, on one line.

    >>> how({"ended": "diverged", "message": "NaN  at step 3"})
    'diverged: NaN at step 3'
    """
    ended = trial["ended"] or "not yet"
    message = " ".join(str(trial.get("message") or "").split())
    if not message:
        return ended
    message = message.removeprefix("The run diverged: ")
    return f"{ended}: {message}"


def median_seconds(trials):
    """Return the median of what a finished trial took, or None."""
    found = [t["seconds"] for t in trials if t["ended"] and t.get("seconds")]
    return statistics.median(found) if found else None
