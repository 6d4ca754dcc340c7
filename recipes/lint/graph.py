"""The layers of a Keras model, and which stands before which."""

import keras

from recipes.backbones.backbone import shows_order

ACTIVATIONS = {
    "activation",
    "elu",
    "gelu",
    "leakyrelu",
    "maxout",
    "prelu",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "tanh",
}
SHAPES = {
    "expanddims",
    "flatten",
    "identity",
    "permute",
    "reshape",
    "squeeze",
    "transpose",
}


class Step:
    """A layer, or an operation of `keras.ops`, at one place in a model.

    Attributes:
        layer: The layer; one that is used twice makes two steps.
        before: The steps whose results it takes.
        after: The steps that take its result.
    """

    def __init__(self, layer, before):
        self.layer, self.before, self.after = layer, list(before), []
        for step in self.before:
            step.after.append(self)

    @property
    def kind(self):
        """The name of the class in lower case: of layer or operation alike."""
        return type(self.layer).__name__.lower()


def trace(model, sources=()):
    """Return the steps of a model, of nested ones too, and the last ones.

    A model that is written as a class shows no order, and has no steps.

    Args:
        model: A `keras.Model`.
        sources: The steps that make its inputs, if it is inside another.

    >>> model = keras.Sequential([keras.Sequential([keras.layers.Dense(1)])])
    >>> steps, (last,) = trace(model)
    >>> steps == [last], last.kind
    (True, 'dense')
    """
    if not shows_order(model):
        return [], []
    if not isinstance(model, keras.Sequential):
        return _trace_graph(model, sources)
    steps, last = [], sources
    for layer in model.layers:
        found, last = _place(layer, last)
        steps += found
    return steps, last


def _place(layer, before):
    """Return the steps of a layer or a nested model, and its last ones."""
    if shows_order(layer):
        return trace(layer, before)
    step = Step(layer, before)
    return [step], [step]


def _trace_graph(model, sources):
    """Follow a functional model from its outputs to its inputs."""
    inputs = keras.tree.flatten(model.inputs)
    makers = {
        id(tensor): step for tensor, step in zip(inputs, sources, strict=False)
    }
    steps, outputs = [], keras.tree.flatten(model.outputs)
    waiting = list(outputs)
    while waiting:  # a recursion would be as deep as the model
        if id(waiting[-1]) in makers:
            waiting.pop()
            continue
        operation, needed, made = _origin(waiting[-1])
        missing = [t for t in needed if id(t) not in makers]
        if missing:
            waiting += missing
            continue
        found, last = _place(operation, [makers[id(t)] for t in needed])
        steps += found
        if len(last) != len(made):
            last = [*last, *last[-1:] * len(made)]
        makers.update(
            (id(t), step) for t, step in zip(made, last, strict=False)
        )
    return steps, [makers[id(tensor)] for tensor in outputs]


def _origin(tensor):
    """Return the operation that makes a tensor, what it takes and makes."""
    # `Operation.input` is of its first use alone; nothing in public tells.
    operation, index, _ = tensor._keras_history
    node = operation._inbound_nodes[index]
    return operation, node.input_tensors, node.output_tensors


def layers_of(model):
    """Yield every layer, of nested models too, in their order.

    >>> model = keras.Sequential([keras.Sequential([keras.layers.Dense(1)])])
    >>> [type(layer).__name__ for layer in layers_of(model)]
    ['Dense']
    """
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from layers_of(layer)
        else:
            yield layer


def parts_of(layer):
    """Return a layer and what it wraps: a cell, a layer, two directions.

    >>> layer = keras.layers.TimeDistributed(keras.layers.Dense(1))
    >>> [type(part).__name__ for part in parts_of(layer)]
    ['TimeDistributed', 'Dense']
    """
    # Models list their layers in public, wrappers do not.
    return list(getattr(layer, "_flatten_layers", lambda: [layer])())


def is_linear(layer):
    """Whether a layer has a kernel, and no activation of its own."""
    function = getattr(layer, "activation", None)
    return hasattr(layer, "kernel_initializer") and (
        function in (None, keras.activations.linear)
    )


def names(layers):
    """Return the names of layers, each once.

    >>> names([keras.layers.ReLU(name="a"), keras.layers.ReLU(name="b")])
    'a, b'
    """
    return ", ".join(dict.fromkeys(layer.name for layer in layers))
