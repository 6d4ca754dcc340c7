"""From a recipe with "auto" in it to one with every value said.

The dial `regularization` and the activation decide what `"auto"` means; the
size of the data decides the rest. A value that the user gave is never changed.
"""

from recipes import registry
from recipes.errors import RecipeError
from recipes.part import Part
from recipes.search_space import open_ranges
from recipes.tasks import TASKS

# dropout rate, strength of the decay (decoupled weight decay with the
# optimizers below, else the penalty `l2`), label smoothing
DIAL = {
    "none": (0.0, 0.0, 0.0),
    "light": (0.1, 1e-3, 0.0),
    "medium": (0.2, 1e-2, 0.05),
    "strong": (0.4, 5e-2, 0.1),
}
EPOCHS, STEPS = 20, 200  # at least, of a run of "auto" epochs
PENALTY_PER_DECAY = 0.01  # an L2 penalty acts through the gradient's scale
# Optimizers that divide the gradient by its own size, and with it the gradient
# of an L2 penalty, which then hardly acts. (FTRL does too, and has nothing
# better: it makes its weights anew from sums of gradients; a decay is lost.)
DIVIDING = (
    "adam",
    "adamw",
    "nadam",
    "adamax",
    "adagrad",
    "adadelta",
    "rmsprop",
    "adafactor",
    "lion",
    "lamb",
)
DECOUPLED = (*DIVIDING, "sgdw")

INITIALIZER_OF = {
    "relu": "he_normal",
    "leaky_relu": "he_normal",
    "prelu": "he_normal",
    "elu": "he_normal",
    "gelu": "he_normal",
    "silu": "he_normal",
    "selu": "lecun_normal",
    "sigmoid": "glorot_uniform",
    "tanh": "glorot_uniform",
    # The larger of two values of variance v has mean square v.
    "maxout": "lecun_normal",
}
METRICS_OF = {
    "class": ("accuracy",),
    "labels": ("accuracy", "f1"),
    "number": ("mae", "rmse", "r2"),
}


def refuse_open_ranges(recipe):
    """Raise if a range is still open, naming the path of each.

    Raises:
        RecipeError: With every open path and how to close it.
    """
    ranges = open_ranges(recipe.to_dict())
    if ranges:
        paths = ", ".join(f"`{path}` = {r!r}" for path, r in ranges.items())
        raise RecipeError(
            f"These fields are still ranges: {paths}. Give each a value, for "
            f"instance recipe.replace({next(iter(ranges)).split('/')[0]}=…), "
            "before fitting."
        )


def resolve(recipe, steps_per_epoch=None, image_shape=None):
    """Return the recipe with every `"auto"` replaced by its value.

    Args:
        recipe: A recipe without open ranges.
        steps_per_epoch: If known, fits the momentum of batch normalization,
            and the epochs.
        image_shape: If known, (height, width) of the images, for
            `image_size="auto"`.

    Raises:
        RecipeError: If a range is still open.

    Example:

    >>> import recipes
    >>> resolve(recipes.image_classifier()).kernel_initializer
    Part('he_normal')
    """
    refuse_open_ranges(recipe)
    recipe = _with_own_activation(recipe)
    dropout, decay, smoothing = DIAL[recipe.regularization]
    target = target_of(recipe)
    changes = {}
    if recipe.kernel_initializer == "auto":
        name = INITIALIZER_OF.get(recipe.activation.name, "glorot_uniform")
        changes["kernel_initializer"] = Part(name)
    if recipe.dropout == "auto":
        changes["dropout"] = dropout
    if recipe.label_smoothing == "auto":
        changes["label_smoothing"] = 0.0 if target == "number" else smoothing
    if recipe.metrics == "auto":
        changes["metrics"] = METRICS_OF[target]
    changes.update(_decay(recipe, decay))
    if steps_per_epoch is not None:
        epochs = epochs_for(recipe, steps_per_epoch)
        changes["epochs"] = epochs
        changes.update(_momentum(recipe, steps_per_epoch, epochs))
    images = image_shape is not None and len(image_shape) == 2
    if images and recipe.image_size == "auto":
        changes["image_size"] = enlarged(image_shape)
    return recipe.replace(**changes)


