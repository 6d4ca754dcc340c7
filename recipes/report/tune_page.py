"""The page of a tuning: what was decided, in order, and what came of it."""

import functools

from recipes.errors import UserError
from recipes.report import verdict
from recipes.report.blocks import (
    code,
    fold,
    note,
    number,
    pairs,
    paragraph,
    table,
)
from recipes.report.markup import clean, joined, name, tag
from recipes.report.page import Section, lacking, page, parts
from recipes.report.sweep_page import winner_sections
from recipes.report.tune_scores import scores

STEPS, ROWS, COLUMNS = 200, 40, 20  # decisions; rows and columns in one
CHANGES = 100  # rows of what changed
CHECKS = 1, 2  # the first steps: they pass or fail, and change nothing
PASSED = {True: ("passed", "good"), False: ("failed", "bad")}
KEPT = {True: ("kept", "good"), False: ("dropped", "warn")}


def tune_page(found):
    """Return the page of a tuning.

    Args:
        found: What was gathered, see `training.reporting.tuned`.
    """
    about = found.about
    data = about.get("data") or {}
    title = joined(name(data.get("name", "data")), ": tuning")
    under = joined("Tuning in ", name(found.directory, 300))
    tab = f"{data.get('name', 'data')}: tuning"
    return page(tab, title, under, _sections(found))


def _sections(found):
    def of(key, heading, *builders):
        return Section(key, heading, lambda: parts(*builders))

    return [
        of(
            "verdict",
            "Verdict",
            lambda: _failed_check(found),
            lambda: _verdict(found.about),
            lambda: _winner(found),
        ),
        of("changed", "What changed, and why", lambda: _changed(found.about)),
        Section("scores", "Scores over seeds", lambda: scores(found)),
        of("decisions", "Decisions", lambda: _decisions(found.decisions)),
        of("tuning", "Settings", lambda: _settings(found.about)),
        *winner_sections(found.winner),
    ]


def _failed_check(found):
    """Return that a check failed and ended the tuning; None if none did."""
    try:
        decisions = found.decisions
    except UserError:  # which the decisions' own section says
        return None
    failed = [
        each
        for each in decisions
        if each.get("step") in CHECKS and each.get("kept") is False
    ]
    went_on = any(each.get("step") not in CHECKS for each in decisions)
    if not failed or went_on or found.about.get("finished"):
        return None
    return tag(
        "div",
        paragraph(tag("strong", "A check failed", class_="word"), "."),
        paragraph(failed[-1].get("words", "")),
        class_="verdict bad",
    )


def _verdict(about):
    given, winner = about.get("given"), about.get("winner")
    objective = clean(about.get("objective", "score"))
    changed = about.get("changed") or []
    if not about.get("finished"):
        word, kind = "Not finished", "warn"
    elif changed:
        word, kind = f"{len(changed)} changes kept", "good"
        word = "1 change kept" if len(changed) == 1 else word
    else:
        word, kind = "The recipe stays as it was given", "good"
    rows = [("given", _mean(given)), ("winner", _mean(winner))]
    measured = given or winner
    return tag(
        "div",
        paragraph(tag("strong", word, class_="word"), "."),
        paragraph(f"{objective}, mean ± deviation over seeds:")
        if measured
        else None,
        pairs(rows) if measured else None,
        class_=f"verdict {kind}",
    )


def _mean(score):
    if not score:
        return "not measured"
    mean, deviation = score.get("mean"), score.get("deviation")
    said = number(mean)
    return said if deviation is None else f"{said} ± {number(deviation)}"


def _winner(found):
    winner, why = found.winner, (found.why or "").rstrip(".")
    if winner is None and found.about.get("finished"):
        return lacking(f"the best run: {why}.")
    if winner is None:
        return note(f"The best run is left out: {why}.")
    return joined(
        verdict.scores(winner.metrics, winner.environment["data"]),
        verdict.course(winner.metrics),
        verdict.word(winner.findings, winner.decisions),
    )


