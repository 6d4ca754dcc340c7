"""Features of a frozen network, computed once and kept on disk.

A frozen backbone gives the same features in every epoch, so they are computed
in one pass, and the head trains on them. They are kept under a key that holds
all they depend on, and found again by other runs, other processes, sweeps.
"""

import hashlib
import json
import os
from pathlib import Path

import keras
import numpy as np

LIMIT = 10 * 2**30  # bytes on disk; what was not used for longest goes first
FOLDER = "keras-recipes"


class FeatureStore:
    """Arrays in a folder, by key: written whole or not at all, and checked.

    Args:
        directory: Where they lie; None for `features` in the folder of
            `RECIPES_CACHE`, or the user's cache.
        limit: Bytes that all of them may take.
    """

    def __init__(self, directory=None, limit=LIMIT):
        self.directory = Path(directory or cache_folder() / "features")
        self.limit = limit

    def get(self, key):
        """Return the array of a key, mapped into memory; None if not there.

        One whose bytes have changed since they were written is removed.
        """
        array, about = self._paths(key)
        try:
            found = json.loads(about.read_text(encoding="utf-8"))
            if _digest(array) != found["sha256"]:
                raise ValueError("other bytes than were written")
            os.utime(about)
            return np.load(array, mmap_mode="r")
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            array.unlink(missing_ok=True)
            about.unlink(missing_ok=True)
            return None

    def compute(self, key, shape, chunks):
        """Write an array chunk by chunk, and return it mapped into memory.

        Args:
            key: Where to find it again.
            shape: Of the whole array, float32.
            chunks: Yields arrays that follow one another along the first axis.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        array, about = self._paths(key)
        partial = array.with_name(f"{array.name}.{os.getpid()}.partial")
        try:
            out = np.lib.format.open_memmap(partial, "w+", "float32", shape)
            start = 0
            for chunk in chunks:
                out[start : start + len(chunk)] = chunk
                start += len(chunk)
            if start != len(out):
                raise ValueError(f"{start} rows in place of {len(out)}")
            out.flush()
            del out
            found = {"sha256": _digest(partial), "shape": list(shape)}
            os.replace(partial, array)
            _write(about, json.dumps(found))
        finally:
            partial.unlink(missing_ok=True)
        self._make_room(array)
        return np.load(array, mmap_mode="r")

    def _paths(self, key):
        return self.directory / f"{key}.npy", self.directory / f"{key}.json"

    def _make_room(self, newest):
        """Remove what was used longest ago until the rest fits."""
        found = []
        for array in self.directory.glob("*.npy"):
            about = array.with_suffix(".json")
            try:
                used = about.stat().st_mtime if about.exists() else 0.0
                found.append((used, array.stat().st_size, array, about))
            except FileNotFoundError:
                continue  # another process was quicker
        total = sum(size for _, size, _, _ in found)
        for _, size, array, about in sorted(found, key=lambda each: each[0]):
            if total <= self.limit:
                return
            if array != newest:
                about.unlink(missing_ok=True)
                array.unlink(missing_ok=True)
                total -= size


def cache_folder():
    """Return the folder of what can be computed again.

    `RECIPES_CACHE`, else `keras-recipes` in `XDG_CACHE_HOME` or `~/.cache`.
    """
    if os.environ.get("RECIPES_CACHE"):
        return Path(os.environ["RECIPES_CACHE"]).expanduser()
    caches = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(caches).expanduser() / FOLDER


def key_of(body, split, *, about=()):
    """Return the key of a split's features: a hash of all they depend on.

    Args:
        body: The frozen `keras.Model`: its layers' settings, its weights, its
            number formats.
        split: The examples, and which of them.
        about: What else decides them: a policy, a seed, a view.

    Example:

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    >>> from recipes.data.data import ArraySource, Split
    >>> rows = np.arange(2)
    >>> split = Split("train", ArraySource(np.zeros((2, 2))), rows, rows)
    >>> key_of(model, split) == key_of(model, split, about=["view 1"])
    False
    """
    digest = hashlib.sha256()
    said = [keras.__version__, keras.backend.backend(), repr(about)]
    said.append(anonymous(body.get_config()))
    digest.update(json.dumps(said, default=repr).encode())
    for variable in body.variables:
        if "seed" in variable.path.rsplit("/", 1)[-1]:
            continue  # draws nothing when predicting
        values = keras.ops.convert_to_numpy(variable)
        digest.update(f"{values.dtype}{values.shape}".encode())
        digest.update(np.ascontiguousarray(values).tobytes())
    digest.update(split.source.digest())
    digest.update(np.ascontiguousarray(split.rows).tobytes())
    return digest.hexdigest()[:40]


def features(body, split, store, *, key=None, batch_size=32, progress=None):
    """Return the features of a split, and whether they were there already.

    Args:
        body: The frozen `keras.Model`; it gives float32 of any shape.
        split: Raw examples.
        store: A `FeatureStore`.
        batch_size: Examples at a time.
        key: As `key_of` gives it, or None.
        progress: Called with the number of examples done, or None.
    """
    key = key_of(body, split) if key is None else key
    found = store.get(key)
    if found is not None:
        return found, True
    shape = (len(split), *body.output_shape[1:])

    def chunks():
        done = 0
        for x in split.chunks(batch_size):
            yield predicted(body, x, batch_size)
            done += len(x)
            if progress is not None:
                progress(done)

    return store.compute(key, shape, chunks()), False


def predicted(body, x, batch_size):
    """Return the features of some examples as float32.

    The last batch is filled up: one shape means one compilation.
    """
    missing = batch_size - len(x)
    if missing:
        x = np.concatenate([x, np.repeat(x[:1], missing, axis=0)])
    found = body.predict_on_batch(x)
    return np.asarray(found, "float32")[: batch_size - missing]


def anonymous(config):
    """Return a configuration with numbers for names, which Keras counts up.

    Example:

    >>> anonymous({"name": "dense_7", "units": 2, "of": ["dense_7"]})
    {'name': 0, 'units': 2, 'of': [0]}
    """
    names = {}

    def collect(value):
        if isinstance(value, dict):
            name = value.get("name")
            if isinstance(name, str):
                names.setdefault(name, len(names))
            for each in value.values():
                collect(each)
        elif isinstance(value, (list, tuple)):
            for each in value:
                collect(each)

    def renamed(value):
        if isinstance(value, dict):
            return {key: renamed(each) for key, each in value.items()}
        if isinstance(value, (list, tuple)):
            return [renamed(each) for each in value]
        return names.get(value, value) if isinstance(value, str) else value

    collect(config)
    return renamed(config)


def _digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path, text):
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, path)
