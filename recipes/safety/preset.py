"""Preset folders of KerasHub, before KerasHub sees them."""

from pathlib import Path

import h5py

from recipes import json_text, registry
from recipes.safety import config as objects
from recipes.safety import hdf5, place
from recipes.safety.refused import RefusedError


def check(folder):
    """Refuse a preset that names code, or weights that are not all there.

    Args:
        folder: With config.json, and what else KerasHub writes.

    Returns:
        Bytes of the weights that are stored in it.

    Raises:
        RefusedError: Naming the file.
    """
    stored = 0
    for path in sorted(Path(folder).rglob("*")):
        if path.is_dir() and not path.is_symlink():
            continue
        try:
            place.check(path)
            if path.suffix == ".json":
                _check_json(path)
            elif path.suffix in (".h5", ".hdf5"):
                with h5py.File(path, "r") as file:
                    stored += hdf5.check(file)
            elif path.suffix in (".pkl", ".pickle", ".py", ".npz", ".npy"):
                raise RefusedError("no preset holds such a file")
        except (OSError, ValueError, RuntimeError) as error:
            raise RefusedError(f"{path.name}: {error}") from error
    return stored


def _check_json(path):
    found = json_text.read(path)
    if path.name == "config.json":
        objects.check(found, registry.custom_objects())
    elif not _is_vocabulary(found):
        objects.check_inside(found, registry.custom_objects())


def _is_vocabulary(found):
    """Whether it is word → number: any text may be a word."""
    return isinstance(found, dict) and all(
        isinstance(value, int) for value in found.values()
    )
