"""The rule on what a Keras model normalizes its input with."""

import inspect

import keras
import numpy as np

from recipes.lint.finding import Finding
from recipes.lint.graph import trace

FAR = 10  # deviations from the mean that no data of its own has on average
NARROW = 0.1  # of the deviation 1 that data of its own has


def foreign_statistics(model, inputs):
    """Normalization with statistics of other data, as of [0, 1] images.

    Typical: mean and deviation of images in [0, 1], and raw input in
    [0, 255], or the other way round. Needs `inputs`, some examples. Looks
    behind layers without weights, such as augmentation, as they predict.

    Measured: 600 rows of digits, 10 epochs, test accuracy over seeds 0, 1, 2:
    0.882 ± 0.052, mended 0.946 ± 0.009.
    """
    if inputs is None or len(inputs) < 2:
        return None
    for step in trace(model)[0]:
        if not isinstance(step.layer, keras.layers.Normalization):
            continue
        way = _way_from_input(step)
        if way is None:
            continue
        seen = _after(way, inputs[:256].astype("float32"))
        apart = seen.std()
        far = np.abs(seen).mean() > FAR or apart > FAR
        if far or (apart < NARROW and np.ptp(inputs[:256])):
            return Finding(
                "foreign-statistics",
                step.layer.name,
                f"After this normalization the input lies {seen.mean():.3g} "
                f"from 0, with a deviation of {apart:.3g}: its mean and "
                "variance are of other data, or of another range.",
                "LeCun, Bottou, Orr, Müller, 1998, Efficient BackProp",
                words="bring the input to the range of the statistics, for "
                "instance by Rescaling(1/255), or adapt the layer to it.",
            )
    return None


def _way_from_input(step):
    """Return the layers from the input to this one, or None with weights."""
    way = [step.layer]
    while step.before:
        if len(step.before) > 1:
            return None
        (step,) = step.before
        if isinstance(step.layer, keras.layers.InputLayer):
            continue
        layer = step.layer
        if not isinstance(layer, keras.Layer) or layer.trainable_weights:
            return None  # operations hide their other arguments
        way.append(layer)
    return way[::-1]


def _after(way, x):
    """Return what comes out of these layers when predicting."""
    for layer in way:
        known = inspect.signature(layer.call).parameters
        more = {"training": False} if "training" in known else {}
        x = layer(x, **more)
    return keras.ops.convert_to_numpy(x)
