"""A model of the user's own, as far as its features: what is fit for that."""

import keras

from recipes.errors import RecipeError, suggest

PROBABILITIES = ("softmax", "sigmoid")


def as_features(model, layer=None, compiled=False):
    """Return (images → features, channels, sides that are fixed).

    Tokens (batch, n, c) become a map n high and 1 wide.

    Args:
        model: A `keras.Model`, of which all layers are unfrozen.
        layer: Name of the layer whose output are the features; None: the
            model's own output.
        compiled: Whether the model was, by the user: then a dense layer at
            its end gives predictions, and is refused.

    Raises:
        RecipeError: For a model that is not fit to be a backbone.
    """
    check_graph(model)
    inputs = keras.tree.flatten(model.inputs)
    shape = tuple(inputs[0].shape)
    if len(inputs) != 1 or len(shape) != 4 or shape[-1] not in (1, 3):
        raise unfit(
            "one input is needed, images (batch, height, width, 1 or 3)",
            f"inputs of shape {[tuple(i.shape) for i in inputs]}",
        )
    features = (
        _layer(model, layer) if layer is not None else _end(model, compiled)
    )
    if features.ndim == 3:
        features = keras.layers.Reshape((-1, 1, features.shape[-1]))(features)
    if features.ndim not in (2, 4):
        raise unfit(
            "features must be a map (batch, h, w, c), tokens (batch, n, c) or "
            "a vector (batch, c); name another layer=…",
            f"{tuple(features.shape)}",
        )
    found = keras.Model(inputs[0], features, name=model.name)
    if not found.weights:
        raise unfit("it has no weights to be transferred", model.name)
    # What is frozen, a strategy says, not the file. On TensorFlow setting True
    # where it is True returns at once, whatever the layers inside have.
    found.trainable = False
    found.trainable = True
    return found, shape[-1], [side for side in shape[1:3] if side]


def check_graph(model):
    """Refuse what is no functional or sequential model.

    Raises:
        RecipeError: With what was given.
    """
    graph = isinstance(model, keras.Model) and getattr(model, "outputs", None)
    if not graph:
        raise unfit(
            "a functional or sequential keras.Model is needed, whose inputs "
            "are known",
            type(model).__name__,
        )


def _end(model, compiled):
    outputs = keras.tree.flatten(model.outputs)
    if len(outputs) != 1:
        raise unfit(
            "it has several outputs; name one layer=…",
            f"{[layer.name for layer in model.layers[-5:]]} at its end",
        )
    last = model.layers[-1]
    if last.output is not outputs[0]:
        return outputs[0]
    before = [layer.name for layer in model.layers[-4:-1]]
    activation = getattr(last, "activation", None)
    sure = getattr(activation, "__name__", "") in PROBABILITIES
    if sure or isinstance(last, keras.layers.Softmax):
        raise unfit(
            "its output are probabilities of classes, which make poor "
            "features; name the layer=… to take them from, such as "
            f"{before} before it",
            f"the layer {last.name!r}, {PROBABILITIES}",
        )
    if compiled and isinstance(last, keras.layers.Dense):
        raise unfit(
            "it was compiled, so that its last dense layer gives what it was "
            "trained to predict, and no features; name the layer=… to take "
            f"them from, such as {before} before it, or {last.name!r} itself, "
            "if it does give features",
            f"the layer {last.name!r}",
        )
    return outputs[0]


def _layer(model, name):
    names = [layer.name for layer in model.layers]
    if name not in names:
        raise unfit(
            f"`layer` must be one of its layers: {', '.join(names[-10:])} are "
            f"the last of them.{suggest(name, names)}",
            repr(name),
        )
    layer = model.get_layer(name)
    if isinstance(layer, keras.Model):
        raise unfit(
            "`layer` is a model inside the model; name the layer after it, or "
            "pass that model itself",
            repr(name),
        )
    output = layer.output
    if isinstance(output, list | tuple | dict):
        raise unfit("`layer` has several outputs; name another", repr(name))
    return output


def unfit(why, received):
    """Return the error that says why a model cannot be a backbone."""
    end = "" if why.endswith("?") else "."
    return RecipeError(
        f"This model cannot be a backbone: {why}{end} Received: {received}"
    )
