"""The page of a sweep: its winner, its trials, its edges."""

from recipes.report import verdict
from recipes.report.blocks import (
    figure,
    grid,
    listed,
    note,
    number,
    pairs,
    paragraph,
    table,
)
from recipes.report.markup import clean, joined, name, tag
from recipes.report.page import Section, page, parts
from recipes.report.run_page import run_sections
from recipes.report.svg import svg

ROWS = 20  # of the table of trials


def sweep_page(found):
    """Return the page of a sweep.

    Args:
        found: What was gathered, see `tuning.telling.gathered`.
    """
    title = joined(name(found.data_name), ": sweep of ", name(found.task))
    under = joined("Sweep in ", name(found.directory, 300))
    tab = f"{found.data_name}: sweep of {found.task}"
    return page(tab, title, under, _sections(found))


def _sections(found):
    def of(key, heading, *builders):
        return Section(key, heading, lambda: parts(*builders))

    winner = found.winner
    return [
        of(
            "verdict",
            "Verdict",
            lambda: _verdict(found),
            lambda: _winner(winner, found.why),
        ),
        of("trials", "Trials", lambda: _trials(found)),
        of("scores", "Scores", lambda: _pictures(found)),
        of("edges", "Edges", lambda: _edges(found.edges)),
        of("sweep", "Settings", lambda: pairs(found.settings)),
        *winner_sections(winner),
    ]


def winner_sections(winner):
    """Return the sections of the best run's own page, but for its verdict."""
    if winner is None:
        return []
    return [
        each._replace(key=f"best-{each.key}", title=f"Winner: {each.title}")
        for each in run_sections(winner)[1:]
    ]


def _verdict(found):
    best = found.best
    ended = sum(t["ended"] is not None for t in found.trials)
    failed = sum(bool(t["ended"]) and t["score"] is None for t in found.trials)
    words = f"{len(found.trials)} trials, {ended} ended"
    words += f", {failed} of them without a score." if failed else "."
    if best is None:
        return tag(
            "div",
            paragraph(tag("strong", "No trial has a score", class_="word")),
            paragraph(words),
            class_="verdict bad",
        )
    values = ", ".join(f"{k} {v}" for k, v in found.best_values)
    return tag(
        "div",
        paragraph(
            tag("strong", f"Trial {clean(best['trial'])}", class_="word"),
            f" is the best: {found.objective} {number(best['score'])}.",
        ),
        paragraph(values + "." if values else None),
        paragraph(words),
        class_="verdict good",
    )


def _winner(winner, why):
    if winner is None:
        return note(
            f"The best run is left out: {why}. Sweep.best_run fits it, and "
            "scores the test split."
        )
    about = winner.environment["data"]
    return joined(
        verdict.scores(winner.metrics, about), verdict.course(winner.metrics)
    )


def _trials(found):
    shown = found.ranked[:ROWS]
    heads = [
        "trial",
        found.objective,
        *(name(head, 40) for head in found.heads),
        "epochs",
        "seconds",
        "ended",
    ]
    rows = [
        (
            row["trial"],
            "" if row["score"] is None else number(row["score"]),
            *row["cells"],
            row["epochs"],
            row["seconds"],
            clean(row["how"], 200),
        )
        for row in shown
    ]
    said = "The best first"
    if len(found.ranked) > ROWS:
        said += f": {ROWS} of {len(found.ranked)}; trials.csv has all"
    return table(heads, rows, said, numeric=(1,))


def _pictures(found):
    shown = []
    for place, (title, words, drawn) in enumerate(found.panels()):
        picture = svg(drawn, f"score{place}", title, words)
        shown.append(figure(picture, words))
    return grid(*shown)


def _edges(sentences):
    if not sentences:
        return paragraph("No best value lies on the edge of its range.")
    return listed(sentences)
