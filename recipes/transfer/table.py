"""Tables: rows of (regular expression on paths, multiplier), and stages."""

import difflib
import math
import re

from recipes.errors import RecipeError
from recipes.transfer.strategies import HEAD, Stage, Strategy


def table(given, *, stages):
    """Take stages of your own.

    Args:
        given: See `Given`.
        stages: A list of (name, fraction of the epochs, rows), the fractions
            adding up to 1; a row is (regular expression, multiplier), and
            `"^head"` stands for all that is not the backbone's.

    Raises:
        RecipeError: For what is none of these.

    Example:

    >>> from recipes.transfer.strategies import Given
    >>> rows = [("^head", 1), ("block[45]", 0.1), (".*", 0)]
    >>> given = Given(("block",), head="^(?!block)")
    >>> table(given, stages=[("one", 1.0, rows)]).stages[0].table
    (('^(?!block)', 1.0), ('block[45]', 0.1), ('.*', 0.0))
    """
    if not isinstance(stages, (tuple, list)) or not stages:
        raise _wrong("stages", stages)
    made = []
    for stage in stages:
        if not isinstance(stage, (tuple, list)) or len(stage) != 3:
            raise _wrong("stages", stage)
        name, fraction, rows = stage
        if not isinstance(name, str) or not _number(fraction) or fraction <= 0:
            raise _wrong("stages", stage)
        rows = tuple(
            (given.head if expression == HEAD else expression, rate)
            for expression, rate in checked(rows)
        )
        made.append(Stage(name, rows, float(fraction)))
    total = sum(stage.fraction for stage in made)
    if abs(total - 1) > 1e-6:
        raise RecipeError(
            "`strategy/stages`: the fractions of the epochs must add up to 1. "
            f"Received: {total:g}"
        )
    words = f"{len(made)} stage{'s' * (len(made) != 1)} of your own"
    return Strategy("table", tuple(made), words)


def _wrong(name, value):
    return RecipeError(
        f"`strategy/{name}` must be a list of (name, fraction of the epochs, "
        "rows), a row being (regular expression, multiplier). "
        f"Received: {value!r}"
    )


def checked(rows):
    """Return rows as a table, or refuse what is none.

    Raises:
        RecipeError: For a row that is no pair, an expression that cannot be
            read, or a multiplier that is no number of at least 0.
    """
    if not isinstance(rows, (tuple, list)) or not rows:
        raise _wrong("stages", rows)
    for row in rows:
        if not isinstance(row, (tuple, list)) or len(row) != 2:
            raise _wrong("stages", row)
        expression, multiplier = row
        try:
            re.compile(expression)
        except (re.error, TypeError) as error:
            raise RecipeError(
                "A row's expression must be a regular expression "
                f"({error}). Received: {expression!r}"
            ) from error
        if not _number(multiplier) or not 0 <= multiplier < math.inf:
            raise RecipeError(
                "A row's multiplier must be a number of at least 0; 0 is "
                f"frozen. Received: {multiplier!r} for {expression!r}"
            )
    return tuple((e, float(m)) for e, m in rows)


def multipliers(paths, table, constants=()):
    """Return path → multiplier; see `rows_for`.

    >>> multipliers(["stem/bias", "head/bias"], [("^head", 1), (".*", 0)])
    {'stem/bias': 0.0, 'head/bias': 1.0}
    """
    found = rows_for(paths, table, constants)
    return {
        path: None if row is None else row[1] for path, row in found.items()
    }


def rows_for(paths, table, constants=()):
    """Return the row of each path: the first that matches.

    A row matches a path that has its expression anywhere (`re.search`); `^`
    and `$` hold it to the ends.

    Args:
        paths: Of variables that could be trained: each must have a row.
        table: Rows of (regular expression, multiplier).
        constants: Paths of others, that need no row: None where none matches.

    Returns:
        Path → (regular expression, multiplier).

    Raises:
        RecipeError: For a row that decides nothing, with the nearest paths,
            or paths without a row.

    Example:

    >>> rows_for(["stem/bias"], [("stem", 0.1)])
    {'stem/bias': ('stem', 0.1)}
    """
    table = checked(table)
    every = [*paths, *constants]
    row_of = {path: _first(table, path) for path in every}
    for index, (expression, _) in enumerate(table):
        if index not in row_of.values():
            raise RecipeError(_nothing(expression, every))
    missing = [path for path in paths if row_of[path] is None]
    if missing:
        raise RecipeError(
            f"{len(missing)} variables match no row of the table: "
            f"{', '.join(missing[:5])}. Add rows for them, or a last one: "
            "('.*', 0) freezes the rest. "
            f"Received: {', '.join(_short(e) for e, _ in table)}"
        )
    return {p: None if i is None else table[i] for p, i in row_of.items()}


def _short(expression, most=40):
    """Cut the head's expression, which names all layers of a backbone."""
    cut = "…" if len(expression) > most else ""
    return f"{expression[:most]!r}{cut}"


def _first(table, path):
    for index, (expression, _) in enumerate(table):
        if re.search(expression, path):
            return index
    return None


def _nothing(expression, paths):
    taken = [path for path in paths if re.search(expression, path)]
    if taken:
        return (
            f"The expression {expression!r} decides nothing: earlier rows "
            f"match all that it does, such as {taken[0]}. Move it up, or "
            "leave it out."
        )
    return (
        f"The expression {expression!r} matches no variable. The nearest: "
        f"{', '.join(_nearest(expression, paths))}."
    )


def _nearest(expression, paths, count=3):
    """Return the paths that hold what is most like an expression."""
    words = re.sub(r"[^\w/]", "", expression) or expression
    matcher = difflib.SequenceMatcher(b=words)

    def likeness(path):
        ratios = []
        for found in re.finditer(r"[A-Za-z0-9]+", path):
            matcher.set_seq1(path[found.start() :][: len(words)])
            ratios.append(matcher.ratio())
        return max(ratios, default=0.0)

    return sorted(paths, key=likeness, reverse=True)[:count]


def epochs_of(stages, epochs):
    """Share the epochs of a run among its stages, each at least 1.

    Raises:
        RecipeError: For fewer epochs than stages.

    Example:

    >>> epochs_of([Stage("a", (), 0.1), Stage("b", (), 0.9)], 20)
    [2, 18]
    """
    if epochs < len(stages):
        raise RecipeError(
            f"The strategy has {len(stages)} stages of at least one epoch; "
            f"set `epochs` to at least that. Received: {epochs}"
        )
    ends, part = [], 0.0
    for done, stage in enumerate(stages, 1):
        part += stage.fraction
        least = ends[-1] + 1 if ends else 1
        most = epochs - (len(stages) - done)
        ends.append(min(max(round(part * epochs), least), most))
    ends[-1] = epochs
    return [e - b for e, b in zip(ends, [0, *ends[:-1]], strict=True)]


def _number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)
