"""Rules on how far the fit came at all: underfitting."""

from recipes.training.diagnosis.changes import larger, weaker
from recipes.training.diagnosis.found import Diagnosis, sure

LEFT, LEFT_NUMBERS = 0.3, 0.8  # of the loss of a network that knows nothing
LEAST_EPOCHS = 4
DROPOUT, DECAY, PENALTY = 0.5, 0.1, 0.25  # much regularization, from here on


def underfitting(evidence):
    """Neither split is fitted, though the rate was right and the run ended.

    u = min(train, val), the share of chance that is left of the loss of the
    model's epoch without penalties, is above 0.3 (for numbers 1 − R² above
    0.8), after 4 epochs or more. Whether the network is too small, held back
    too much, or the inputs say no more, the curves do not tell:
    regularization is taken back where dropout is from 0.5, penalties from
    0.25 of chance or weight decay from 0.1; else the network is widened.
    """
    kept = evidence.kept
    left = min(evidence.train[kept] - evidence.penalty, _validated(evidence))
    bound = LEFT_NUMBERS if evidence.target == "number" else LEFT
    if evidence.epochs < LEAST_EPOCHS or not left > bound:
        return None
    recipe, held = evidence.recipe, _held(evidence)
    words = (
        f"{evidence.left_words} is still {left:.2f} in the split that is "
        f"fitted better (epoch {kept + 1} of {evidence.epochs}; healthy is "
        f"below {bound:g}). "
    )
    words += (
        f"{held} holds the network back."
        if held
        else "The network is too small, or the inputs say no more."
    )
    numbers = {"left": float(left), "bound": bound}
    numbers["penalty"] = evidence.penalty
    changes = weaker(recipe) if held else larger(recipe)
    confidence = sure(left, bound)
    return Diagnosis("underfitting", words, numbers, confidence, changes)


def _validated(evidence):
    """Return the share left in validation, without penalties if known."""
    scored = evidence.metrics.get("validation_loss")
    if evidence.classes and scored is not None:
        return scored / evidence.chance
    return evidence.val[evidence.kept]


def _held(evidence):
    """Return what holds a network back, in words, or ""."""
    recipe = evidence.recipe
    decay = recipe.optimizer.config.get("weight_decay") or 0.0
    if evidence.penalty >= PENALTY:
        name = recipe.kernel_regularizer.name
        part = evidence.penalty * evidence.chance
        return f"The penalty {name!r}, {part:.3g} of the loss,"
    if recipe.dropout >= DROPOUT:
        return f"Dropout of {recipe.dropout:g}"
    return f"A weight decay of {decay:g}" if decay >= DECAY else ""


RULES = {"underfitting": underfitting}
