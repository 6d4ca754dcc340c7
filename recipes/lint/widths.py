"""How deep and how wide a recipe's network is, without building it."""

import math

from recipes import registry
from recipes.lint.facts import named
from recipes.network.stages import check_widths, stages
from recipes.resolve import enlarged


def hidden(recipe):
    """Return (taps, units) of each hidden linear layer, from the input on.

    Along the longest path: without the 1×1 convolutions on the shortcuts of a
    residual network, and for maxout without its pieces.

    `taps` is what multiplies the width before it to N_in: the pixels of a
    filter, 1 for dense layers. None for a network that this cannot tell:
    another one, one of the user's own, or one with illegal arguments.

    Example:

    >>> import recipes
    >>> hidden(recipes.tabular_classifier())
    [(1, 64), (1, 64)]
    """
    part = recipe.network

    def argument(name):
        return registry.default("network", part, name)

    try:
        if part.name in ("mlp", "bag_of_embeddings"):
            check_widths("units", argument("units"))
            return [(1, units) for units in argument("units")]
        if part.name not in ("cnn", "resnet"):
            return None
        residual = part.name == "resnet"
        usual = 1 if residual else 2
        plan = stages(argument("filters"), argument("depth"), usual)
        taps = argument("kernel_size") ** 2
    except (TypeError, ValueError):
        return None  # `fit` says what is wrong with them
    each = [channels for widths in plan for channels in widths]
    if residual:  # a stem, and two convolutions per block
        each = [each[0], *(c for channels in each for c in [channels] * 2)]
    return [(taps, channels) for channels in each]


def depth(recipe):
    """Return the number of hidden linear layers, or 0 where unknown.

    >>> import recipes
    >>> depth(recipes.tabular_classifier())
    2
    """
    return len(hidden(recipe) or ())


def first_width(recipe, facts):
    """Return how many numbers the first hidden layer sees at each place.

    None without data, for texts, and after a preprocessing that may leave
    fewer columns.
    """
    if facts is None or facts.data.features == "text":
        return None
    if named(recipe.preprocessing, "pca", "pca_whitening"):
        return None
    *size, channels = facts.data.input_shape
    if not named(recipe.network, "mlp") or not size:
        return channels
    if recipe.image_size == "auto":
        size = enlarged(size)
    elif recipe.image_size is not None:
        size = recipe.image_size
    return math.prod(size) * channels
