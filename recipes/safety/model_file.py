"""A `.keras` file, looked through and then loaded."""

import io
import zipfile
from pathlib import Path

import h5py
import keras

from callbacks.finite import non_finite_variable
from recipes import json_text, registry
from recipes.safety import archive as members
from recipes.safety import config as objects
from recipes.safety import hdf5
from recipes.safety.refused import RefusedError
from recipes.safety.variables import bounded

CONFIG = {"largest": 32 * 2**20, "most": 4_000_000}
MORE = 4  # times the stored weights: an optimizer that was never built
SLACK = 64 * 2**20  # bytes: states of metrics and seeds
ENDING = ".keras"


def load(path, compile=True):
    """Load a model from a `.keras` file that may come from anyone.

    Keras' `safe_mode` refuses Lambda layers and links in HDF5 files. It calls
    any public function of Keras as an activation or a loss, unpacks all
    members, and allocates whatever the configuration asks for: that is
    refused here first, without making an object.

    Args:
        path: Of the file.
        compile: As of `keras.saving.load_model`.

    Raises:
        RefusedError: Saying why the file is not taken.
        Exception: Whatever Keras raises for a file that is damaged.
    """
    path = Path(path)
    if not path.exists():
        raise RefusedError("there is no such file")
    if path.suffix != ENDING or not path.is_file():
        raise RefusedError(f"it is no {ENDING} file")
    custom = registry.custom_objects()
    with zipfile.ZipFile(path) as archive:
        members.check(archive, path.stat().st_size)
        objects.check(_config(archive), custom)
        stored = _weights(archive)
    with bounded(MORE * stored + SLACK):
        model = keras.saving.load_model(
            path, custom, compile=compile, safe_mode=True
        )
    _check_finite(model)
    return model


def was_compiled(path):
    """Whether a model was saved with the loss that it was trained by."""
    with zipfile.ZipFile(path) as archive:
        return bool(_config(archive).get("compile_config"))


def _config(archive):
    """Return what config.json holds; too large a one is not unpacked."""
    size = archive.getinfo(members.CONFIG).file_size
    if size > CONFIG["largest"]:
        raise RefusedError(f"its config.json has {size} bytes")
    try:
        text = archive.read(members.CONFIG).decode("utf-8")
        return json_text.loads(text, **CONFIG)
    except ValueError as error:
        raise RefusedError(f"its config.json: {error}") from error


def _weights(archive):
    """Return the bytes of the weights, all of which are in the file."""
    held = io.BytesIO(archive.read(members.WEIGHTS))
    with h5py.File(held, "r") as file:
        return hdf5.check(file)


def _check_finite(model):
    variable = non_finite_variable(model.variables)
    if variable is not None:
        raise RefusedError(
            f"`{variable.path}` holds values that are not finite: what was "
            "saved had diverged"
        )
