"""What each family of backbones expects: the four modes of preprocessing."""

import keras

from recipes.errors import RecipeError, suggest
from recipes.quiet import tensorflow_unasked

# ImageNet's, in the order red, green, blue, as `keras.applications` has them.
MEANS = (123.68, 116.779, 103.939)
FRACTIONS = (0.485, 0.456, 0.406)
DEVIATIONS = (0.229, 0.224, 0.225)


@keras.saving.register_keras_serializable(package="recipes")
class ReversedChannels(keras.layers.Layer):
    """Reverse the last axis: RGB to BGR, as networks from Caffe expect it.

    Shapes: any shape, kept.

    Example:

    >>> y = ReversedChannels()(keras.ops.array([[1.0, 2.0, 3.0]]))
    >>> keras.ops.convert_to_numpy(y).tolist()
    [[3.0, 2.0, 1.0]]
    """

    def call(self, inputs):
        return keras.ops.flip(inputs, axis=-1)

    def compute_output_shape(self, input_shape):
        return input_shape


def _caffe():
    return (
        ReversedChannels(dtype="float32", name="reversed_channels"),
        _rescaling([1.0] * 3, [-mean for mean in reversed(MEANS)]),
    )


def _tf():
    return (_rescaling(1 / 127.5, -1.0),)


def _torch():
    scale = [1 / (255 * deviation) for deviation in DEVIATIONS]
    offset = [
        -mean / deviation
        for mean, deviation in zip(FRACTIONS, DEVIATIONS, strict=True)
    ]
    return (_rescaling(scale, offset),)


def _rescaling(scale, offset):
    # In float16 the means would be off by up to a sixteenth.
    return keras.layers.Rescaling(
        scale, offset, dtype="float32", name="preprocessing"
    )


MODES = {"caffe": _caffe, "tf": _tf, "torch": _torch, "none": tuple}


def preprocessing(mode):
    """Return the layers of a mode: images of 0 to 255, RGB → what it expects.

    The layers work on both backends, are saved with a model, and compute in
    float32 whatever the policy; none writes into its input.

    Args:
        mode: `"caffe"` is BGR minus ImageNet's means, in 0 to 255; `"tf"` is
            x / 127.5 − 1; `"torch"` is x / 255 minus ImageNet's means over its
            deviations; `"none"` leaves the images as they are, for a network
            that has its preprocessing inside.

    Raises:
        RecipeError: For another mode.

    Example:

    >>> (layer,) = preprocessing("tf")
    >>> y = layer(keras.ops.array([0.0, 255.0]))
    >>> keras.ops.convert_to_numpy(y).tolist()
    [-1.0, 1.0]
    """
    if mode not in MODES:
        raise RecipeError(
            f"`preprocessing` must be one of {', '.join(MODES)}."
            f"{suggest(mode, MODES)} Received: {mode!r}"
        )
    return MODES[mode]()


WORDS = {
    "caffe": "BGR minus ImageNet's means",
    "tf": "-1 to 1",
    "torch": "standardized by ImageNet's means",
    "none": "0 to 255 as they are",
}


def mode_of(layers):
    """Return the mode whose layers these are, or None.

    >>> mode_of(preprocessing("caffe"))
    'caffe'
    """
    with tensorflow_unasked():
        given = [layer.get_config() for layer in layers]
        for mode in MODES:
            if given == [layer.get_config() for layer in preprocessing(mode)]:
                return mode
    return None


def in_words(layers):
    """Say what layers make of pixels.

    >>> in_words(preprocessing("tf"))
    '-1 to 1 (tf)'
    """
    mode = mode_of(layers)
    return f"{WORDS[mode]} ({mode})" if mode else "by its own scale and offset"
