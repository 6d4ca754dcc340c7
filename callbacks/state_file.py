"""State files: arrays and plain values, whole and checked, or not there.

A file is a plain `.npz` that `numpy.load` reads without pickles: the arrays,
and a JSON text that says where each belongs. Its name holds the number of
epochs behind it and the hash of its bytes, and it gets this name when it is on
disk: what a killed process has left half written is never read, and a byte
that changed is seen.
"""

import contextlib
import hashlib
import json
import os
import zipfile
from pathlib import Path

import numpy as np

KEPT = 2  # files: the last one, and one to fall back on
PARTIAL = "epoch.partial"
_PATTERN = "epoch-*.npz"


def write_state(directory, epoch, state):
    """Write the state after a number of epochs, and forget older ones.

    Args:
        directory: The folder, which is made; one process writes there.
        epoch: How many epochs lie behind it.
        state: Of dicts with names as keys, lists, None, booleans, numbers,
            strings and arrays.

    Raises:
        TypeError: For anything else in it.

    Example:

    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> write_state(folder, 3, {"best": 0.5, "weights": [np.ones(2)]})
    >>> next(read_states(folder))
    (3, {'best': 0.5, 'weights': [array([1., 1.])]})
    """
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    arrays = {}
    text = json.dumps(_pack(state, arrays))
    partial = directory / PARTIAL
    with open(partial, "wb") as file:
        np.savez(file, json=np.frombuffer(text.encode(), "uint8"), **arrays)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, directory / _name(epoch, partial))
    _sync(directory)
    for path in _newest_first(directory)[KEPT:]:
        path.unlink(missing_ok=True)


def read_states(directory):
    """Yield (epochs, state) of each whole file, the newest first.

    Args:
        directory: The folder, which need not be there.
    """
    for path in _newest_first(Path(directory)):
        epoch = _epoch(path)
        try:
            if path.name != _name(epoch, path):
                continue  # other bytes than were written
            with np.load(path, allow_pickle=False) as file:
                text = file["json"].tobytes().decode()
                state = _unpack(json.loads(text), file)
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            continue
        yield epoch, state


def remove_states(directory, after=-1):
    """Remove the files of more than `after` epochs; they may be gone already.

    Args:
        directory: The folder, which need not be there.
        after: Whole number; -1 removes all, and the empty folder.
    """
    directory = Path(directory)
    for path in _newest_first(directory):
        if _epoch(path) > after:
            path.unlink(missing_ok=True)
    if after < 0:
        (directory / PARTIAL).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # others have files there
            directory.rmdir()


def _newest_first(directory):
    found = [p for p in directory.glob(_PATTERN) if _epoch(p) is not None]
    return sorted(found, key=lambda p: (_epoch(p), p.name), reverse=True)


def _epoch(path):
    """Return the number in a file's name, or None."""
    number = path.name.removeprefix("epoch-").partition(".")[0]
    return int(number) if number.isdecimal() else None


def _name(epoch, path):
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return f"epoch-{epoch:04d}.{digest}.npz"


def _sync(directory):
    """Wait until the new name is on disk, where folders can be opened."""
    with contextlib.suppress(OSError):
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _pack(value, arrays):
    """Return JSON values; arrays go into `arrays`, and their names stay."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (list, tuple)):
        return [_pack(each, arrays) for each in value]
    if isinstance(value, dict) and all(isinstance(k, str) for k in value):
        return {"dict": {k: _pack(v, arrays) for k, v in value.items()}}
    if isinstance(value, np.ndarray) and value.dtype.hasobject is False:
        name, kind = f"array_{len(arrays)}", value.dtype.name
        # NumPy knows bfloat16 and its kin by their bytes alone.
        known = value.dtype.kind in "biufc"
        bits = value if known else value.view(f"u{value.dtype.itemsize}")
        arrays[name] = bits
        return {"array": name, "dtype": kind}
    raise TypeError(
        "A state has dicts with names as keys, lists, None, booleans, "
        f"numbers, strings and arrays. Received: {value!r}"
    )


def _unpack(value, arrays):
    if isinstance(value, list):
        return [_unpack(each, arrays) for each in value]
    if not isinstance(value, dict):
        return value
    if "dict" in value:
        return {k: _unpack(v, arrays) for k, v in value["dict"].items()}
    found, kind = arrays[value["array"]], value["dtype"]
    return found if found.dtype.name == kind else found.view(kind)
