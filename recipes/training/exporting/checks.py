"""What is refused of an export before any work: formats and places."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import keras

from recipes.errors import RunError, suggest


class Format(NamedTuple):
    """One format.

    Args:
        keras: Its name in `keras.Model.export`.
        suffix: How its file ends; empty for a folder.
        tolerance: Largest difference allowed, as a share of the range of the
            outputs; about ten times what was seen.
        backends: Which of Keras' backends write it.
        texts: Whether it takes strings.
        packages: What has to be installed.
    """

    keras: str
    suffix: str
    tolerance: float
    backends: tuple
    texts: bool
    packages: tuple


FORMATS = {
    "savedmodel": Format(
        "tf_saved_model",
        "",
        1e-5,
        ("tensorflow", "jax"),
        True,
        ("tensorflow",),
    ),
    "onnx": Format(
        "onnx",
        ".onnx",
        1e-4,
        ("tensorflow",),
        False,
        ("tf2onnx", "onnx", "onnxruntime"),
    ),
    "litert": Format(
        "litert", ".tflite", 1e-4, ("tensorflow",), False, ("tensorflow",)
    ),
}


def check_format(format, about):
    """Refuse a format that is none, or not for this run, backend or machine.

    Args:
        format: A name.
        about: What the run's data was.

    Raises:
        RunError: With the mend.
    """
    if not isinstance(format, str) or format not in FORMATS:
        raise RunError(
            f"`format` must be one of {', '.join(FORMATS)}."
            f"{suggest(format, FORMATS)} Received: {format!r}"
        )
    chosen, backend = FORMATS[format], keras.backend.backend()
    if about["features"] == "text" and not chosen.texts:
        legal = ", ".join(name for name, each in FORMATS.items() if each.texts)
        raise RunError(
            f"`format`: {format} has no operations that take texts apart. The "
            f"model of a text recipe takes strings: use {legal}. "
            f"Received: {format!r}"
        )
    if backend not in chosen.backends:
        raise RunError(
            f"`format`: {format} is not written on the {backend} backend. "
            f"Load the run with KERAS_BACKEND={chosen.backends[0]} and export "
            "it there: model.keras is the same for all backends. "
            f"Received: {format!r}"
        )
    if missing := [name for name in chosen.packages if not find_spec(name)]:
        needed = "tensorflow"
        if format == "onnx":
            needed = "'keras-recipes[export]'"
        raise RunError(
            f"`format`: {format} needs {', '.join(missing)}: "
            f"pip install {needed}"
        )


def check_path(path, format, overwrite):
    """Return the path, if an export may be written there.

    Raises:
        RunError: For another suffix, a missing folder, and what exists.
    """
    suffix = FORMATS[format].suffix
    if not isinstance(path, (str, os.PathLike)) or "\0" in str(path):
        raise RunError(f"`path` must be a path. Received: {path!r}")
    path = Path(path).expanduser()
    others = {each.suffix: name for name, each in FORMATS.items()}
    found = path.suffix.lower()
    if suffix and path.suffix != suffix:
        raise RunError(
            f"`path`: {format} is a file that ends in {suffix}: "
            f"{path.with_suffix(suffix)}. Received: {str(path)!r}"
        )
    if not suffix and found in others and found:
        raise RunError(
            f"`path`: savedmodel is a folder: {path.with_suffix('')}. For a "
            f"{found} file say format={others[found]!r}. "
            f"Received: {str(path)!r}"
        )
    if not path.parent.is_dir():
        raise RunError(
            f"`path`: there is no folder {path.parent}; make it first. "
            f"Received: {str(path)!r}"
        )
    if path.exists() or path.is_symlink():
        _check_replaced(path, bool(suffix), overwrite)
    return path


def _check_replaced(path, is_file, overwrite):
    """Refuse to replace what was not asked for, or is no export."""
    if is_file:
        alike = path.is_file() and not path.is_symlink()
    else:
        alike = (path / "saved_model.pb").is_file() and not path.is_symlink()
    if not alike:
        what = "no file" if is_file else "no SavedModel"
        raise RunError(
            f"`path`: {path} exists and is {what}, so it is never replaced; "
            f"choose another path. Received: {str(path)!r}"
        )
    if not overwrite:
        raise RunError(
            f"`path`: {path} exists; choose another path, or replace it with "
            "overwrite=True (--overwrite on the command line). "
            f"Received: {str(path)!r}"
        )
