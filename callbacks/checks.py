"""What a `Checkpoint` is told, checked before anything is trained."""

import json
import numbers
import os
from pathlib import Path

import keras


def check_checkpoint(
    directory,
    callbacks,
    identity,
    origin,
    interval,
    save_freq,
    about,
    overwrite,
):
    """Refuse what cannot be; the arguments are those of `Checkpoint`.

    Raises:
        ValueError: Naming the argument.
    """
    _check_folder("directory", directory)
    _check_folder("origin", origin)
    listed = isinstance(callbacks, (list, tuple))
    kind = keras.callbacks.Callback
    if not listed or not all(isinstance(each, kind) for each in callbacks):
        _refuse(
            "callbacks",
            "a list of the fit's other keras.callbacks.Callback objects",
            callbacks,
        )
    if not isinstance(identity, str):
        _refuse("identity", "a string", identity)
    real = isinstance(interval, numbers.Real) and not isinstance(interval, bool)
    if not (real and interval >= 0):  # NaN is not
        _refuse("interval", "a number of seconds from 0", interval)
    whole = isinstance(save_freq, numbers.Integral)
    steps = whole and not isinstance(save_freq, bool) and save_freq >= 1
    if not steps and not (isinstance(save_freq, str) and save_freq == "epoch"):
        _refuse(
            "save_freq", '"epoch" or a whole number of steps from 1', save_freq
        )
    if about is not None and not _is_plain(about):
        _refuse(
            "about",
            "a dict of names and plain values (lists, no tuples), or None",
            about,
        )
    if not isinstance(overwrite, bool):
        _refuse("overwrite", "True or False", overwrite)


def _check_folder(name, value):
    if value is None:
        return
    if not isinstance(value, (str, os.PathLike)) or not os.fspath(value):
        _refuse(name, "the path of a folder, or None", value)
    path = Path(value)
    file = next((p for p in (path, *path.parents) if p.is_file()), None)
    if file is not None:
        _refuse(name, f"the path of a folder ({file} is a file)", value)


def _is_plain(value):
    """Whether a dict can be written as JSON, and read as what it was."""
    try:
        text = json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return False
    # A number as a name would come back as a string.
    return isinstance(value, dict) and json.loads(text) == value


def _refuse(name, expected, value):
    raise ValueError(
        f"Checkpoint: `{name}` must be {expected}. Received: {value!r}"
    )
