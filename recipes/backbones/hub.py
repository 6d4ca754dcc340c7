"""Backbones of KerasHub, where it is installed."""

import contextlib
import os
from pathlib import Path

import keras

from recipes.backbones.backbone import Backbone, blocks_of
from recipes.backbones.cut import as_features
from recipes.backbones.files import DEFAULT_SIZE
from recipes.backbones.preprocessing import preprocessing as layers_of
from recipes.backbones.weights import origin as origin_of
from recipes.errors import RecipeError, suggest
from recipes.safety import preset as preset_files
from recipes.safety.refused import RefusedError
from recipes.safety.variables import bounded

WEIGHTS = "model.weights.h5"
MORE, SLACK = 4, 64 * 2**20  # of the stored weights; and bytes beside them
LARGEST = 16 * 2**30  # bytes of a network whose weights were not looked at


def keras_hub(
    *, preset, load_weights=True, preprocessing=None, input_shape=None
):
    """Take a preset of KerasHub as a backbone, with its own preprocessing.

    A folder is looked through before anything is made of it, and before
    KerasHub is imported: it may come from anyone. An address is not: KerasHub
    fetches it and makes what it names, with nothing but Keras' `safe_mode`
    between, so take one only from who you trust, or fetch it into a folder
    first. Of either, and of a folder without its weights, at most 16 GiB are
    allocated.

    Args:
        preset: Name of a built-in preset, an address such as `"hf://…"`, or a
            folder, which has to be written `"./path"` or from the root.
        load_weights: False begins at random.
        preprocessing: None: the preset's own, images of 0 to 255 times its
            scale plus its offset; or `"none"`, `"caffe"`, `"tf"`, `"torch"`.
        input_shape: Of no effect: a preset keeps its size, or takes any;
            `model.input_shape` of what is returned says it.

    Returns:
        A `Backbone`.

    Raises:
        RecipeError: If KerasHub is not installed, or the preset is unknown,
            cannot be fetched, or is none for images.
    """
    _check_text(preset)
    stored = None
    if is_folder(preset):  # whoever it is from, before KerasHub sees it
        preset = os.path.expanduser(preset)  # keeps the "./" that it needs
        stored = _check_files(preset)
    try:
        import keras_hub as hub
    except ImportError as error:
        raise RecipeError(
            "KerasHub is not installed: pip install 'keras-recipes[hub]'. "
            f"Received: preset={preset!r}"
        ) from error
    if not is_folder(preset):
        _check_name(preset, hub.models.Backbone.presets)
    try:
        with _room(preset, stored if load_weights else None):
            model = hub.models.Backbone.from_preset(
                preset, load_weights=load_weights
            )
    except Exception as error:  # of the network, the files, or KerasHub
        words = " ".join(str(error).split())[:300]
        raise RecipeError(
            f"KerasHub cannot load the preset {preset!r}: {words}"
        ) from error
    model, channels, sides = as_features(model)
    if preprocessing is None:
        layers, size = _own_preprocessing(hub, preset)
    else:
        layers, size = layers_of(preprocessing), []
    return Backbone(
        model,
        layers,
        channels,
        minimum_size=min(sides, default=1),
        default_size=max([*sides, *size], default=DEFAULT_SIZE),
        blocks=blocks_of(model),
        origin=_origin(preset, load_weights),
    )


def is_folder(preset):
    """Whether a preset is written as a folder.

    >>> is_folder("./mine"), is_folder("/tmp/mine"), is_folder("resnet_50")
    (True, True, False)
    """
    return preset.startswith((".", "/", "~"))


def _check_text(preset):
    if not isinstance(preset, str) or not preset:
        raise RecipeError(
            "keras_hub: `preset` must be the name of a preset, or a folder as "
            f"'./path'. Received: {preset!r}"
        )


def _check_name(preset, known):
    if preset not in known and "://" not in preset:
        mend = suggest(preset, known)
        if Path(preset).is_dir():
            mend = f" A folder has to be written './{preset}'."
        raise RecipeError(
            "keras_hub: KerasHub has no preset of this name; "
            "keras_hub.models.Backbone.presets lists them."
            f"{mend} Received: {preset!r}"
        )


def _check_files(preset):
    """Return the bytes of a folder's weights.

    Raises:
        RecipeError: For no preset, and for files that name code, or lead out
            of it.
    """
    if not (Path(preset) / "config.json").is_file():
        raise RecipeError(
            "keras_hub: no preset is in this folder: config.json is "
            f"missing. Received: {preset!r}"
        )
    try:
        return preset_files.check(preset)
    except RefusedError as error:
        raise RecipeError(
            f"KerasHub cannot load the preset {preset!r}: {error}. Take one "
            "that KerasHub has written, with save_to_preset."
        ) from error


def _room(preset, stored):
    """Bound what a preset may allocate, where it may come from anyone."""
    if stored:
        return bounded(MORE * stored + SLACK)
    if is_folder(preset) or "://" in preset:
        return bounded(LARGEST)
    return contextlib.nullcontext()  # built in


def _own_preprocessing(hub, preset):
    """Return the preset's own scale and offset as a layer, and its size.

    Its own converter also resizes, and asks for TensorFlow on any backend.
    """
    try:
        converter = hub.layers.ImageConverter.from_preset(preset)
    except Exception as error:  # a preset without one, above all
        words = " ".join(str(error).split())[:300]
        raise RecipeError(
            f"The preset {preset!r} does not say how images are prepared for "
            f"it; pass preprocessing='none', 'caffe', 'tf' or 'torch': {words}"
        ) from error
    size = [side for side in converter.image_size or () if side]
    scale, offset = converter.scale, converter.offset
    if scale is None and offset is None:
        return (), size
    rescaling = keras.layers.Rescaling(
        1.0 if scale is None else _plain(scale),
        0.0 if offset is None else _plain(offset),
        dtype="float32",
        name="preprocessing",
    )
    return (rescaling,), size


def _plain(value):
    return [float(v) for v in value] if hasattr(value, "__len__") else value


def _origin(preset, load_weights):
    if not load_weights:
        return {"weights": None, "sha256": None, "file": None}
    path = Path(preset).expanduser() / WEIGHTS
    if is_folder(preset) and path.is_file():
        return origin_of(preset, path)
    return {"weights": preset, "sha256": None, "file": None}
