"""A network's two passes on a fixed batch, compiled; nothing of it moves."""

import keras

from callbacks.gradients import compiled, value_and_gradient
from callbacks.probing import (
    activation_of,
    channel_axis,
    listening,
    walk,
)


def forward(model):
    """Return (function of values and inputs, what its results are of)."""
    layers = [(name, layer) for name, layer in walk(model)]
    layers = [(n, layer) for n, layer in layers if activation_of(layer)]
    kinds, about = dict(layers), []
    variables = model.variables

    def run(values, inputs):
        pairs = zip(variables, values, strict=True)
        with keras.StatelessScope(pairs, collect_losses=True):
            with listening(layers) as heard:
                outputs = model(inputs, training=False)
        ends = {id(tensor) for tensor in keras.tree.flatten(outputs)}
        about.clear()
        for name, tensor in heard.items():
            layer = kinds[name.split("#")[0]]
            axis = channel_axis(layer, len(tensor.shape))
            about.append((name, activation_of(layer), axis, id(tensor) in ends))
        return [keras.ops.cast(t, "float32") for t in heard.values()]

    return compiled(run), about


def build_loss(model, inputs, targets):
    """Let Keras make what a loss of several outputs has, and its sums 0."""
    with keras.StatelessScope(collect_losses=True):
        outputs = model(inputs, training=False)
    model.compute_loss(inputs, targets, outputs, training=False)
    model.reset_metrics()


def backward(model):
    """Return (function of values and a batch, names of the layers)."""
    trained, others = model.trainable_variables, model.non_trainable_variables
    places = {id(variable): i for i, variable in enumerate(trained)}
    layers = [
        (name, [places.pop(id(v)) for v in variables if id(v) in places])
        for name, layer in walk(model)
        if (variables := getattr(layer, "trainable_variables", ()))
    ]
    layers.append((model.name, list(places.values())))  # its own
    layers = [(name, found) for name, found in layers if found]

    def run(values, rest, scale, inputs, targets):
        def loss_of(values):
            pairs = zip([*trained, *others], [*values, *rest], strict=True)
            with keras.StatelessScope(pairs, collect_losses=True):
                outputs = model(inputs, training=False)
                loss = model.compute_loss(
                    inputs, targets, outputs, training=False
                )
            # Scaled as in training: float16 loses what is too small.
            return keras.ops.cast(loss, "float32") * scale

        loss, gradients = value_and_gradient(loss_of, values)
        norms = [_norm([gradients[i] for i in found]) for _, found in layers]
        weights = [_norm([values[i] for i in found]) for _, found in layers]
        stack = keras.ops.stack
        return loss / scale, stack(norms) / scale, stack(weights)

    names = [
        (name, any(len(trained[i].shape) >= 2 for i in found))
        for name, found in layers
    ]
    return compiled(run), names


def _norm(tensors):
    """Return the L2 norm of all together; squares may be out of range."""
    flat = [
        keras.ops.reshape(keras.ops.cast(tensor, "float32"), (-1,))
        for tensor in map(keras.ops.convert_to_tensor, tensors)
    ]
    flat = keras.ops.concatenate(flat)
    top = keras.ops.max(keras.ops.abs(flat))
    by = keras.ops.where(top > 0, top, keras.ops.ones_like(top))
    return top * keras.ops.sqrt(keras.ops.sum(keras.ops.square(flat / by)))
