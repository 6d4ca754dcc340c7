"""The recipe without what is random while training, and without penalties."""

from recipes.part import Part

RANDOM = ("drop_connect", "stochastic_depth")  # arguments of networks
KEPT = ("weight_decay", "gradient_accumulation_steps")  # not on the bench


def bare(recipe):
    """Return a recipe whose training loss is the loss on the labels alone.

    Dropout, DropConnect, stochastic depth, label smoothing, penalties, weight
    decay, weights of classes, and averages of weights are left out. The
    augmentation stays, as it decides what size the network takes; the bench
    does not use it.

    Args:
        recipe: A recipe without open ranges.

    Example:

    >>> import recipes
    >>> recipe = recipes.image_classifier(dropout=0.5, augmentation="light")
    >>> bare(recipe).dropout, bare(recipe).augmentation
    (0.0, (Part('light'),))
    """
    return recipe.replace(
        network=_without(recipe.network, RANDOM),
        optimizer=_without(recipe.optimizer, KEPT),
        dropout=0.0,
        kernel_regularizer=None,
        label_smoothing=0.0,
        regularization="none",
        class_weight=None,
        balanced_sampling=False,
        weight_average=None,
        early_stopping=None,
        precise_batch_normalization=False,
        augmentation_device="host" if recipe.augmentation else "auto",
        dtype_policy="float32",
    )


def quiet_layers(model):
    """Take out what a network of one's own has of the same.

    Args:
        model: A built network, not compiled yet.
    """
    for layer in model._flatten_layers():
        if isinstance(getattr(layer, "rate", None), float):
            layer.rate = 0.0
    for variable in model.variables:
        if getattr(variable, "regularizer", None) is not None:
            variable.regularizer = None


def _without(part, names):
    config = {k: v for k, v in part.config.items() if k not in names}
    return Part(part.name, **config)
