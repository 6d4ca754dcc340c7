"""A model as others can run it: predicting, self-contained, in float32."""

from contextlib import contextmanager

import keras
import numpy as np

from recipes import registry


def served(model, about):
    """Return a model that always predicts, of images of the run's size.

    Keras exports `model(x)` as it is without `training`, and a preprocessing
    layer, whose default is True, then wakes what follows it: batch
    normalizations take the statistics of the batch.

    Args:
        model: A served model.
        about: What the run's data was.
    """
    given = model.inputs[0]
    shape = tuple(given.shape)
    if about["features"] == "image":
        shape = (None, *about["input_shape"])
    inputs = keras.Input(batch_shape=shape, dtype=given.dtype, name=given.name)
    return keras.Model(inputs, model(inputs, training=False), name=model.name)


def layers_of(model):
    """Yield every layer, those of models inside it too."""
    for layer in model.layers:
        yield layer
        inner = getattr(layer, "model", None)  # FrozenStatistics
        for each in (layer, inner):
            if isinstance(each, keras.Model):
                yield from layers_of(each)


@contextmanager
def constants(model):
    """Hold the statistics of `Normalization` layers as plain arrays.

    They are tensors of the backend, which the converter to ONNX takes for
    inputs of the file.
    """
    kept = []
    for layer in layers_of(model):
        if isinstance(layer, keras.layers.Normalization):
            kept.append((layer, layer.mean, layer.variance))
    try:
        for layer, mean, variance in kept:
            layer.mean, layer.variance = (
                keras.ops.convert_to_numpy(each) for each in (mean, variance)
            )
        yield
    finally:
        for layer, mean, variance in kept:
            layer.mean, layer.variance = mean, variance


def half_policy(model):
    """Return the name of a dtype policy below float32, or None."""
    for layer in layers_of(model):
        if layer.dtype_policy.compute_dtype in ("float16", "bfloat16"):
            return layer.dtype_policy.name
    return None


def in_float32(model):
    """Return a copy that computes in float32: not every runtime has less."""
    config = _widened(keras.saving.serialize_keras_object(model))
    copy = keras.saving.deserialize_keras_object(
        config, custom_objects=registry.custom_objects()
    )
    copy.set_weights([np.asarray(each) for each in model.get_weights()])
    return copy


def _widened(config):
    """Return a configuration with every dtype policy as float32."""
    if isinstance(config, (list, tuple)):
        return type(config)(_widened(each) for each in config)
    if not isinstance(config, dict):
        return config
    if config.get("class_name") == "DTypePolicy":
        name = str(config["config"]["name"])
        if name.endswith("float16"):
            return {**config, "config": {**config["config"], "name": "float32"}}
    return {name: _widened(each) for name, each in config.items()}
