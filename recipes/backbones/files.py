"""A network of the user's own as a backbone: a model, or a `.keras` file."""

import zipfile
from pathlib import Path

import keras

# Registers what a saved model may hold of ours.
import recipes.techniques  # noqa: F401
from recipes import registry
from recipes.backbones.backbone import Backbone, blocks_of
from recipes.backbones.preprocessing import preprocessing as layers_of
from recipes.backbones.weights import origin as origin_of
from recipes.errors import RecipeError, suggest

PROBABILITIES = ("softmax", "sigmoid")
DEFAULT_SIZE = 224  # pixels, where a model takes any


def keras_file(*, file, layer=None, preprocessing="none", input_shape=None):
    """Take a `.keras` file as a backbone; no code in it is run.

    Args:
        file: Path of the file.
        layer: Name of the layer whose output are the features; None: the
            model's own output.
        preprocessing: What the model expects: `"none"`, images of 0 to 255,
            or `"caffe"`, `"tf"`, `"torch"`, as of `preprocessing`.
        input_shape: Of no effect: a model keeps the size it was saved with,
            or takes any; `model.input_shape` of what is returned says it.

    Returns:
        A `Backbone`.

    Raises:
        RecipeError: If the file is missing, damaged or refused, or the layer
            or the model is not fit to be a backbone.
    """
    path = Path(file).expanduser()
    if not path.is_file() or path.suffix != ".keras":
        raise RecipeError(
            "keras_file: `file` must be a .keras file, as model.save('….keras')"
            " writes it; for weights alone, name their network and pass "
            f"weights=…. Received: {str(file)!r}"
            f"{'' if path.is_file() else ', which is not there'}"
        )
    if not zipfile.is_zipfile(path):
        raise RecipeError(
            f"{path} cannot be loaded: it is no whole .keras file. It may have "
            "been cut off on its way, or be something else of that name. Fetch "
            "it again, or save it with model.save('….keras'). "
            f"Received: {path.stat().st_size} bytes"
        )
    try:
        model = keras.saving.load_model(
            path, registry.custom_objects(), compile=False, safe_mode=True
        )
    except Exception as error:  # Keras raises many types for a damaged file
        words = " ".join(str(error).split())[:300]
        raise RecipeError(
            f"{path} cannot be loaded. It is damaged, or holds an object that "
            "Keras does not know, or code (a Lambda layer), which is never run."
            f" Keras says: {words}"
        ) from error
    return _backbone(model, layer, preprocessing, origin_of(str(file), path))


def from_model(model, *, layer=None, preprocessing="none"):
    """Take a `keras.Model` as a backbone; it is copied and stays as it is.

    Args:
        model: Functional or sequential, from one batch of images.
        layer: As of `keras_file`.
        preprocessing: As of `keras_file`.

    Returns:
        A `Backbone`.

    Raises:
        RecipeError: As of `keras_file`.

    Example:

    >>> model = keras.Sequential([
    ...     keras.Input((32, 32, 3)), keras.layers.Conv2D(8, 3, name="last"),
    ...     keras.layers.Flatten(), keras.layers.Dense(2)])
    >>> backbone = from_model(model, layer="last")
    >>> backbone.model.output_shape, backbone.minimum_size
    ((None, 30, 30, 8), 32)
    """
    _check_graph(model)
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    nowhere = {"weights": "model", "sha256": None, "file": None}
    return _backbone(copy, layer, preprocessing, nowhere)


def _backbone(model, layer, mode, origin):
    model, channels, sides = as_features(model, layer)
    return Backbone(
        model,
        layers_of(mode),
        channels,
        minimum_size=min(sides, default=1),
        default_size=max(sides, default=DEFAULT_SIZE),
        blocks=blocks_of(model),
        origin=origin,
    )


def as_features(model, layer=None):
    """Return (images → features, channels, sides that are fixed).

    Tokens (batch, n, c) become a map n high and 1 wide.
    """
    _check_graph(model)
    inputs = keras.tree.flatten(model.inputs)
    shape = tuple(inputs[0].shape)
    if len(inputs) != 1 or len(shape) != 4 or shape[-1] not in (1, 3):
        raise _unfit(
            "one input is needed, images (batch, height, width, 1 or 3)",
            f"inputs of shape {[tuple(i.shape) for i in inputs]}",
        )
    features = _layer(model, layer) if layer is not None else _end(model)
    if features.ndim == 3:
        features = keras.layers.Reshape((-1, 1, features.shape[-1]))(features)
    if features.ndim not in (2, 4):
        raise _unfit(
            "features must be a map (batch, h, w, c), tokens (batch, n, c) or "
            "a vector (batch, c); name another layer=…",
            f"{tuple(features.shape)}",
        )
    found = keras.Model(inputs[0], features, name=model.name)
    if not found.weights:
        raise _unfit("it has no weights to be transferred", model.name)
    # What is frozen, a strategy says, not the file. On TensorFlow setting True
    # where it is True returns at once, whatever the layers inside have.
    found.trainable = False
    found.trainable = True
    return found, shape[-1], [side for side in shape[1:3] if side]


def _check_graph(model):
    graph = isinstance(model, keras.Model) and getattr(model, "outputs", None)
    if not graph:
        raise _unfit(
            "a functional or sequential keras.Model is needed, whose inputs "
            "are known",
            type(model).__name__,
        )


def _end(model):
    outputs = keras.tree.flatten(model.outputs)
    if len(outputs) != 1:
        raise _unfit(
            "it has several outputs; name one layer=…",
            f"{[layer.name for layer in model.layers[-5:]]} at its end",
        )
    last = model.layers[-1]
    activation = getattr(last, "activation", None)
    sure = getattr(activation, "__name__", "") in PROBABILITIES
    sure = sure or isinstance(last, keras.layers.Softmax)
    if sure and last.output is outputs[0]:
        raise _unfit(
            "its output are probabilities of classes, which make poor "
            "features; name the layer=… to take them from, such as "
            f"{[layer.name for layer in model.layers[-4:-1]]} before it",
            f"the layer {last.name!r}, {PROBABILITIES}",
        )
    return outputs[0]


def _layer(model, name):
    names = [layer.name for layer in model.layers]
    if name not in names:
        raise _unfit(
            f"`layer` must be one of its layers: {', '.join(names[-10:])} are "
            f"the last of them.{suggest(name, names)}",
            repr(name),
        )
    layer = model.get_layer(name)
    if isinstance(layer, keras.Model):
        raise _unfit(
            "`layer` is a model inside the model; name the layer after it, or "
            "pass that model itself",
            repr(name),
        )
    output = layer.output
    if isinstance(output, list | tuple | dict):
        raise _unfit("`layer` has several outputs; name another", repr(name))
    return output


def _unfit(why, received):
    end = "" if why.endswith("?") else "."
    return RecipeError(
        f"This model cannot be a backbone: {why}{end} Received: {received}"
    )
