"""Which trials can be trained as one: those that differ in numbers only."""

from recipes import registry
from recipes.data.data import ArraySource
from recipes.menu.training import PLATEAU
from recipes.part import Part
from recipes.training.dials import PENALTIES

# What may differ: set to one value, so that alike recipes are equal.
TURNED = {
    "label_smoothing": 0.0,
    "early_stopping": None,
    "schedule": Part("constant"),
    "regularization": "none",
    "seed": 0,
    "split_seed": 0,
}
TOGETHER = "Only 'mlp', and a 'head' on a frozen backbone, train as one"


def why_not(recipe, data):
    """Say why a trial cannot be trained together with others, or None.

    Args:
        recipe: A closed recipe.
        data: Loaded `Data`.
    """
    recipe = recipe.resolve()
    wanted = "mlp" if recipe.backbone is None else "head"
    policy = recipe.dtype_policy
    reasons = {
        f"{TOGETHER}; this is {recipe.network.name!r}": (
            recipe.network.name != wanted
        ),
        "what is not the library's own may read numbers as it likes": any(
            callable(registry.lookup(kind, part.name).target)
            for kind, part in _parts(recipe)
        ),
        "the data must lie in memory": recipe.backbone is None
        and not all(
            isinstance(split.source, ArraySource)
            for split in (data.train, data.validation)
        ),
        "an augmentation is drawn anew for each trial": (
            recipe.augmentation is not None
        ),
        "schedule='reduce_on_plateau' is a callback": (
            recipe.schedule.name == PLATEAU
        ),
        "weight_average is a callback": recipe.weight_average is not None,
        "precise_batch_normalization takes one trial at a time": (
            recipe.precise_batch_normalization
        ),
        "mixed precision takes one trial at a time": (
            policy not in ("auto", "float32")
        ),
    }
    return next((words for words, holds in reasons.items() if holds), None)


def _parts(recipe):
    """Return (kind, Part) of what reads a number, or watches the model."""
    kinds = ("network", "optimizer", "schedule", "early_stopping")
    found = [(kind, getattr(recipe, kind)) for kind in kinds]
    return [(kind, part) for kind, part in found if part is not None]


def likeness(recipe):
    """Return what two closed recipes share that differ in numbers only.

    The learning rate and its schedule, the weight decay, the strength of the
    penalty, the rate of dropout if it is above 0, the label smoothing, and
    the patience of early stopping may differ.

    Example:

    >>> import recipes
    >>> recipe = recipes.tabular_classifier(dropout=0.2)
    >>> likeness(recipe) == likeness(recipe.replace(dropout=0.3))
    True
    >>> likeness(recipe) == likeness(recipe.replace(dropout=0.0))
    False
    """
    recipe = recipe.resolve()
    config = dict(recipe.optimizer.config)
    config["learning_rate"] = 1.0
    if config.get("weight_decay") is not None:
        config["weight_decay"] = 0.0
    penalty = recipe.kernel_regularizer
    for name in PENALTIES.get(getattr(penalty, "name", None), ()):
        penalty = penalty.replace(**{name: 0.5})
    alike = recipe.replace(
        optimizer=Part(recipe.optimizer.name, **config),
        kernel_regularizer=penalty,
        dropout=0.5 if recipe.dropout else 0.0,
        **TURNED,
    )
    return alike.to_json()
