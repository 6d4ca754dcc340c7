"""Backbone: a network without its top, and all that goes with it."""

import re
from typing import NamedTuple

import keras
import numpy as np

from recipes.errors import RecipeError

BLOCKS = 6  # of a network whose layers' names tell no stages


class Backbone(NamedTuple):
    """What every builder of a backbone returns.

    Args:
        model: `keras.Model`: preprocessed images (batch, height, width,
            channels) → feature map (batch, h, w, c), or features (batch, c).
        preprocessing: Keras layers, in their order: images of 0 to 255, RGB,
            or gray where `channels` is 1 → what `model` expects.
        channels: 3 or 1.
        minimum_size: The smallest side of an image, in pixels.
        default_size: The side that it was made for, in pixels.
        blocks: Regular expressions on variable paths, from the input upwards;
            exactly one fits each variable of `model`.
        origin: `{"weights": …, "sha256": …, "file": …}`: where the weights
            come from; the last two are None without a file.
    """

    model: keras.Model
    preprocessing: tuple
    channels: int
    minimum_size: int
    default_size: int
    blocks: tuple
    origin: dict


def block_of(variable, blocks):
    """Return the number of the block that a variable is in, from 0.

    Args:
        variable: A Keras variable, or its path.
        blocks: Regular expressions, as in `Backbone.blocks`.

    Raises:
        RecipeError: If none of the blocks has it.

    Example:

    >>> block_of("conv2_block1_1_conv/kernel", ("^conv1_", "^conv2_"))
    1
    """
    path = getattr(variable, "path", variable)
    for number, block in enumerate(blocks):
        if re.search(block, path):
            return number
    raise RecipeError(
        "No block of the backbone has this variable. The blocks are "
        f"{', '.join(blocks)}. Received: {path!r}"
    )


def blocks_of(model, stage=None, cuts=()):
    r"""Return expressions on variable paths that cut a model into blocks.

    Layers are gone through from the input upwards. One whose name has no
    stage belongs to the next one that has: a shortcut stands before the sum
    that ends its block. What comes after the last stage belongs to it.
    Without stages, models inside the model are cut too, at any depth.

    Args:
        model: A `keras.Model` whose layers are listed from the input upwards.
        stage: Regular expression on the names of layers; its group is the
            stage that a layer belongs to; a model inside counts as one layer.
            None: six blocks of about as many layers each.
        cuts: Where stages are numbers: the first ones of the second, third, …
            block. None: each stage is a block.

    Raises:
        RecipeError: If two variables share a path, so that no expression can
            tell them apart.

    Example:

    >>> model = keras.Sequential(
    ...     [keras.Input((2,))]
    ...     + [keras.layers.Dense(2, name=name) for name in
    ...        ("stem", "block1a", "block1b", "block2a", "top")],
    ...     name="net")
    >>> blocks_of(model, r"block(\d)")
    ('^(?:net/stem/|net/block1)', '^(?:net/block2|net/top/)')
    """
    layers = model.layers if stage else _layers(model)
    numbers = _numbers(layers, stage, cuts)
    paths, seen = {}, set()
    for layer, number in zip(layers, numbers, strict=True):
        for variable in layer.variables:
            if id(variable) in seen:
                continue  # of a layer that is used twice
            seen.add(id(variable))
            if variable.path in paths:
                raise RecipeError(
                    f"Two variables of the model {model.name!r} have the path "
                    f"{variable.path!r}, so that nothing can tell them apart: "
                    "give the layers names of their own."
                )
            paths[variable.path] = number
    return tuple(_expression(paths, n) for n in sorted(set(paths.values())))


def _layers(model):
    """Return the layers of a model and of those inside it, each once."""
    found = {}
    for layer in model.layers:
        inside = _layers(layer) if shows_order(layer) else []
        found.update((id(each), each) for each in inside)
        known = {id(v) for each in inside for v in each.variables}
        if not inside or any(id(v) not in known for v in layer.variables):
            found[id(layer)] = layer  # a model may have weights of its own
    return list(found.values())


def shows_order(layer):
    """Whether it is a model whose layers and their order can be seen."""
    return isinstance(layer, keras.Sequential) or (
        isinstance(layer, keras.Model) and bool(getattr(layer, "outputs", None))
    )


def _numbers(layers, stage, cuts):
    """Return the number of each layer's block."""
    if stage is None:
        heavy = np.cumsum([bool(layer.variables) for layer in layers])
        return np.ceil(heavy * BLOCKS / max(heavy[-1], 1)).tolist()
    stages = []
    for layer in layers:
        match = re.search(stage, layer.name)
        name = match and next(filter(None, match.groups()))
        stages.append(
            sum(int(name) >= c for c in cuts) if name and cuts else name
        )
    order = list(dict.fromkeys(s for s in stages if s is not None))
    numbers, coming = [], order[-1]
    for name in reversed(stages):
        coming = coming if name is None else name
        numbers.append(order.index(coming))
    return numbers[::-1]


def _expression(paths, number):
    """Return what fits the paths of one block, by their shortest beginnings."""
    foreign = [path for path, n in paths.items() if n != number]
    beginnings, whole = {}, {}
    for path in (path for path, n in paths.items() if n == number):
        if path.startswith(tuple(beginnings)):
            continue
        ends = [match.end() for match in re.finditer(r"/|\d+", path)]
        for end in ends:
            if not any(other.startswith(path[:end]) for other in foreign):
                beginnings[path[:end]] = re.escape(path[:end])
                break
        else:
            whole[path] = re.escape(path) + "$"
    return f"^(?:{'|'.join([*beginnings.values(), *whole.values()])})"
