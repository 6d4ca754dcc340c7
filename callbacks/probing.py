"""A network looked at on a fixed batch, without any change to it."""

from contextlib import contextmanager

import keras
import numpy as np

# Names of activations, in lower case and without underscores.
SIGMOID = ("sigmoid", "hardsigmoid")
TANH = ("tanh", "hardtanh")
RELU = (
    *("relu", "relu6", "leakyrelu", "prelu", "elu", "selu", "celu"),
    *("gelu", "silu", "swish"),
)
OTHERS = (
    *("softmax", "logsoftmax", "softplus", "softsign", "mish", "maxout"),
    *("exponential", "logsigmoid", "hardsilu", "hardswish", "glu"),
)


def walk(model, before=""):
    """Yield (name, layer) of all layers, of models inside models too.

    The order is that of the graph; in a model written as a class, that of
    its attributes. Operations of `keras.ops` in a graph are there too. What
    a layer is made of is not, unless it holds a whole model.

    Example:

    >>> inner = keras.Sequential([keras.layers.Dense(1, name="b")], name="a")
    >>> [name for name, _ in walk(keras.Sequential([inner]))]
    ['a/b']
    """
    for layer in getattr(model, "operations", None) or model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        name = f"{before}{layer.name}"
        inner = _models(layer)
        for each in inner:
            yield from walk(each, f"{name}/")
        if not inner:
            yield name, layer


def _models(layer):
    """Return the models that a layer is, or calls as they are."""
    if isinstance(layer, keras.Model):
        return [layer]
    # These call what they hold in a loop, from which no tensor gets out.
    if isinstance(layer, (keras.layers.Wrapper, keras.layers.RNN)):
        return []
    held = getattr(layer, "__dict__", {}).values()
    return [each for each in held if isinstance(each, keras.Model)]


def activation_of(layer):
    """Return the name of a layer's activation, or None if it has none.

    A layer that is not of Keras, and has weights and no `activation`, may
    have any inside: it is "layer". A recurrent one is "recurrent".

    Example:

    >>> activation_of(keras.layers.LeakyReLU())
    'leakyrelu'
    >>> activation_of(keras.layers.Dense(1, activation="hard_sigmoid"))
    'hardsigmoid'
    >>> activation_of(keras.layers.Dense(1))
    """
    if isinstance(layer, keras.layers.RNN):
        return "recurrent"
    if isinstance(layer, keras.layers.Wrapper):
        return activation_of(layer.layer)
    if hasattr(layer, "activation"):
        function = layer.activation
        if function in (None, keras.activations.linear):
            return None
        if isinstance(function, keras.layers.Layer):
            return activation_of(function)
        name = getattr(function, "__name__", type(function).__name__)
        return name.lower().replace("_", "")
    name = type(layer).__name__.lower()
    if name in (*SIGMOID, *TANH, *RELU, *OTHERS):
        return name
    own = not type(layer).__module__.startswith("keras.")
    return "layer" if own and getattr(layer, "weights", ()) else None


def channel_axis(layer, rank):
    """Return the axis of a layer's units in its output."""
    default = keras.config.image_data_format() if rank >= 4 else None
    form = getattr(layer, "data_format", default)
    return 1 if form == "channels_first" and rank >= 3 else rank - 1


@contextmanager
def listening(layers):
    """Yield a dictionary of name → what each layer gives while this is open.

    Each call of a layer has an entry; a second one's name ends in "#2". Of
    several outputs the first is taken.

    Args:
        layers: Pairs of a name and a layer, or operation.
    """
    heard, before = {}, []
    try:
        for name, layer in layers:
            before.append((layer, vars(layer).get("call")))
            # Not by an assignment: Keras would track it.
            vars(layer)["call"] = _telling(layer.call, name, heard)
        yield heard
    finally:
        for layer, own in reversed(before):
            del vars(layer)["call"]
            if own is not None:
                vars(layer)["call"] = own


def _telling(call, name, heard):
    def told(*args, **kwargs):
        given = call(*args, **kwargs)
        number = sum(each.split("#")[0] == name for each in heard) + 1
        key = name if number == 1 else f"{name}#{number}"
        heard[key] = keras.tree.flatten(given)[0]
        return given

    return told


def values_of(variables):
    """Return the values of variables as tensors of the backend."""
    return [keras.ops.convert_to_tensor(v.value) for v in variables]


def as_batch(name, value):
    """Return a probe as arrays, floats in Keras' own width.

    Args:
        name: Of the argument.
        value: An array, or a list, tuple or dictionary of arrays, with the
            same number of examples each.

    Raises:
        ValueError: For what is no batch.
    """
    if isinstance(value, (str, bytes)) or value is None:
        _refuse(name, value)
    if isinstance(value, (list, tuple, dict)):
        if not value or np.ndim(keras.tree.flatten(value)[0]) == 0:
            _refuse(name, value)
        value = keras.tree.map_structure(_array, value)
    else:
        value = _array(value)
    flat = keras.tree.flatten(value)
    counts = {array.shape[:1] for array in flat}
    if len(counts) != 1 or counts & {(), (0,)}:
        _refuse(name, [array.shape for array in flat])
    return value


def _array(value):
    array = np.array(keras.ops.convert_to_numpy(value))
    if array.dtype.kind == "f":
        array = array.astype(keras.config.floatx())
    return array


def _refuse(name, value):
    raise ValueError(
        f"`{name}` must be a batch of 1 example or more: an array, or a list, "
        "tuple or dictionary of arrays with the same number of examples. "
        f"Received: {value!r}"
    )
