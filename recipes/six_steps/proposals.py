"""Step 6: which changes of a recipe are worth a try, the likeliest first."""

from recipes import resolve
from recipes.errors import UserError
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


def evidence_of(work, winner):
    """Return the `Evidence` of a winner's first seed.

    Args:
        work: The `Work`.
        winner: A `Measured` with scores.
    """
    place = next((work.path / winner.folder / "trials").glob("*/fit-1"))
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
    history = read_history(place / "history.csv")
    return Evidence(recipe, history, environment, dict(winner.metrics))


def proposals(evidence):
    """Return what may be tried next, the most promising first.

    First what a diagnosis of the curves asks for, the surest first. Then, by
    the gap between the splits: where validation is far behind, more
    regularization, augmentation, more epochs, a larger network, half the
    rate, less regularization; else more capacity before more regularization.

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
        "less regularization": weaker(recipe),
    }
    order = list(standing)
    if not behind:
        order = ["longer", "larger", "half the rate", "less regularization"]
        order += ["more regularization", "augmentation", "light augmentation"]
    return found + [(n, why, standing[n]) for n in order if standing[n]]


def _dial(recipe):
    """Return the dial one step up, and what it sets."""
    if list(DIAL)[-1] == recipe.regularization and recipe.dropout >= 0.7:
        return {}
    changes = stronger(recipe)
    if "regularization" in changes or "dropout" in changes:
        return changes
    # It has said augmentation, which is tried by itself.
    return stronger(recipe.replace(**_augmented(recipe)))


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
