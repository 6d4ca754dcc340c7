"""The page of a cross-validation: mean, deviation, and each fold."""

from recipes.report.blocks import figure, grid, number, paragraph, table
from recipes.report.environment import environment
from recipes.report.markup import clean, joined, name, tag
from recipes.report.page import Section, lacking, page, parts
from recipes.report.recipe_table import recipe_table
from recipes.report.svg import svg


def folds_page(found):
    """Return the page of a cross-validation.

    Args:
        found: What was gathered, see `training.reporting.folds`.
    """
    about = found.first.environment["data"]
    title = joined(
        name(about.get("name")), ": ", str(len(found.scores)), " folds of "
    )
    title = joined(title, name(found.first.task))
    under = joined("Cross-validation in ", name(found.directory, 300))

    def of(key, heading, *builders):
        return Section(key, heading, lambda: parts(*builders))

    return page(
        f"{about.get('name')}: {len(found.scores)} folds",
        title,
        under,
        [
            of("verdict", "Verdict", lambda: _means(found.metrics)),
            of(
                "folds",
                "Folds",
                lambda: _folds(found),
                lambda: joined(
                    *(lacking(clean(w, 1000)) for w in found.lacking)
                ),
            ),
            of("scores", "Scores", lambda: _pictures(found)),
            of(
                "recipe",
                "Recipe",
                lambda: recipe_table(found.first.fields, found.first.task),
            ),
            of(
                "environment",
                "Environment",
                lambda: environment(found.first.environment),
            ),
        ],
    )


def _means(metrics):
    cards = [
        tag(
            "div",
            tag("span", name(key)),
            tag("b", number(mean)),
            tag("span", f"± {number(deviation)} over folds"),
            class_="score",
        )
        for key, (mean, deviation) in metrics.items()
    ]
    said = (
        "Each fold was scored once, by a model that never saw it. The "
        "deviation is that of the folds, and no error of the mean: they share "
        "training rows."
    )
    return joined(tag("div", *cards, class_="scores"), paragraph(said))


def _folds(found):
    heads = ["fold", "rows", *(name(key, 40) for key in found.metrics)]
    rows = [
        (place, rows, *(number(scores.get(key)) for key in found.metrics))
        for place, (rows, scores) in enumerate(
            zip(found.rows, found.scores, strict=True), 1
        )
    ]
    return table(heads, rows, "Scores", numeric=range(1, len(heads)))


def _pictures(found):
    shown = []
    for place, (key, drawn) in enumerate(found.pictures()):
        mean, deviation = found.metrics[key]
        words = f"{number(mean)} ± {number(deviation)}, "
        words += ", ".join(number(s.get(key)) for s in found.scores)
        picture = svg(
            drawn, f"fold{place}", f"Score of each fold: {key}", words
        )
        shown.append(figure(picture, f"{number(mean)} ± {number(deviation)}"))
    return grid(*shown)
