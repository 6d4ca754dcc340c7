"""The layers of a Keras model, and which stands before which."""

import keras


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


def pairs(model):
    """Yield (layer, layer right after it), of nested models too.

    A model that is written as a class shows no order, and yields nothing.
    """
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from pairs(layer)
    if isinstance(model, keras.Sequential):
        yield from zip(model.layers, model.layers[1:], strict=False)
        return
    makers = {
        id(tensor): layer
        for layer in model.layers
        for tensor in _tensors(layer, "output")
    }
    for layer in model.layers:
        for tensor in _tensors(layer, "input"):
            if id(tensor) in makers:
                yield makers[id(tensor)], layer


def output_layers(model):
    """Return the layer that makes each output, None where unknown."""
    if isinstance(model, keras.Sequential):
        return model.layers[-1:]
    makers = {
        id(tensor): layer
        for layer in model.layers
        for tensor in _tensors(layer, "output")
    }
    outputs = keras.tree.flatten(getattr(model, "outputs", None) or [])
    return [makers.get(id(tensor)) for tensor in outputs]


def _tensors(layer, side):
    try:
        return keras.tree.flatten(getattr(layer, side))
    except (AttributeError, ValueError):
        return []  # never called on its own, as in a model that is a class


def is_linear(layer):
    """Whether a layer has a kernel, and no activation of its own."""
    function = getattr(layer, "activation", None)
    return hasattr(layer, "kernel_initializer") and (
        function in (None, keras.activations.linear)
    )
