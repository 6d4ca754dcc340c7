"""Preset folders of KerasHub, before KerasHub sees them."""

import re
from pathlib import Path

import h5py

from recipes import json_text, registry
from recipes.safety import config as objects
from recipes.safety import hdf5, place
from recipes.safety.refused import RefusedError

MOST = 10_000  # files and folders in it
READ = ("config.json", "image_converter.json")  # of what makes a backbone
CODE = (
    *(".bin", ".ckpt", ".dill", ".joblib", ".npy", ".npz", ".pickle", ".pkl"),
    *(".pt", ".pth", ".py", ".pyc", ".so"),
)
ARCHIVE = b"PK\x03\x04"  # PyTorch's pickles lie in one


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
    for path in _items(Path(folder)):
        if path.is_dir() and not path.is_symlink():
            continue
        try:
            place.check(path)
            if path.suffix.lower() == ".json":
                _check_json(path)
            elif path.suffix.lower() in (".h5", ".hdf5"):
                with h5py.File(path, "r") as file:
                    stored += hdf5.check(file)
            elif path.suffix.lower() in CODE or _is_code(path):
                raise RefusedError("no preset holds such a file")
        except (OSError, ValueError, RuntimeError) as error:
            raise RefusedError(f"{path.name}: {error}") from error
    return stored


def _items(folder):
    found = []
    for path in folder.rglob("*"):
        found.append(path)
        if len(found) > MOST:
            raise RefusedError(f"it holds more than {MOST} files")
    return sorted(found)


def _is_code(path):
    """Whether its first bytes are those of a pickle or an archive."""
    with open(path, "rb") as file:
        head = file.read(len(ARCHIVE))
    return head == ARCHIVE or (head[:1] == b"\x80" and head[1:2] < b"\x10")


def _check_json(path):
    found = json_text.read(path)
    if path.name.lower() in READ:
        _check_texts(found)
        objects.check(found, registry.custom_objects())
    elif not _is_vocabulary(found):
        objects.check_inside(found, registry.custom_objects())


def _check_texts(found):
    """Refuse a text that leads anywhere: these files name layers alone."""
    ahead = [found]
    while ahead:
        value = ahead.pop()
        if isinstance(value, dict):
            ahead.extend(value.values())
        elif isinstance(value, list):
            ahead.extend(value)
        elif isinstance(value, str) and _leads_out(value):
            raise RefusedError(f"it names a file or an address, {value[:80]!r}")


def _leads_out(text):
    steps = re.split(r"[\\/]", text)
    drive = re.match(r"[A-Za-z]:[\\/]", text)
    whole = text.startswith(("/", "\\", "~"))
    return bool(drive or whole or ".." in steps or "://" in text)


def _is_vocabulary(found):
    """Whether it is word → number: any text may be a word."""
    return isinstance(found, dict) and all(
        isinstance(value, int) for value in found.values()
    )
