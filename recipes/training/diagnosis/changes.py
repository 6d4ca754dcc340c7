"""The changes of a recipe that follow; each gives a recipe that is legal."""

from recipes import registry
from recipes.lint.facts import named
from recipes.part import Part
from recipes.resolve import DECOUPLED, DIAL, PENALTY_PER_DECAY, target_of
from recipes.tasks import TASKS

CLIPS = ("clipnorm", "clipvalue", "global_clipnorm")
WIDTHS = ("units", "filters", "embedding_dim")
SMALL = 16  # units of a layer, below which it is made four times as wide


def rate_times(evidence, factor, **more):
    """Return the optimizer with another learning rate, or no change.

    >>> from types import SimpleNamespace
    >>> part = Part("sgd", learning_rate=0.3)
    >>> run = SimpleNamespace(
    ...     rate=0.3, recipe=SimpleNamespace(optimizer=part)
    ... )
    >>> rate_times(run, 0.1)
    {'optimizer': Part('sgd', learning_rate=0.03)}
    """
    if evidence.rate is None:
        return {}
    rate = float(f"{evidence.rate * factor:.3g}")
    part = evidence.recipe.optimizer
    return {"optimizer": part.replace(learning_rate=rate, **more)}


def clipped(evidence):
    """Return a tenth of the rate, with gradients clipped if they are not."""
    config = evidence.recipe.optimizer.config
    clip = {} if any(config.get(c) for c in CLIPS) else {"global_clipnorm": 1.0}
    return rate_times(evidence, 0.1, **clip)


def longer(recipe):
    """Return twice the epochs."""
    return {"epochs": 2 * recipe.epochs}


def stronger(recipe):
    """Return more regularization: the dial one step up, or an augmentation.

    Images and texts that are not augmented yet are, once the dial is on.
    """
    features = TASKS[recipe.task].features
    dial = recipe.regularization
    if features != "table" and not recipe.augmentation and dial != "none":
        words = Part("word_drop", rate=0.1)
        return {"augmentation": words if features == "text" else "standard"}
    dials = list(DIAL)
    following = dials[min(dials.index(dial) + 1, len(dials) - 1)]
    dropout, decay, smoothing = DIAL[following]
    if following == dial:
        dropout = min(0.7, round(recipe.dropout + 0.1, 2))
    changes = {"regularization": following}
    if not named(recipe.activation, "selu"):  # which dropout would hurt
        changes["dropout"] = max(recipe.dropout, dropout)
    if target_of(recipe) != "number":
        changes["label_smoothing"] = max(recipe.label_smoothing, smoothing)
    if recipe.kernel_regularizer is None:
        changes.update(_decay(recipe, decay))
    return _kept(recipe, changes)


def _decay(recipe, decay):
    part = recipe.optimizer
    if part.name in DECOUPLED:
        given = part.config.get("weight_decay") or 0.0
        return {"optimizer": part.replace(weight_decay=max(given, decay))}
    return {"kernel_regularizer": Part("l2", l2=decay * PENALTY_PER_DECAY)}


def weaker(recipe):
    """Return less regularization: of the dial's `"light"`, or none at all."""
    dial = "none" if recipe.regularization in ("none", "light") else "light"
    dropout, decay, smoothing = DIAL[dial]
    changes = {
        "regularization": dial,
        "dropout": min(recipe.dropout, dropout),
        "label_smoothing": min(recipe.label_smoothing, smoothing),
        "kernel_regularizer": None,
    }
    part = recipe.optimizer
    if (part.config.get("weight_decay") or 0.0) > decay:
        changes["optimizer"] = part.replace(weight_decay=decay)
    return _kept(recipe, changes)


def larger(recipe):
    """Return a wider network; where its widths are not known, more epochs.

    Of a backbone all layers are trained.
    """
    if recipe.backbone is not None:
        full = named(recipe.strategy, "full")
        return longer(recipe) if full else {"strategy": Part("full")}
    wider = {}
    for name in WIDTHS:
        try:
            found = registry.default("network", recipe.network, name)
        except Exception:  # a network of the user's own may show no arguments
            found = None
        if found:
            wider[name] = _scaled(found, 4 if _largest(found) < SMALL else 2)
    if not wider:
        return longer(recipe)
    return {"network": recipe.network.replace(**wider)}


def _largest(width):
    if isinstance(width, (tuple, list)):
        return max(map(_largest, width), default=0)
    return width


def _scaled(width, factor):
    """Multiply a width, or all in nested tuples of widths.

    >>> _scaled(((8, 8), (16,)), 2)
    ((16, 16), (32,))
    """
    if isinstance(width, (tuple, list)):
        return tuple(_scaled(each, factor) for each in width)
    return width * factor


def _kept(recipe, changes):
    """Leave out what the recipe has already."""
    return {k: v for k, v in changes.items() if getattr(recipe, k) != v}
