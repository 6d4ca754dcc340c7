"""A backbone in a network: from raw images to its features."""

import re
from typing import NamedTuple

import keras
import numpy as np

from recipes import registry
from recipes.backbones.backbone import Backbone
from recipes.errors import DataError, RecipeError
from recipes.part import Part
from recipes.resolve import target_of
from recipes.transfer.frozen_statistics import FrozenStatistics
from recipes.transfer.strategies import Given, Strategy

QUIET = 1e-4  # of the variance of an output above pretrained features
SLOW = 4  # times the side that a backbone was made for


class Transfer(NamedTuple):
    """A backbone, and what will be done with it.

    Args:
        backbone: The `Backbone`.
        strategy: The `Strategy`, its stages in order.
        statistics: `"frozen"` or `"update"`.
        name: What the recipe calls the backbone.
    """

    backbone: Backbone
    strategy: Strategy
    statistics: str
    name: str = "backbone"


def build_transfer(recipe, data=None):
    """Build the backbone of a recipe, and choose its strategy.

    Args:
        recipe: A recipe.
        data: Checked data, from which `"auto"` chooses; or None.

    Returns:
        `Transfer`, or None for a recipe without a backbone.
    """
    if recipe.backbone is None:
        return None
    backbone = registry.build("backbone", recipe.backbone)
    strategy = registry.build(
        "strategy",
        recipe.strategy,
        given=Given(
            backbone.blocks,
            head=head_expression(backbone),
            examples_per_class=examples_per_class(data),
            pretrained=backbone.origin["weights"] is not None,
            target=target_of(recipe),
        ),
    )
    statistics = recipe.normalization_statistics
    if statistics == "auto":
        statistics = strategy.statistics
    return Transfer(backbone, strategy, statistics, recipe.backbone.name)


def examples_per_class(data):
    """Return how many training examples a class has, as `Given` counts them.

    Args:
        data: Checked data, or None.
    """
    if data is None:
        return 0.0
    rows = len(data.train)
    if data.target == "number":
        return float(rows)
    if data.target == "labels":
        yes = data.train.labels.sum(axis=0)
        return float(np.minimum(yes, rows - yes).mean())
    return rows / data.num_outputs


def head_expression(backbone):
    """Return an expression on the paths of what is not the backbone's."""
    firsts = {v.path.split("/")[0] for v in backbone.model.variables}
    return f"^(?!(?:{'|'.join(sorted(map(re.escape, firsts)))})(?:/|$))"


def output_scale(transfer, target):
    """Return what the variance of the output's first weights is times.

    A random output on pretrained features is noise that few examples do not
    correct (docs/transfer.md): it begins near 0. So it does for numbers, which
    are then near their mean. Else all begins at random.

    Args:
        transfer: A `Transfer`, or None.
        target: What is learned, as of `target_of`.
    """
    if transfer is None:
        return 1.0
    pretrained = transfer.backbone.origin["weights"] is not None
    return QUIET if pretrained or target == "number" else 1.0


def as_chosen(recipe, transfer, shape):
    """Return the recipe with what `"auto"` has come to.

    Args:
        recipe: A recipe with a backbone.
        transfer: Its `Transfer`.
        shape: (height, width) of the images.
    """
    changes = {"normalization_statistics": transfer.statistics}
    if recipe.strategy.name == "auto":
        views = transfer.strategy.views
        chosen = {} if views is None else {"views": views}
        changes["strategy"] = Part(transfer.strategy.name, **chosen)
    if recipe.image_size == "auto":
        changes["image_size"] = size_for(transfer.backbone, shape)
    return recipe.replace(**changes)


def size_for(backbone, shape):
    """Return the (height, width) that a backbone sees of images of a shape.

    Its own, if it takes no other; else theirs, doubled until the shorter side
    is what the backbone needs at least; and if they are larger than it was
    made for, the square that it was made for.

    Args:
        backbone: A `Backbone`.
        shape: (height, width) in pixels.

    Raises:
        DataError: For sides so unlike that the longer is beyond four times
            what the backbone was made for where the shorter is what it needs.
    """
    fixed = tuple(backbone.model.input_shape[1:3])
    if None not in fixed:
        return fixed
    height, width = shape
    least, own = backbone.minimum_size, backbone.default_size
    if max(shape) * least > SLOW * own * min(shape):
        raise DataError(
            f"images of {height}×{width} pixels",
            f"sides that are not so unlike: with {least} pixels for the "
            f"shorter, at most {SLOW * own} for the longer",
            f"cut them, or squeeze them by image_size=({own}, {own})",
        )
    while min(height, width) < least:
        height, width = 2 * height, 2 * width
    if min(height, width) > own or max(height, width) > SLOW * own:
        return (own, own)
    return (height, width)


def _check_size(transfer, shape):
    """Refuse images smaller than a backbone allows, or not of its one size."""
    backbone = transfer.backbone
    fixed, least = backbone.model.input_shape[1:3], backbone.minimum_size
    pairs = [p for p in zip(fixed, shape, strict=True) if p[1] is not None]
    if any(side not in (None, given) for side, given in pairs):
        size = tuple(a or b for a, b in zip(fixed, shape, strict=True))
        needs = f"takes images of {size[0]}×{size[1]} pixels alone"
    elif any(given < least for _, given in pairs):
        size = (least, least)
        needs = f"needs images of at least {least}×{least} pixels"
    else:
        return
    raise RecipeError(
        f"`image_size`: the backbone {transfer.name!r} {needs}. Set "
        f"image_size='auto', or {size}. Received: {tuple(shape)}"
    )


def features(inputs, transfer):
    """Return the backbone's features of images in [0, 1].

    Gray images are repeated for a backbone that takes three channels; for one
    that takes gray, RGB becomes gray.

    Args:
        inputs: Keras tensor (batch, height, width, channels).
        transfer: A `Transfer`.

    Raises:
        RecipeError: For images of a size that the backbone does not take.
    """
    backbone = transfer.backbone
    _check_size(transfer, inputs.shape[1:3])
    x = keras.layers.Rescaling(255.0, dtype="float32", name="pixels")(inputs)
    channels = x.shape[-1]
    if channels == 1 and backbone.channels == 3:
        x = keras.layers.Concatenate(name="gray_as_rgb")([x, x, x])
    elif channels == 3 and backbone.channels == 1:
        x = keras.ops.image.rgb_to_grayscale(x)
    for layer in backbone.preprocessing:
        x = layer(x)
    wrapped = FrozenStatistics(
        backbone.model, transfer.statistics, name="backbone"
    )
    return wrapped(x)
