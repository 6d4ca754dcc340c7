"""Preprocessing: Keras layers, fitted on the training split alone.

They become the first layers of the model, so that it takes raw input.
"""

import keras
import numpy as np

from recipes import registry


def raw_layers(recipe, input_shape, scale):
    """Return the layers that bring raw input to what the network sees.

    Images: values into [0, 1], then `image_size`. Tables: none.

    Args:
        recipe: A resolved recipe.
        input_shape: Shape of one raw example.
        scale: What raw pixel values are multiplied with.
    """
    if len(input_shape) != 3 or recipe.image_size in (None, "auto"):
        return []
    layers = []
    if scale != 1:
        layers.append(
            keras.layers.Rescaling(scale, dtype="float32", name="raw_rescaling")
        )
    if tuple(recipe.image_size) != tuple(input_shape[:2]):
        layers.append(
            keras.layers.Resizing(
                *recipe.image_size,
                antialias=shrinks(input_shape, recipe.image_size),
                dtype="float32",
                name="raw_resizing",
            )
        )
    return layers


def shrinks(shape, size):
    """Whether a side gets shorter, so that pixels have to be averaged."""
    return any(a > b for a, b in zip(shape, size, strict=False))


def fit_layers(recipe, data):
    """Return `raw_layers` and the recipe's preprocessing, fitted on train.

    A preprocessing may be one layer, or a list of them. Texts have theirs
    outside the network, see `recipes.data.text_vectorization`.
    """
    layers = raw_layers(recipe, data.input_shape, data.value_scale)
    if recipe.preprocessing is None or data.features == "text":
        return layers

    def batches():
        for chunk in data.train.chunks():
            x = keras.ops.convert_to_tensor(chunk, "float32")
            for layer in layers:
                x = layer(x)
            yield keras.ops.convert_to_numpy(x)

    part = recipe.preprocessing
    built = registry.build("preprocessing", part, batches=batches)
    return [*layers, *(built if isinstance(built, (list, tuple)) else [built])]


def standardization(batches):
    """Standardize per feature or channel: `(x − mean) / deviation`.

    A constant feature is centered and left at that. Features of any scale
    come out right: the first layer brings the deviation to between 1 and 2 by
    a power of two, which is exact, and subtracts the mean as far as float32
    holds it; the second does the rest.

    Args:
        batches: Function that yields arrays (rows, …, features).
    """
    mean, variance = moments(batches(), keep=1)
    deviation = np.where(variance > 0, np.sqrt(variance), 1.0)
    exponent = np.clip(1 - np.frexp(deviation)[1], -126, 127)
    scale = np.ldexp(1.0, exponent)  # as wide as float32 has normal numbers
    offset = (mean * scale).astype("float32")
    centering = keras.layers.Rescaling(
        scale.astype("float32"), -offset, dtype="float32", name="raw_centering"
    )
    rest = mean * scale - offset
    return [centering, _normalization(rest, np.square(deviation * scale))]


def channel_mean(batches):
    """Subtract the mean, per feature or channel: `x − mean`.

    Args:
        batches: Function that yields arrays (rows, …, features).

    Reference: Simonyan and Zisserman, 2015, arXiv:1409.1556 (VGG).
    """
    mean, _ = moments(batches(), keep=1)
    return _normalization(mean, np.ones_like(mean))


def mean_image(batches):
    """Subtract the mean example: every pixel of every channel has its own.

    Args:
        batches: Function that yields arrays (rows, …), all of one shape.

    Reference: Krizhevsky, Sutskever, Hinton, 2012 (AlexNet).
    """
    mean, _ = moments(batches(), keep=None)
    return _normalization(mean, np.ones_like(mean))


def moments(batches, keep):
    """Return mean and variance in float64, in one pass.

    Args:
        batches: Arrays of shape (rows, …).
        keep: Number of last axes with statistics of their own; None for all.

    Example:

    >>> mean, variance = moments([np.array([[1.0], [3.0]])], keep=1)
    >>> mean.item(), variance.item()
    (2.0, 1.0)
    """
    count, shift = 0, None
    for batch in batches:
        batch = np.asarray(batch, "float64")
        stay = batch.ndim - 1 if keep is None else keep
        axes = tuple(range(batch.ndim - stay))
        if shift is None:
            # Sums around the first batch's mean: no cancellation.
            shift = batch.mean(axis=axes)
            first, second = np.zeros_like(shift), np.zeros_like(shift)
        around = batch - shift
        count += int(np.prod([batch.shape[a] for a in axes]))
        first += around.sum(axis=axes)
        second += np.square(around).sum(axis=axes)
    variance = np.maximum(second / count - np.square(first / count), 0.0)
    return shift + first / count, variance


def _normalization(mean, variance):
    axis = -1 if mean.ndim == 1 else tuple(range(1, mean.ndim + 1))
    return keras.layers.Normalization(
        axis=axis,
        mean=mean.astype("float32"),
        variance=variance.astype("float32"),
        dtype="float32",
        name="raw_normalization",
    )