def target_of(recipe):
    """Return what is learned: `"class"`, `"labels"` or `"number"`.

    >>> import recipes
    >>> target_of(recipes.image_classifier(multi_label=True))
    'labels'
    """
    target = TASKS[recipe.task].target
    return "labels" if recipe.multi_label else target


def fitting_names(target):
    """Return the names of the built-in metrics for a kind of target.

    >>> fitting_names("number")
    ['mae', 'rmse', 'r2', 'mape']
    """
    rows = [registry.lookup("metric", n) for n in registry.MENU["metric"]]
    return [row.name for row in rows if target in row.builder().targets]


def _with_own_activation(recipe):
    """Move the activation that a network Part holds to the recipe's field."""
    config = dict(recipe.network.config)
    entry = registry.lookup("network", recipe.network.name)
    if "activation" not in config or not entry.moves("activation"):
        return recipe
    activation = config.pop("activation") or recipe.activation
    network = Part(recipe.network.name, **config)
    return recipe.replace(network=network, activation=activation)


def _decay(recipe, strength):
    """Weight decay where the penalty would be coupled, else a penalty."""
    decoupled = recipe.optimizer.name in DECOUPLED
    given_decay = "weight_decay" in recipe.optimizer.config
    changes = {}
    if isinstance(recipe.kernel_regularizer, Part):
        strength = 0.0  # the user's own penalty is in place of the dial's
    if decoupled and not given_decay:
        changes["optimizer"] = recipe.optimizer.replace(weight_decay=strength)
    if recipe.kernel_regularizer == "auto":
        penalty = None
        if strength and not decoupled and not given_decay:
            penalty = Part("l2", l2=strength * PENALTY_PER_DECAY)
        changes["kernel_regularizer"] = penalty
    return changes


def epochs_for(recipe, steps_per_epoch):
    """Return a recipe's epochs; of `"auto"` as many as few examples need.

    20, or as many as make 200 steps: ten examples are one step an epoch.

    >>> import recipes
    >>> recipe = recipes.image_fine_tuner("glyphnet")
    >>> epochs_for(recipe, 1), epochs_for(recipe, 50)
    (200, 20)
    """
    if recipe.epochs != "auto":
        return recipe.epochs
    return max(EPOCHS, -(-STEPS // steps_per_epoch))


def steps_per_epoch(rows, batch_size, drop_remainder, parts=1):
    """Return how many batches an epoch has.

    ⌊N/k⌋, or ⌈N/k⌉ without `drop_remainder`.

    Args:
        rows: N, of the training split.
        batch_size: k; a batch is no larger than the split.
        drop_remainder: Whether the last, smaller batch is left out.
        parts: Into how many batches a larger one was cut; with
            `drop_remainder` all parts of one are there, or none.

    >>> steps_per_epoch(100, 32, True), steps_per_epoch(100, 32, False)
    (3, 4)
    >>> steps_per_epoch(100, 32, True, parts=2)
    2
    """
    whole, rest = divmod(rows, min(batch_size, rows))
    if not drop_remainder:
        return whole + bool(rest)
    return whole - whole % parts


def accumulated(recipe):
    """Return how many batches make one update; what is no number is 1.

    >>> import recipes
    >>> part = Part("adamw", gradient_accumulation_steps=4)
    >>> accumulated(recipes.tabular_classifier(optimizer=part))
    4
    """
    steps = recipe.optimizer.config.get("gradient_accumulation_steps")
    whole = isinstance(steps, int) and not isinstance(steps, bool)
    return max(1, steps) if whole else 1  # the optimizer refuses others


def _momentum(recipe, steps_per_epoch, epochs):
    """Let moving statistics remember about one epoch: 10 to 100 steps.

    Keras' default of 0.99 remembers 100 steps, more than a short run has; a
    run of fewer than 10 steps is remembered whole.
    """
    part = recipe.normalization
    if part is None or part.name != "batch_normalization":
        return {}
    if "momentum" in part.config:
        return {}
    total = steps_per_epoch * epochs
    remembered = min(100, max(10, steps_per_epoch), total)
    return {"normalization": part.replace(momentum=1 - 1 / remembered)}


def enlarged(shape, smallest=16):
    """Double tiny images until their shorter side has 16 pixels.

    >>> enlarged((8, 8)), enlarged((28, 28))
    ((16, 16), (28, 28))
    """
    height, width = shape
    while min(height, width) < smallest:
        height, width = 2 * height, 2 * width
    return (height, width)
