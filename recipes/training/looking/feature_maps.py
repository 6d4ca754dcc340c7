"""A trained network cut at one of its feature maps."""

from functools import partial
from typing import NamedTuple

import keras

from recipes.errors import RunError, suggest
from recipes.transfer.frozen_statistics import FrozenStatistics

LEAST = 4  # pixels of a map's shorter side: fewer do not say where
READABLE = ("probabilities", "own_units")  # what stands behind the scores


class Cut(NamedTuple):
    """A network in two: scores = head(before, maps).

    Args:
        layer: Name of the layer whose output is cut.
        before: Raw images → what the cut network takes.
        maps: That → feature maps (batch, height, width, channels).
        head: (feature maps, what `before` gave) → scores, before softmax or
            sigmoid. The second is for paths around the layer.
    """

    layer: str
    before: object
    maps: object
    head: object


def cut_at(model, layer=None):
    """Cut a served network, or the backbone in it, at a feature map.

    Args:
        model: The model of a run, with fixed sizes.
        layer: Name of a layer; None takes the last with at least 4 pixels on
            its shorter side through which all of the score goes.

    Returns:
        `Cut`. All of it is in inference mode, and shares the model's weights.

    Raises:
        RunError: For a network without feature maps, and an unknown layer.
    """
    score = _score(model)
    raw = model.inputs[0]
    wrapped = [y for y in model.layers if isinstance(y, FrozenStatistics)]
    if not wrapped:
        return _cut(raw.shape, raw, score, layer, _as_is, _as_is)
    outer = wrapped[0]
    inner = outer.model
    if not isinstance(inner, keras.Model) or not getattr(inner, "inputs", ()):
        raise RunError(
            "The layers of this backbone are hidden in its own code: explain "
            "takes functional models. "
            f"Received: {type(inner).__name__}"
        )
    return _cut(
        outer.input.shape,
        inner.inputs[0],
        inner.outputs[0],
        layer,
        _asleep(keras.Model(raw, outer.input)),
        _asleep(keras.Model(outer.output, score)),
        [y.name for y in model.layers],
    )


def _as_is(x):
    return x


def _asleep(model):
    """Return the model as a function, in inference mode.

    It has to be said: Keras' resizing layers, which train by default, wake
    the normalizations after them in a model that is called without it.
    """
    return partial(model, training=False)


def _score(model):
    """Return the tensor before the softmax, sigmoid or own units."""
    for name in READABLE:
        if any(layer.name == name for layer in model.layers):
            return model.get_layer(name).input
    raise RunError(
        "This model has no one layer of scores to explain. For an ensemble "
        "explain its members: recipes.load_run(member).explain(images)."
    )


def _cut(shape, source, target, name, before, after, outside=()):
    found = _maps(source, target)
    if not found:
        raise RunError(
            "explain needs feature maps of a convolutional network (cnn, "
            "resnet, or a convolutional backbone), and this network has none."
        )
    if name is None:
        name = _last(found, shape, source, target)
    elif name not in found:
        outer = " (it lies outside the backbone)" * (name in outside)
        raise RunError(
            f"no feature map {name!r}{outer}.{suggest(name, found)} "
            f"Legal: {', '.join(found)}"
        )
    cut = found[name]
    body = _asleep(keras.Model(source, cut))
    if cut is target:
        return Cut(name, before, body, lambda maps, given: after(maps))
    rest = _asleep(keras.Model([cut, source], target))
    return Cut(name, before, body, lambda *both: after(rest(both)))


def _maps(source, target):
    """Return name → output of the layers that make maps, in order.

    From the first with a kernel on: what comes before is the image itself.
    """
    found, begun = {}, False
    for made_by in keras.Model(source, target).operations:
        weights = getattr(made_by, "weights", ())  # a bare sum has none
        begun = begun or any(len(w.shape) == 4 for w in weights)
        if begun and len(getattr(made_by.output, "shape", ())) == 4:
            found[made_by.name] = made_by.output
    return found


def _last(found, shape, source, target):
    """Return the default layer."""
    every = keras.Model(source, list(found.values()))
    shapes = every.compute_output_shape((1, *shape[1:]))
    sizes = {n: s[1:3] for n, s in zip(found, shapes, strict=True)}
    for name in reversed(found):
        padded = name.endswith("pad")  # edges that hold nothing
        if min(sizes[name]) >= LEAST and not padded:
            try:
                keras.Model(found[name], target)
            except ValueError:
                continue  # only a part of the score goes through it
            return name
    largest = max(sizes.values(), key=min)
    raise RunError(
        f"No feature map has {LEAST} pixels on its shorter side; the largest "
        f"is {largest[0]}×{largest[1]}, too coarse to say where. Train with a "
        f"larger image_size, or name a layer: {', '.join(found)}"
    )
