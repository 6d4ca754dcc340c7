"""The table of benchmarks/evidence.py, from its rows and the stored scores."""

import statistics

from evidence_excused import EXCUSED
from evidence_tasks import TASKS

from recipes.part import Part
from recipes.resolve import resolve

HEAD = "## The table"
_KEYS = {}


def in_words(fields):
    """Return fields as text.

    Example:

    >>> in_words({"dropout": 0.2, "optimizer": Part("sgd", momentum=0.9)})
    'dropout=0.2, optimizer=sgd(momentum=0.9)'
    """
    return ", ".join(f"{k}={_value(v)}" for k, v in fields.items()) or "as is"


def _value(value):
    if isinstance(value, Part):
        inside = ", ".join(f"{k}={_value(v)}" for k, v in value.config.items())
        return f"{value.name}({inside})" if inside else value.name
    if isinstance(value, (tuple, list)):
        comma = "," if len(value) == 1 else ""
        return f"({', '.join(map(_value, value))}{comma})"
    return f"{value:g}" if isinstance(value, float) else str(value)


def key(task, fields):
    """Return what a fit is stored under: the fields that are not the task's.

    Two rows whose twins are the task's own recipe share its fits.
    """
    said = task, in_words(fields)
    if said not in _KEYS:
        _KEYS[said] = in_words(_changed(TASKS[task].recipe, fields))
    return _KEYS[said]


def _changed(base, fields):
    known = {k: v for k, v in fields.items() if hasattr(base, k)}
    there = base.replace(**known)
    if len(known) == len(fields) and resolve(there) == resolve(base):
        return {}
    return {
        k: v
        for k, v in fields.items()
        if k not in known or getattr(there, k) != getattr(base, k)
    }


def scores_of(stored, row, seeds):
    """Return (with it, without it), a score for each seed; or None."""
    fits = stored["fits"].get(row.task, {})
    keys = (key(row.task, fields) for fields in (row.fields, row.twin))
    found = [fits.get(name, {}) for name in keys]
    if not all(str(seed) in fit for fit in found for seed in seeds):
        return None
    return [[fit[str(seed)] for seed in seeds] for fit in found]


def verdict(these, those):
    """Return (gains, word): paired differences, and what they say.

    A gain is beyond the noise where its mean is more than twice its standard
    error, deviation / √seeds, away from 0. A score of None is a fit that has
    diverged; its seed has no gain.
    """
    pairs = zip(these, those, strict=True)
    gains = [a - b for a, b in pairs if None not in (a, b)]
    lost = [scores.count(None) for scores in (these, those)]
    if any(lost):
        words = [
            f"{who} diverges in {n} of {len(these)}"
            for who, n in zip(("it", "the twin"), lost, strict=True)
            if n
        ]
        if all(lost):
            return gains, "; ".join(words)
        return gains, f"{'hurts' if lost[0] else 'helps'}: {words[0]}"
    if len(gains) < 2:
        return gains, "one seed says nothing"
    mean = statistics.mean(gains)
    if abs(mean) <= 2 * statistics.stdev(gains) / len(gains) ** 0.5:
        return gains, "no difference beyond the noise"
    return gains, "**helps**" if mean > 0 else "**hurts**"


def spread(values, form=".1f"):
    """Return mean ± deviation; nothing of no values."""
    values = [v for v in values if v is not None]
    if not values:
        return ""
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return f"{statistics.mean(values):{form}} ± {deviation:{form.lstrip('+')}}"


def line(row, stored, seeds):
    """Return one row of the table."""
    recipe = TASKS[row.task].recipe
    what = [row.id, f"`{row.name}`", row.task, str(recipe.epochs)]
    what += [f"`{in_words(fields)}`" for fields in (row.fields, row.twin)]
    found = scores_of(stored, row, seeds)
    if found is None:
        return _cells(*what, "", "", "", "not measured")
    gains, word = verdict(*found)
    return _cells(*what, *map(spread, found), spread(gains, "+.2f"), word)


def _cells(*cells):
    return f"| {' | '.join(cells)} |"


def text(rows, stored):
    """Return the part of docs/evidence.md that is made by the command."""
    seeds = range(stored["seeds"])
    measured = [r for r in rows if scores_of(stored, r, seeds)]
    about = stored["about"]
    lines = [
        HEAD,
        "",
        f"{len(measured)} of {len(rows)} rows measured, {len(seeds)} seeds, "
        f"{about['backend']} on {about['device']}, Keras {about['keras']}, "
        f"Python {about['python']}; {stored['seconds'] / 60:.0f} minutes of "
        "one process on a shared machine. Accuracy in percent of the test "
        "split, gain in percentage points, mean ± deviation over the seeds.",
        "",
    ]
    lines += [f"- **{n}**: {t.words}." for n, t in TASKS.items()] + [""]
    lines.append(
        _cells(
            *("id", "technique", "task", "epochs", "with", "the twin"),
            *("with, %", "twin, %", "gain", "in a word"),
        )
    )
    lines.append("|" + "---|" * 10)
    ordered = sorted(rows, key=lambda row: _place(row.id))
    lines += [line(row, stored, seeds) for row in ordered]
    for at, why, names in EXCUSED:
        named = ", ".join(f"`{name}`" for name in names)
        lines.append(_cells(at, named, *[""] * 7, f"no number: {why}"))
    return "\n".join(lines) + "\n"


def _place(name):
    letter, number = name[0], name[1:]
    return "ABCDEFGHN".index(letter), int(number or 99)


def excused():
    """Return the names that need no gain."""
    return {name for *_, names in EXCUSED for name in names}
