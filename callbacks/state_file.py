"""State files: arrays and plain values, whole and checked, or not there.

A file is a plain `.npz` that `numpy.load` reads without pickles: the arrays,
and a JSON text that says where each belongs. Its name holds how far the fit
was and the hash of its bytes, and it gets this name when it is on disk: what a
killed process has left half written is never read, and a byte that changed is
seen.
"""

import contextlib
import json
import os
import re
import zipfile
from pathlib import Path

import numpy as np

from callbacks.disk import sha256, sync_folder
from callbacks.hashed_arrays import write_arrays
from callbacks.npz_file import check_arrays

KEPT = 2  # files: the last one, and one to fall back on
PARTIAL = "epoch.partial"
UNREADABLE = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    RecursionError,
    NotImplementedError,
    zipfile.BadZipFile,
)
MANIFEST = "manifest.json"
_NAME = re.compile(r"epoch-(\d{4,9})(?:-step-(\d{6,12}))?\.([0-9a-f]{64})\.npz")


def write_state(directory, epoch, state, step=0):
    """Write the state after a number of epochs, and forget older ones.

    Args:
        directory: The folder, which is made; one process writes there.
        epoch: How many whole epochs lie behind it.
        state: Of dicts with names as keys, lists, None, booleans, numbers,
            strings and arrays.
        step: How many steps of the next epoch lie behind it.

    The file that is pushed out is written over by the next one, under another
    name: the system's memory for it is there already.

    Raises:
        TypeError: For anything else in it.
        OSError: As of a full disk; the files before are whole then.

    Example:

    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> write_state(folder, 3, {"best": 0.5, "weights": [np.ones(2)]})
    >>> next(read_states(folder))
    ((3, 0), {'best': 0.5, 'weights': [array([1., 1.])]})
    """
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    arrays = {}
    text = json.dumps(_pack(state, arrays))
    partial = directory / PARTIAL
    try:
        with open(partial, _mode(partial)) as file:
            arrays["json"] = np.frombuffer(text.encode(), "uint8")
            digest = write_arrays(file, arrays)
            file.truncate()
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, directory / _name(epoch, step, digest))
    except BaseException:
        with contextlib.suppress(OSError):  # its room is wanted
            partial.unlink()
        raise
    sync_folder(directory)
    for number, old in enumerate(newest_first(directory)[KEPT:]):
        if number:
            old.unlink(missing_ok=True)
        else:  # its room is written to again
            os.replace(old, partial)


def _mode(path):
    """Return the mode that writes over a file, if none else has it."""
    try:
        return "r+b" if path.stat().st_nlink == 1 else "wb"
    except OSError:
        return "wb"


def read_states(directory, skipped=None, check=None):
    """Yield ((epochs, steps), state) of each whole file, the newest first.

    Args:
        directory: The folder, which need not be there.
        skipped: Called with the path of each file that is damaged, or None.
        check: Called with (epochs, steps) and each state; raises ValueError
            where it is none. Or None.
    """
    for path in newest_first(directory):
        try:
            state = _read(path)
            if check is not None:
                check(place_of(path), state)
        except UNREADABLE:
            if skipped is not None:
                skipped(path)
            continue
        yield place_of(path), state


def remove_states(directory, after=(-1, 0)):
    """Remove the files of more than `after`; they may be gone already.

    Args:
        directory: The folder, which need not be there.
        after: (epochs, steps); (-1, 0) removes all, and the empty folder.
    """
    directory = Path(directory)
    for path in newest_first(directory):
        if place_of(path) > after:
            path.unlink(missing_ok=True)
    if after < (0, 0):
        for name in (PARTIAL, MANIFEST, f"{MANIFEST}.partial"):
            (directory / name).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # others have files there
            directory.rmdir()


def newest_first(directory):
    """Return the paths of the files, whole or not; the newest first."""
    found = Path(directory).glob("epoch-*.npz")
    found = [p for p in found if place_of(p) and not p.is_dir()]
    return sorted(found, key=lambda p: (place_of(p), p.name), reverse=True)


def place_of(path):
    """Return (epochs, steps) as a file's name says it, or None.

    >>> place_of(Path(f"epoch-0003-step-000012.{'0' * 64}.npz"))
    (3, 12)
    """
    found = _NAME.fullmatch(path.name)
    return None if found is None else (int(found[1]), int(found[2] or 0))


def _read(path):
    if path.name != _name(*place_of(path), sha256(path)):
        raise ValueError("other bytes than were written")
    check_arrays(path)
    with np.load(path, allow_pickle=False) as file:
        text = file["json"].tobytes().decode()
        state = _unpack(json.loads(text), file)
    if not isinstance(state, dict):
        raise ValueError("no state")
    return state


def _name(epoch, step, digest):
    steps = f"-step-{step:06d}" if step else ""
    return f"epoch-{epoch:04d}{steps}.{digest}.npz"


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
