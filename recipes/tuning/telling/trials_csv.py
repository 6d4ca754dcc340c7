"""trials.csv: one line per trial, for other programs."""

import csv
import io

from callbacks.disk import write_whole
from recipes.tuning.telling.printed import epochs

NAME = "trials.csv"
BEFORE = ("trial", "ended", "score")
AFTER = ("epochs", "seconds", "peak_memory")
EXTRA = {"fitted_batch_size": "batch_size", "halved": "halved"}
OURS = {*BEFORE, *AFTER, *EXTRA, "message"}
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(path, trials, places):
    """Write trials.csv whole, if it does not say this already.

    Args:
        path: The sweep's folder.
        trials: Dicts, as `Sweep.trials` has them.
        places: The `Place` of each range.
    """
    found = text(trials, places)
    file = path / NAME
    if file.exists() and file.read_bytes() == found.encode():
        return
    write_whole(file, found, wait=False)


def text(trials, places):
    """Return the lines: a header, and one for each trial.

    Columns: `trial`, `ended` (empty while it runs), `score`, each metric,
    `epochs` (of all fits together), `seconds`, `peak_memory` in bytes, each
    range by its path (empty where another option was chosen; `recipe/` before
    a path that a column has already), and `message`. Where memory ran out
    also `fitted_batch_size` and `halved`. A text that a spreadsheet would
    take for a formula has an apostrophe before it; numbers are as they were,
    to the last digit.
    """
    metrics = _names(t.get("metrics") or {} for t in trials)
    extra = EXTRA if any(t.get("out_of_memory") for t in trials) else {}
    taken = OURS | set(metrics)
    named = {
        f"recipe/{place.path}" if place.path in taken else place.path: place
        for place in places
    }
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([*BEFORE, *metrics, *AFTER, *extra, *named, "message"])
    for trial in trials:
        measured = trial.get("metrics") or {}
        lacking = trial.get("out_of_memory") or {}
        row = [
            trial["trial"],
            trial["ended"],
            trial["score"],
            *(measured.get(name) for name in metrics),
            epochs(trial),
            trial.get("seconds"),
            trial.get("peak_memory"),
            *(lacking.get(name) for name in extra.values()),
            *(place.value(trial["values"]) for place in named.values()),
            " ".join(str(trial.get("message") or "").split()),
        ]
        writer.writerow([_cell(value) for value in row])
    return file.getvalue()


def _names(dictionaries):
    """Return all keys, each once, in the order of their first sight."""
    return list(dict.fromkeys(name for each in dictionaries for name in each))


def _cell(value):
    """Return what is written; a text is never a formula.

    >>> _cell("=1+1"), _cell("-0.5"), _cell(-0.5), _cell(None)
    ("'=1+1", '-0.5', -0.5, '')
    """
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(FORMULA):
        return value if _is_number(value) else f"'{value}"
    if isinstance(value, (list, tuple)):
        return " ".join(map(str, value))
    return value


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True
