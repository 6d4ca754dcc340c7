"""What each stage of a fine-tuning moved, as a table for a terminal."""

from collections import Counter

from rich.console import Console
from rich.table import Table


def printed(stages, variables=False):
    """Return the tables of all stages as they are printed.

    Args:
        stages: As in stages.json.
        variables: Whether every variable has a line, or every rate.
    """
    console = Console()
    with console.capture() as text:
        for stage in stages:
            console.print((every_variable if variables else summary)(stage))
    return text.get()


def summary(stage):
    """Return a table of a stage: a line for each row of its table of rates.

    What a row trains and what of it has to stay, as moving statistics do, are
    two lines.

    Args:
        stage: One of those in stages.json.
    """
    table = _table(
        stage, "variables", "rate ×", "count", "expected", "change", "verdict"
    )
    groups = {}
    for row in stage["variables"]:
        key = (row.get("row"), row["multiplier"], row["expected"])
        groups.setdefault(key, []).append(row)
    for (expression, rate, expected), rows in groups.items():
        table.add_row(
            "others" if expression is None else expression,
            _rate(rate),
            str(len(rows)),
            expected,
            _span([row["change"] for row in rows]),
            ", ".join(
                f"{count} {verdict}"
                for verdict, count in Counter(
                    row["verdict"] for row in rows
                ).items()
            ),
        )
    return table


def every_variable(stage):
    """Return a table of a stage: a line for each variable.

    Args:
        stage: One of those in stages.json.
    """
    table = _table(stage, "variable", "rate ×", "change", "verdict")
    for row in stage["variables"]:
        table.add_row(
            row["path"],
            _rate(row["multiplier"]),
            _span([row["change"]]),
            row["verdict"],
        )
    return table


def _table(stage, *heads):
    first, last = stage["epochs"]
    epochs = f"epoch {first}" if first == last else f"epochs {first} to {last}"
    title = f"stage {stage['stage']}, {epochs}"
    table = Table(title=title, title_justify="left")
    for head in heads:
        table.add_column(head, overflow="fold")
    return table


def _rate(rate):
    return "" if rate is None else f"{rate:g}"


def _span(changes):
    """Write the smallest and the largest change; of a digest there is none.

    >>> _span([0.5, 0.125, 0.25]), _span([0.0, 0.0]), _span([0.0, None])
    ('0.12 to 0.5', '0', '0 to ?')
    """
    numbers = sorted(change for change in changes if change is not None)
    ends = [f"{number:.2g}" for number in numbers[:1] + numbers[-1:]]
    if len(numbers) < len(changes):
        ends = [*ends[:1], "?"]
    return " to ".join(dict.fromkeys(ends))
