"""Features of a frozen network, computed once and kept on disk.

A frozen backbone gives the same features in every epoch, so they are computed
in one pass, and the head trains on them. They are kept under a key that holds
all they depend on, and found again by other runs, other processes, sweeps.
"""

import hashlib
import json

import keras
import numpy as np

BATCH = 32  # examples that go through the backbone at a time


def key_of(body, split, *, about=()):
    """Return the key of a split's features: a hash of all they depend on.

    Args:
        body: The frozen `keras.Model`: its layers' settings, its weights, its
            number formats.
        split: The examples, and which of them.
        about: What else decides them: a policy, a seed, a view.

    Example:

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    >>> from recipes.data.data import ArraySource, Split
    >>> rows = np.arange(2)
    >>> split = Split("train", ArraySource(np.zeros((2, 2))), rows, rows)
    >>> key_of(model, split) == key_of(model, split, about=["view 1"])
    False
    """
    said = [keras.__version__, keras.backend.backend(), repr(about)]
    said.append(anonymous(body.get_config()))
    digest = digest_of(body, said)
    digest.update(split.source.digest())
    digest.update(np.ascontiguousarray(split.rows).tobytes())
    return digest.hexdigest()[:40]


def digest_of(model, said):
    """Return a `hashlib` hash of plain values and of a model's weights.

    Args:
        model: A `keras.Model`; the states of random numbers do not count.
        said: What else is hashed, such as its configuration.
    """
    digest = hashlib.sha256(json.dumps(said, default=repr).encode())
    for variable in model.weights:
        values = keras.ops.convert_to_numpy(variable)
        digest.update(f"{values.dtype}{values.shape}".encode())
        digest.update(np.ascontiguousarray(values).tobytes())
    return digest


def features(body, examples, progress=None):
    """Yield the features of examples, chunk by chunk, as float32.

    Args:
        body: The frozen `keras.Model`; it gives features of any shape.
        examples: Yields raw examples, BATCH or fewer at a time.
        progress: Called with the number of examples done, or None.
    """
    done = 0
    for x in examples:
        yield predicted(body, x, BATCH)
        done += len(x)
        if progress is not None:
            progress(done)


def predicted(body, x, batch_size):
    """Return the features of some examples as float32.

    The last batch is filled up: one shape means one compilation.
    """
    missing = batch_size - len(x)
    if missing:
        x = np.concatenate([x, np.repeat(x[:1], missing, axis=0)])
    found = body.predict_on_batch(x)
    return np.asarray(found, "float32")[: batch_size - missing]


def anonymous(config):
    """Return a network's configuration with numbers for its layers' names.

    Keras counts these up. Only names are replaced, and what refers to them:
    a setting may be the same word.

    Example:

    >>> config = {"name": "relu", "trainable": True, "activation": "relu"}
    >>> anonymous(config)
    {'name': 0, 'trainable': True, 'activation': 'relu'}
    """
    names = {}

    def number(name):
        return names.setdefault(name, len(names))

    def renamed(value):
        if isinstance(value, (list, tuple)):
            return [renamed(each) for each in value]
        if not isinstance(value, dict):
            return value
        found = {key: renamed(each) for key, each in value.items()}
        if "trainable" in value and "name" in value:  # a layer's settings
            found["name"] = number(value["name"])
        if "keras_history" in value:
            found["keras_history"] = referred(value["keras_history"])
        if "layers" in value:  # a network's
            for layer in found["layers"]:
                label(layer)
            for key in ("input_layers", "output_layers"):
                found[key] = referred(value.get(key))
        return found

    def label(layer):
        """Number a network's layer, which may be an operation or an input."""
        for about in (layer, layer["config"]):
            if isinstance(about.get("name"), str):
                about["name"] = number(about["name"])

    def referred(value):
        """Number the names in (name, node, tensor), however nested."""
        return keras.tree.map_structure(
            lambda each: number(each) if isinstance(each, str) else each, value
        )

    return renamed(config)
