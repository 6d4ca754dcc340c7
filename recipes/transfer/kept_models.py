"""A model of the user's own, kept in a file that a recipe can name."""

import os
import tempfile
import zipfile
from pathlib import Path

import keras
import numpy as np

from recipes.backbones.files import from_model, keras_file
from recipes.backbones.weights import origin
from recipes.errors import RecipeError
from recipes.part import Part
from recipes.quiet import tensorflow_unasked
from recipes.transfer.feature_store import cache_folder
from recipes.transfer.features import digest_of

FOLDER = "models"
CLOSE = 1e-3  # of the largest feature: how far a kept model's may be off


def backbone_part(model, *, layer=None, preprocessing="none"):
    """Return a model of your own as the backbone of a recipe.

    A recipe is plain data, so the model is saved once, as far as its features,
    as a `.keras` file under `models` in the folder of `RECIPES_CACHE` (or the
    user's cache), by what it holds; the recipe names the file and its sha256.
    Nothing there is removed unasked. What is kept is loaded again at once and
    compared: the same features of an image, or an error. The model itself
    stays as it is.

    Features are the output of the model, of rank 4 (a map, which the head
    pools), 3 (tokens) or 2. Nothing is cut off: a model that ends in
    probabilities, or that was compiled and ends in a dense layer, is refused
    until `layer` says where its features are.

    Args:
        model: A functional or sequential `keras.Model`, from one batch of
            images with 1 or 3 channels; or the path of a `.keras` file, which
            is left where it is. Layers of your own have to be registered, with
            `keras.saving.register_keras_serializable`.
        layer: Name of the layer whose output are the features; None: the
            model's own output.
        preprocessing: What the model expects: `"none"`, images of 0 to 255
            (it has its preprocessing inside, or needs none); `"tf"`, −1 to 1;
            `"torch"`, standardized with ImageNet's statistics; or `"caffe"`.

    Returns:
        `Part("keras_file", file=…, sha256=…, …)`.

    Raises:
        RecipeError: For a model that cannot be a backbone or cannot be kept:
            with a Lambda layer, or a class of your own that is not registered.

    Example:

    >>> model = keras.Sequential([
    ...     keras.Input((32, 32, 1)), keras.layers.Conv2D(8, 3, name="map"),
    ...     keras.layers.Flatten(), keras.layers.Dense(2, "softmax")])
    >>> part = backbone_part(model, layer="map", preprocessing="tf")
    >>> part.name, part.config["layer"]
    ('keras_file', 'map')
    """
    fields = {"preprocessing": preprocessing}
    if layer is not None:
        fields["layer"] = layer
    if isinstance(model, (str, os.PathLike)):
        file = Path(model).expanduser().absolute()
        keras_file(file=str(file), **fields)
    elif isinstance(model, keras.Model):
        file = _kept(model, fields)
    else:
        raise RecipeError(
            "`backbone` must be a name, a Part, a keras.Model or the path of a "
            f".keras file. Received: {model!r} of type {type(model).__name__}"
        )
    sha256 = origin(str(file), file)["sha256"]
    return Part("keras_file", file=str(file), sha256=sha256, **fields)


def _kept(model, fields):
    """Return the file of a model, written if it is not there yet."""
    features = from_model(model, **fields).model
    folder = (cache_folder() / FOLDER).absolute()
    file = folder / f"{_content(features)}.keras"
    if _is_whole(file):
        return file
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(".partial", dir=folder) as work:
        partial = Path(work) / file.name
        with tensorflow_unasked():
            features.save(partial)
        _check_kept(model, partial, fields)
        _publish(partial, file)
    return file


def _publish(partial, file):
    """Put a file where none is; only a damaged one is replaced.

    Two files of one model differ, by the second they were saved in: one that
    a recipe may have the hash of stays.
    """
    try:
        os.link(partial, file)
    except OSError:  # it is there by now, or the disk has no hard links
        if not _is_whole(file):
            os.replace(partial, file)


def _content(model):
    """Return a hash of what a model holds; a file has the time in it too."""
    with tensorflow_unasked():
        config = model.get_config()
    return digest_of(model, config).hexdigest()[:40]


def _is_whole(file):
    try:
        with zipfile.ZipFile(file) as opened:
            return opened.testzip() is None
    except (OSError, zipfile.BadZipFile):
        return False


def _check_kept(model, file, fields):
    """Refuse a model that is not the same when it is loaded again."""
    try:
        kept = keras_file(file=str(file), **fields)
    except RecipeError as error:
        raise RecipeError(
            f"The model {model.name!r} cannot be kept in a file, as a recipe "
            "needs it: a Lambda layer holds code, which no file may; and a "
            "class or function of your own has to be registered, with "
            "@keras.saving.register_keras_serializable(), in a module that is "
            f"imported wherever the recipe is used. {error.__cause__ or error}"
        ) from error
    height, width, channels = kept.model.input_shape[1:]
    side = kept.default_size
    image = np.random.default_rng(0).uniform(
        0, 1, (1, height or side, width or side, channels)
    )
    layer = fields.get("layer")
    taken, output = model.inputs[0], model.outputs[0]
    if layer is not None:
        output = model.get_layer(layer).output
    wanted, found = (
        np.ravel(keras.ops.convert_to_numpy(each(image, training=False)))
        for each in (keras.Model(taken, output), kept.model)
    )
    most = CLOSE * max(1e-6, np.abs(wanted).max())
    if wanted.shape != found.shape or np.abs(wanted - found).max() > most:
        raise RecipeError(
            f"The model {model.name!r} gives other features when it is loaded "
            "from a file: get_config() of a layer of your own leaves something "
            "out. Mend it, so that from_config(get_config()) is the same layer."
        )