def _changed(about):
    changed = about.get("changed") or []
    if not changed and not about.get("winner"):
        return paragraph("Nothing yet: there is no winner.")
    if not changed:
        return paragraph("Nothing: the winner is the recipe as it was given.")
    rows = [
        (
            each.get("field"),
            tag("code", clean(_value(each.get("from")), 300)),
            tag("code", clean(_value(each.get("to")), 300)),
            tag("div", each.get("why"), class_="long"),
        )
        for each in changed[:CHANGES]
    ]
    said = "In the winner's recipe"
    if len(changed) > CHANGES:
        said += f", the first {CHANGES} of {len(changed)}"
    return table(("field", "was", "is", "why"), rows, said)


def _value(value):
    """Return a recipe's value as it is written in code, Parts by their name.

    >>> _value({"part": "l2", "config": {"l2": 0.1}}), _value(0.1)
    ('l2(l2=0.1)', '0.1')
    """
    if isinstance(value, dict) and isinstance(value.get("config"), dict):
        config = value["config"].items()
        inside = ", ".join(f"{key}={_value(each)}" for key, each in config)
        return f"{value.get('part')}({inside})"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return value if isinstance(value, str) else repr(value)


def _decisions(decisions):
    if not decisions:
        return note("No decision is written down yet.")
    items = [
        tag("li", parts(functools.partial(_decision, each)))
        for each in decisions[:STEPS]
    ]
    more = len(decisions) - STEPS
    rest = note(f"{more} more are in decisions.json.") if more > 0 else None
    return joined(tag("ol", *items, class_="steps"), rest)


def _decision(each):
    first = each.get("step") in CHECKS
    ends = PASSED if first else KEPT
    word, kind = ends.get(each.get("kept"), (None, None))
    mark = word and tag("span", tag("strong", word, class_="word"), class_=kind)
    numbers = each.get("numbers") or {}
    seconds = each.get("seconds")
    facts = [(key, _cell(value)) for key, value in numbers.items()]
    if seconds is not None and seconds >= 1:
        facts.append(("seconds", f"{seconds:.0f}"))
    if each.get("folder"):
        facts.append(("folder", name(each["folder"], 200)))
    changes = each.get("changes")
    return joined(
        tag(
            "h3",
            f"Step {each.get('step')}: ",
            each.get("title", ""),
            mark and joined(", ", mark),
        ),
        paragraph(each.get("words", "")),
        code(changes) if changes else None,
        pairs(facts) if facts else None,
        _rows(each.get("table")),
    )


def _rows(found):
    """Return a decision's table, folded if it is long."""
    if not found or not found.get("rows"):
        return None
    columns = [clean(column, 60) for column in found["columns"][:COLUMNS]]
    shown = [row[: len(columns)] for row in found["rows"][:ROWS]]
    rows = [[_cell(value) for value in row] for row in shown]
    numeric = [
        place
        for place in range(1, len(columns))
        if all(_is_number(row[place]) for row in shown)
    ]
    said = f"{len(found['rows'])} rows"
    said += f", the first {ROWS}" if len(found["rows"]) > ROWS else ""
    if len(found["columns"]) > COLUMNS:
        said += f"; {COLUMNS} of {len(found['columns'])} columns"
    made = table(columns, rows, said, numeric)
    return fold("The numbers", made) if len(rows) > 6 else made


def _is_number(value):
    real = isinstance(value, (int, float)) and not isinstance(value, bool)
    return real or value is None


def _cell(value):
    if value is None:
        return ""
    if _is_number(value):
        return f"{value:.4g}"
    return clean(_value(value), 200)


def _settings(about):
    data = about.get("data") or {}
    spent, budget = about.get("spent"), about.get("budget")
    return pairs(
        [
            ("data", name(data.get("spec") or data.get("name"), 300)),
            ("budget", None if budget is None else f"{budget:.0f} s"),
            ("spent", None if spent is None else f"{spent:.0f} s"),
            ("seeds", about.get("seeds")),
            ("objective", about.get("objective")),
            ("backend", about.get("backend")),
            ("Keras Recipes", about.get("library")),
        ]
    )
