"""Raw examples such as a model takes, drawn without its data."""

import keras
import numpy as np

from recipes.training.exporting.standalone import layers_of


def draw(model, about, count):
    """Return examples of a run's kind, always the same.

    Images: one black, one white, noise, and noise in blocks, in the range of
    the run's own. Tables: rows that the model's preprocessing, fitted on the
    training split, sees as standard normal. Texts: words of its vocabulary,
    one text empty, one with an unknown word, one longer than the model reads.

    Args:
        model: The served model.
        about: What the run's data was.
        count: How many; at least 4.
    """
    generator = np.random.default_rng(0)
    if about["features"] == "image":
        return _images(about, count, generator)
    if about["features"] == "text":
        return _texts(model, count, generator)
    return _rows(model, about, count, generator)


def _images(about, count, generator):
    height, width, channels = about["input_shape"]
    noise = generator.uniform(size=(count, height, width, channels))
    down, across = (
        np.arange(side) // max(1, side // 4) for side in (height, width)
    )
    noise[1::2] = noise[1::2][:, down][:, :, across]
    noise[0], noise[-1] = 0, 1
    top = 1 / about["value_scale"]
    values = noise * top if top < 2 else np.round(noise * top)
    return values.astype("float32")


def _texts(model, count, generator):
    [layer, *_] = [
        each
        for each in layers_of(model)
        if isinstance(each, keras.layers.TextVectorization)
    ]
    words = layer.get_vocabulary(include_special_tokens=False)
    texts = [
        " ".join(generator.choice(words, 3 + 2**number))
        for number in range(count)
    ]
    texts[0] = ""
    texts[1] = f"{texts[1].upper()}, unheard-of-{'x' * 20}!"
    texts[-1] = " ".join(generator.choice(words, 1000))
    return np.array(texts, object)


def _rows(model, about, count, generator):
    first = _preprocessing(model)
    shape = first[-1].output.shape[1:] if first else about["input_shape"]
    values = generator.normal(size=(count, *shape))
    if not first:  # of any scale, so that not every output is 0 or 1
        values *= np.geomspace(1, 1e-4, count)[:, None]
    for layer in reversed(first):
        if isinstance(layer, keras.layers.Normalization):
            mean, variance = map(
                keras.ops.convert_to_numpy, (layer.mean, layer.variance)
            )
            values = values * np.sqrt(variance) + mean
        elif isinstance(layer, keras.layers.Rescaling):
            values = (values - layer.offset) / layer.scale
        else:
            kernel, bias = layer.get_weights()
            values = (values - bias) @ np.linalg.pinv(kernel)
    return values.astype("float32")


def _preprocessing(model):
    """Return the first layers whose map can be undone, of a member's too."""
    kinds = (
        keras.layers.Normalization,
        keras.layers.Rescaling,
        keras.layers.Dense,
    )
    found = []
    for layer in model.layers[1:]:
        if isinstance(layer, keras.Model) and not found:
            return _preprocessing(layer)
        if "raw_" not in layer.name or not isinstance(layer, kinds):
            return found
        found.append(layer)
    return found
