"""Rules on the network itself: dead units, vanishing gradients."""

import keras
import numpy as np

from recipes.data.small import sample
from recipes.lint.facts import named
from recipes.part import Part
from recipes.training.diagnosis.found import Diagnosis, sure
from recipes.training.diagnosis.level import PENALTY
from recipes.training.looking.gradients import weight_gradients

DEAD, UNITS, ROWS, BATCH = 0.5, 8, 512, 32
VANISHED, LEFT = 1e-3, 0.1
SATURATING = ("sigmoid", "tanh")


def dead_units(evidence):
    """Half the units of a ReLU layer, or more, give 0 for every row.

    A unit (of maps: a channel) is dead if its output is 0 on 512 rows of the
    training split, at every pixel. No gradient passes it any more, so that no
    training brings it back. The share is of the worst layer of 8 units or
    more. Not for texts and backbones, nor for activations other than ReLU.
    """
    model = _own_model(evidence)
    if model is None or not named(evidence.recipe.activation, "relu"):
        return None
    layers = [
        layer
        for layer in model.layers
        if isinstance(layer, keras.layers.ReLU)
        and layer.output.shape[-1] >= UNITS
    ]
    if not layers:
        return None
    looked = keras.Model(model.inputs[0], [layer.output for layer in layers])
    most = None
    split = evidence.own.data.train
    places = sample(len(split), ROWS)
    for start in range(0, len(places), BATCH):
        x = split.read(places[start : start + BATCH]).astype("float32")
        maps = looked(x, training=False)
        maps = maps if isinstance(maps, (list, tuple)) else [maps]
        maps = [keras.ops.convert_to_numpy(each) for each in maps]
        now = [m.max(axis=tuple(range(m.ndim - 1))) for m in maps]
        most = now if most is None else list(map(np.maximum, most, now))
    shares = [float((each <= 0).mean()) for each in most]
    share = max(shares)
    if share < DEAD:
        return None
    layer = layers[shares.index(share)].name
    words = (
        f"{share:.0%} of the units of layer {layer!r} give 0 for each of "
        f"{len(places)} training rows: no gradient reaches them."
    )
    numbers = {"share": share, "layer": layer, "bound": DEAD}
    changes = {"activation": "leaky_relu", **_normalized(evidence.recipe)}
    found = sure(share, DEAD)
    return Diagnosis("dead-units", words, numbers, found, changes)


def vanishing_gradients(evidence):
    """The first layer gets next to none of the gradient that the last gets.

    |d loss / d w| / |w| of the first kernel is below 0.001 of the last's, on
    128 rows of the training split with the weights that the run ended with,
    in a run that has 0.1 of chance left or more. Not for texts and backbones,
    nor where a penalty on the weights is 0.25 of chance or more: it presses
    them to 0, and what passes them with it.
    """
    model = _own_model(evidence)
    left = min(evidence.train[evidence.kept], evidence.val[evidence.kept])
    if model is None or left < LEFT or evidence.penalty >= PENALTY:
        return None
    kernels = [
        (place, v)
        for place, v in enumerate(model.trainable_variables)
        if v.path.endswith("kernel") and len(v.shape) > 1
    ]
    if len(kernels) < 3:
        return None
    split = evidence.own.data.train
    places = sample(len(split), ROWS // 4)
    x = split.read(places).astype("float32")
    loss = _loss(evidence, split.labels[places])
    grads = weight_gradients(model, loss, x)
    ratios = [_size(grads[p]) / max(_size(v), 1e-12) for p, v in kernels]
    first, last = ratios[0], ratios[-1]
    if not last > 0 or first / last >= VANISHED:
        return None
    ratio = first / last
    words = (
        f"The gradient of `{kernels[0][1].path}` is {ratio:.1g} of that of "
        f"`{kernels[-1][1].path}`, each by the size of its weights, "
        f"{len(kernels)} layers apart."
    )
    numbers = {"ratio": ratio, "first": first, "last": last, "bound": VANISHED}
    recipe = evidence.recipe
    changes = _normalized(recipe)
    if named(recipe.activation, *SATURATING):
        changes = {**changes, "activation": "relu"}
        changes["kernel_initializer"] = "auto"
    over = VANISHED / max(ratio, 1e-12)
    mend = "fewer layers, or a residual network" if not changes else ""
    return Diagnosis(
        "vanishing-gradients", words, numbers, sure(over, 1), changes, mend
    )


def _own_model(evidence):
    """Return the model, if its layers show and its data can be read."""
    own, recipe = evidence.own, evidence.recipe
    text = evidence.about["features"] == "text"
    if own is None or text or recipe.backbone is not None or own.data is None:
        return None
    return own.model


def _normalized(recipe):
    if recipe.normalization is not None:
        return {}
    return {"normalization": Part("batch_normalization")}


def _size(values):
    found = keras.ops.convert_to_numpy(getattr(values, "value", values))
    return float(np.sqrt(np.square(found.astype("float64")).mean()))


def _loss(evidence, labels):
    """Return the loss of an output, as in training but for its scale."""
    if evidence.target == "number":
        spread = np.maximum(labels.std(axis=0), 1e-12)
        return lambda y: keras.ops.mean(
            keras.ops.square((y - labels.astype("float32")) / spread)
        )
    if evidence.target == "class" and evidence.classes > 2:
        labels = np.eye(evidence.classes, dtype="float32")[labels]
        return lambda y: keras.ops.mean(
            keras.losses.categorical_crossentropy(labels, y)
        )
    labels = labels.reshape(len(labels), -1).astype("float32")

    def binary(y):
        y = y[:, -1:] if labels.shape[1] == 1 else y
        return keras.ops.mean(keras.losses.binary_crossentropy(labels, y))

    return binary


RULES = {"dead-units": dead_units, "vanishing-gradients": vanishing_gradients}
