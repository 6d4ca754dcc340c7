"""A network of the user's own as a backbone: a model, or a `.keras` file."""

import zipfile
from pathlib import Path

import keras

# Registers what a saved model may hold of ours.
import recipes.techniques  # noqa: F401
from recipes.backbones.backbone import Backbone, blocks_of
from recipes.backbones.cut import as_features, check_graph, unfit
from recipes.backbones.preprocessing import preprocessing as layers_of
from recipes.backbones.weights import origin as origin_of
from recipes.errors import RecipeError
from recipes.quiet import tensorflow_unasked
from recipes.safety import model_file
from recipes.safety.refused import RefusedError

DEFAULT_SIZE = 224  # pixels, where a model takes any


def keras_file(
    *,
    file,
    sha256=None,
    layer=None,
    preprocessing="none",
    input_shape=None,
):
    """Take a `.keras` file as a backbone; no code in it is run.

    Args:
        file: Path of the file.
        sha256: The hash that the file has to have, or None.
        layer: Name of the layer whose output are the features; None: the
            model's own output. Nothing is cut off unasked: a model that ends
            in the classes it was trained for is refused, with the names of
            the layers before them.
        preprocessing: What the model expects: `"none"`, images of 0 to 255,
            or `"caffe"`, `"tf"`, `"torch"`, as of `preprocessing`.
        input_shape: Of no effect: a model keeps the size it was saved with,
            or takes any; `model.input_shape` of what is returned says it.

    Returns:
        A `Backbone`.

    Raises:
        RecipeError: If the file is missing, damaged, refused or another than
            it was, or the layer or the model is not fit to be a backbone.
    """
    path = Path(file).expanduser()
    if sha256 is not None:
        _check_hash(path, sha256)
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
        with tensorflow_unasked():
            model = model_file.load(path, compile=False)
    except RefusedError as error:
        raise RecipeError(
            f"{path} cannot be loaded, and is refused: {error}. It may hold "
            "weights and the names of layers, and no code (a Lambda layer), "
            "which is never run."
        ) from error
    except Exception as error:  # Keras raises many types for a damaged file
        words = " ".join(str(error).split())[:300]
        raise RecipeError(
            f"{path} cannot be loaded. It is damaged, or holds an object that "
            "Keras does not know, or code (a Lambda layer), which is never run."
            f" Keras says: {words}"
        ) from error
    came = origin_of(str(file), path)
    compiled = model_file.was_compiled(path)
    return _backbone(model, layer, preprocessing, came, compiled)


def _check_hash(path, sha256):
    """Refuse a file that is gone, or is not what the recipe was made with."""
    if not path.is_file():
        raise RecipeError(
            f"keras_file: {path} is gone, the backbone of this recipe. Put it "
            f"back (its sha256 is {sha256}), or hand the model over again: "
            "recipe.replace(backbone=recipes.backbone_part(model)). A finished "
            "run does not need it: all of the network is in its model.keras."
        )
    found = origin_of(str(path), path)["sha256"]
    if found != sha256:
        raise RecipeError(
            f"keras_file: {path} is not the file that this recipe was made "
            f"with: its sha256 is {found}. Put that file back, or hand this "
            "one over anew: recipe.replace(backbone=recipes.backbone_part("
            f"file)). Expected: {sha256}"
        )


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

    `recipes.backbone_part` keeps a model in a file, as a recipe needs it.

    Example:

    >>> model = keras.Sequential([
    ...     keras.Input((32, 32, 3)), keras.layers.Conv2D(8, 3, name="last"),
    ...     keras.layers.Flatten(), keras.layers.Dense(2)])
    >>> backbone = from_model(model, layer="last")
    >>> backbone.model.output_shape, backbone.minimum_size
    ((None, 30, 30, 8), 32)
    """
    check_graph(model)
    try:
        with tensorflow_unasked():
            copy = keras.models.clone_model(model)
        copy.set_weights(model.get_weights())
    except Exception as error:  # of a layer of the user's own, above all
        words = " ".join(str(error).split())[:300]
        raise unfit(
            "it cannot be copied. A Lambda layer holds code, which no file "
            "may; and a layer of your own needs get_config(). Keras says: "
            f"{words}",
            repr(model.name),
        ) from error
    nowhere = {"weights": "model", "sha256": None, "file": None}
    return _backbone(copy, layer, preprocessing, nowhere, model.compiled)


def _backbone(model, layer, mode, origin, compiled):
    model, channels, sides = as_features(model, layer, compiled)
    return Backbone(
        model,
        layers_of(mode),
        channels,
        minimum_size=min(sides, default=1),
        default_size=max(sides, default=DEFAULT_SIZE),
        blocks=blocks_of(model),
        origin=origin,
    )
