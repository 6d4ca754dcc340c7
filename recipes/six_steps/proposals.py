"""Step 6: which changes of a recipe are worth a try, the likeliest first."""

import csv

from recipes import resolve
from recipes.errors import RunError, UserError
from recipes.part import Part
from recipes.resolve import DIAL
from recipes.tasks import TASKS
from recipes.training.diagnosis.changes import (
    larger,
    longer,
    rate_times,
    stronger,
    weaker,
)
from recipes.training.diagnosis.evidence import Evidence
from recipes.training.diagnosis.rules import judge
from recipes.training.history_file import read_history

GAP = 2.0  # times the training loss that validation's is: regularize first
BEHIND = (  # a rate that was found in few epochs tends to be too high
    "more regularization",
    "half the rate",
    "augmentation",
    "longer",
    "light augmentation",
    "averaged weights",
    "larger",
    "much more regularization",
    "less regularization",
    "twice the rate",
)
LEVEL = (
    "longer",
    "larger",
    "half the rate",
    "averaged weights",
    "less regularization",
    "twice the rate",
    "more regularization",
    "light augmentation",
    "augmentation",
    "much more regularization",
)


def evidence_of(work, winner):
    """Return the `Evidence` of a winner's first seed.

    Args:
        work: The `Work`.
        winner: A `Measured` with scores.
    """
    trials = work.path / winner.folder / "trials"
    place = next(trials.glob("trial_*/fit-1"), trials)
    data = work.data
    steps = work.steps_of(winner.recipe, data)
    shape = tuple(data.input_shape[:2])
    recipe = resolve.resolve(winner.recipe, steps, shape)
    environment = {
        "data": {
            "target": data.target,
            "class_names": data.class_names and list(data.class_names),
            "rows": {split.role: len(split) for split in data.splits},
        },
        "steps_per_epoch": steps,
    }
    try:
        history = read_history(place / "history.csv")
    except (OSError, ValueError, TypeError, IndexError, csv.Error) as error:
        raise RunError(
            f"{place / 'history.csv'} cannot be read: {error}. Bring it back, "
            "or begin anew with overwrite=True (--overwrite on the command "
            "line)."
        ) from error
    return Evidence(recipe, history, environment, dict(winner.metrics))


def proposals(evidence):
    """Return what may be tried next, the most promising first.

    First what a diagnosis of the curves asks for, the surest first. Then, by
    the gap between the splits, the lists `BEHIND` and `LEVEL`: where
    validation is far behind, regularization comes before capacity.

    Args:
        evidence: An `Evidence`.

    Returns:
        List of (title, why, changes); changes that are not legal here are
        found out by who applies them.
    """
    found = [
        (each.name, each.evidence, dict(each.changes))
        for each in judge(evidence)
        if each.changes
    ]
    recipe = evidence.recipe
    train = float(evidence.train[evidence.kept])
    val = float(evidence.val[evidence.kept])
    behind = val > GAP * max(train, 0.0)
    why = f"{evidence.left_words} is {train:.3g} in training and {val:.3g} in "
    why += "validation: "
    why += "validation is behind." if behind else "validation keeps up."
    standing = {
        "more regularization": _dial(recipe),
        "augmentation": _augmented(recipe),
        "longer": longer(recipe),
        "light augmentation": _augmented(recipe, "light"),
        "larger": larger(recipe),
        "half the rate": rate_times(evidence, 0.5),
        "averaged weights": _averaged(recipe),
        "twice the rate": rate_times(evidence, 2.0),
        "much more regularization": _dial(recipe, 2),
        "less regularization": weaker(recipe),
    }
    order = BEHIND if behind else LEVEL
    return found + [(n, why, standing[n]) for n in order if standing[n]]


def _dial(recipe, steps=1):
    """Return the dial some steps up, and what it sets."""
    every = {}
    for _ in range(steps):
        if list(DIAL)[-1] == recipe.regularization and recipe.dropout >= 0.7:
            break
        changes = stronger(recipe)
        if set(changes) == {"augmentation"}:  # which is tried by itself
            changes = stronger(recipe.replace(**changes))
        recipe, every = recipe.replace(**changes), {**every, **changes}
    return every


def _averaged(recipe):
    """Return an average of the weights where there is none, and can be."""
    if recipe.weight_average is not None or recipe.backbone is not None:
        return {}
    return {"weight_average": Part("exponential_moving_average")}


def _augmented(recipe, preset="standard"):
    """Return an augmentation where there is none."""
    features = TASKS[recipe.task].features
    if features == "table" or recipe.augmentation:
        return {}
    if features == "text":
        rate = 0.1 if preset == "standard" else 0.05
        return {"augmentation": Part("word_drop", rate=rate)}
    return {"augmentation": preset}


def applied(recipe, changes):
    """Return a recipe with changes, or None where that is none.

    >>> import recipes
    >>> applied(recipes.tabular_classifier(), {"dropout": 2.0}) is None
    True
    """
    try:
        return recipe.replace(**changes)
    except UserError:
        return None
