"""The page of a run."""

from recipes.report import curves, findings, verdict
from recipes.report.blocks import note, paragraph
from recipes.report.confusion import confusion, labels, residuals
from recipes.report.environment import environment
from recipes.report.examples import confused, worst
from recipes.report.layers import layers
from recipes.report.markup import clean, joined, name
from recipes.report.page import Section, content, page, parts
from recipes.report.recipe_table import recipe_table

NEED_PREDICTIONS = "Errors, worst examples, layers"
NO_MODEL = "Made without the model: what needs its predictions is left out."


def run_page(found):
    """Return the page of a run.

    Args:
        found: What was gathered, see `training.reporting.gathered`.
    """
    about = found.environment["data"]
    title = joined(name(about.get("name")), ": ", name(found.task))
    tab = f"{about.get('name')}: {found.task}"
    return page(tab, title, under(found), run_sections(found))


def under(found):
    """Return the line below the title."""
    return joined("Run in ", name(found.directory, 300))


def run_sections(found):
    """Return the sections of a run's page, the verdict first."""

    def of(key, title, *builders):
        return Section(key, title, lambda: parts(*builders))

    metrics = found.metrics
    epochs = metrics.get("best_epoch"), metrics.get("model_epoch")
    about = found.environment["data"]
    alone = "members" not in found.environment  # an ensemble has no curves
    trained = [
        of(
            "curves",
            "Curves",
            lambda: joined(
                curves.metric_curves(found.history, *epochs, found.stages),
                curves.losses(found.history, about.get("target")),
            ),
        ),
        of(
            "rate",
            "Learning rate and gap",
            lambda: curves.rate_and_gap(found.history, epochs[0]),
        ),
        of(
            "diagnosis",
            "Diagnosis",
            lambda: findings.diagnosis(found.findings, found.decisions),
        ),
    ]
    return [
        of(
            "verdict",
            "Verdict",
            lambda: verdict.scores(metrics, about),
            lambda: verdict.course(metrics),
            lambda: verdict.word(found.findings) if alone else None,
            lambda: None if found.model else note(NO_MODEL),
        ),
        *(trained if alone else []),
        *([] if not found.model else _predictions(of, found, about)),
        of(
            "recipe",
            "Recipe",
            lambda: recipe_table(found.fields, found.task),
        ),
        of("lint", "Lint", lambda: findings.lint(found.lint)),
        of(
            "environment",
            "Environment",
            lambda: environment(found.environment),
        ),
    ]


def _predictions(of, found, about):
    target = about.get("target")
    why = content(lambda: _judged_at_all(found))
    if why is not None:  # said once, for all that needs it
        return [of("confusion", NEED_PREDICTIONS, lambda: why)]
    title = {"class": "Confusion", "labels": "Labels"}.get(target, "Errors")
    pairs = [lambda: confused(found.most_confused)] if target == "class" else []
    return [
        of("confusion", title, lambda: _judged(found, target)),
        of(
            "examples",
            "Worst examples",
            *pairs,
            lambda: worst(found.top_losses),
        ),
        of("layers", "Layers", lambda: layers(found.looked)),
    ]


def _judged_at_all(found):
    """Return None; raise what keeps the model from being judged."""
    found.judged  # noqa: B018
    return None


def _judged(found, target):
    judged, about = found.judged, found.environment["data"]
    given = judged.part.labels, judged.predicted
    split = clean(judged)
    split = split[0].upper() + split[1:]
    said = paragraph(
        "What is looked at to improve a recipe is not the test split; its own "
        "picture lies beside the model."
    )
    if target == "class":
        made = confusion(*given, about_names(found), split)
    elif target == "labels":
        made = labels(*given, about_names(found), split)
    else:
        made = residuals(*given, split, about.get("target_names"))
    return joined(made, said)


def about_names(found):
    """Return the names of the classes, or labels."""
    return found.environment["data"]["class_names"]
