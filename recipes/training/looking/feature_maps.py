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
    found, hidden = _maps(source, target), _hidden(source, target)
    if not found:
        raise RunError(
            "explain needs feature maps of a convolutional network (cnn, "
            "resnet, or a convolutional backbone), and this network has none"
            f"{' that it shows' * bool(hidden)}.{hidden}"
        )
    if name is None:
        name = _last(found, shape, source, target, hidden)
    elif name not in found:
        outer = " (it lies outside the backbone)" * (name in outside)
        raise RunError(
            f"no feature map {name!r}{outer}.{suggest(name, found)} "
            f"Legal: {', '.join(found)}.{hidden}"
        )
    cut = found[name]
    body = _asleep(keras.Model(source, cut))
    if cut is target:
        return Cut(name, before, body, lambda maps, given: after(maps))
    rest = _asleep(keras.Model([cut, source], target))
    return Cut(name, before, body, lambda *both: after(rest(both)))


def _maps(source, target):
    """Return name → output of the layers that make maps, in order.

    From the first with a kernel on: what comes before is the image itself. A
    model inside the model counts as a layer; of several calls the last does.
    """
    outputs, begun, found = _outputs(source, target), False, {}
    for made_by in keras.Model(source, target).operations:
        weights = getattr(made_by, "weights", ())  # a bare sum has none
        begun = begun or any(len(w.shape) == 4 for w in weights)
        tensors = outputs.get(id(made_by), ())
        if begun and len(tensors) == 1 and len(tensors[0].shape) == 4:
            found[made_by.name] = tensors[0]
    return found


def _outputs(source, target):
    """Return id of an operation → what its last call in this graph gives."""
    calls, seen, waiting = {}, {id(source)}, [target]
    while waiting:
        tensor = waiting.pop()
        if id(tensor) in seen:
            continue
        seen.add(id(tensor))
        # `Operation.output` is of its first call alone, and of a model the
        # tensor inside, which no other graph reaches; nothing public tells.
        operation, index, _ = tensor._keras_history
        node = operation._inbound_nodes[index]
        calls.setdefault(id(operation), {})[index] = node.output_tensors
        waiting += node.input_tensors
    return {made_by: each[max(each)] for made_by, each in calls.items()}


def _hidden(source, target):
    """Return what is to be said of layers inside a model in the model."""
    operations = keras.Model(source, target).operations
    names = [repr(o.name) for o in operations if isinstance(o, keras.Model)]
    if not names:
        return ""
    return (
        f" The layers inside {', '.join(names)}, a model within the model, "
        "are not seen: for theirs train with that model itself as the "
        "backbone (recipes.backbone_part takes preprocessing=…)."
    )


def _last(found, shape, source, target, hidden):
    """Return the default layer."""
    every = keras.Model(source, list(found.values()))
    shapes = every.compute_output_shape((1, *shape[1:]))
    sizes = {n: s[1:3] for n, s in zip(found, shapes, strict=True)}
    large = [n for n in found if min(sizes[n]) >= LEAST]
    for name in reversed(large):
        if name.endswith("pad"):
            continue  # edges that hold nothing
        if found[name] is target:
            return name  # which Keras makes no model of
        try:
            keras.Model(found[name], target)
        except ValueError:
            continue  # only a part of the score goes through it
        return name
    largest = max(sizes.values(), key=min)
    size = f"{largest[0]}×{largest[1]}"
    if large:
        raise RunError(
            f"Of the feature maps with {LEAST} pixels or more on their shorter "
            f"side (up to {size}) none has all of the score going through it: "
            "there are paths around each. Name a layer, for its part: "
            f"{', '.join(large)}.{hidden}"
        )
    raise RunError(
        f"No feature map has {LEAST} pixels on its shorter side; the largest "
        f"is {size}, too coarse to say where. Train with a "
        f"larger image_size, or name a layer: {', '.join(found)}.{hidden}"
    )
