"""The data of a sweep, as another process gets it: by its spec, or as files.

What was read by a spec is read by it again. Arrays that were handed over lie
in the sweep's folder, and are mapped, so that all workers share their pages.
"""

import json
import shutil

import numpy as np

from recipes.data.data import ROLES, ArraySource, Data, Split
from recipes.data.texts import TextSource
from recipes.errors import DataError
from recipes.training import folder
from recipes.training.plan import load_for
from recipes.tuning.names import DATA
from recipes.tuning.search.space import close, hyperparameters

ABOUT = "data.json"
UNREADABLE = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    RecursionError,
)
PLAIN = ("name", "features", "target", "value_scale", "fold", "spec")
NAMES = "class_names", "feature_names", "target_names"


def hand_over(path, about, data, given):
    """Write what a worker needs to have the same data.

    Args:
        path: The sweep's folder.
        about: The `Settings` of the sweep.
        data: Loaded `Data`.
        given: What the caller handed over: a spec, arrays, `Data`.
    """
    place = path / DATA
    if isinstance(given, str):
        shutil.rmtree(place, ignore_errors=True)  # of a sweep before
        return
    if _kept(place, data):
        return
    partial = path / f"{DATA}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    folder.make(partial)
    sources = []
    for split in data.splits:
        if not any(split.source is each for each in sources):
            _write(partial, len(sources), split.source)
            sources.append(split.source)
        np.save(partial / f"{split.role}-rows.npy", split.rows)
        np.save(partial / f"{split.role}-labels.npy", split.labels)
    found = {name: getattr(data, name) for name in PLAIN}
    found |= {name: getattr(data, name) for name in NAMES}
    found["fingerprint"] = data.fingerprint
    found["sources"] = [
        [split.source is each for each in sources].index(True)
        for split in data.splits
    ]
    found["content"] = _rebuild(partial, found).fingerprint
    # Not by `to_json`: a NaN may be meant.
    (partial / ABOUT).write_text(json.dumps(found), encoding="utf-8")
    shutil.rmtree(place, ignore_errors=True)
    partial.rename(place)


def lies(path):
    """Whether a sweep's folder holds the data that it was made on."""
    return (path / DATA / ABOUT).exists()


def take(path, about):
    """Return the `Data` of a sweep in another process.

    Args:
        path: The sweep's folder.
        about: The `Settings` of the sweep.

    Raises:
        DataError: For data that are not those of the sweep.
    """
    place = path / DATA
    if lies(path):
        found, data = _taken(place)
        same = data.fingerprint == found["content"]
        # A folder's images are known by their files, which are not here.
        data._cache["fingerprint"] = found["fingerprint"]
        where = place
    else:
        first = close(about.recipe, hyperparameters(about.recipe).values)
        data, same = load_for(first, about.data["spec"]), True
        where = about.data["spec"]
    if not same or data.fingerprint != about.data["fingerprint"]:
        raise DataError(
            f"other data in {where} than the sweep began with",
            f"those of fingerprint {about.data['fingerprint'][:12]}…",
            "bring the data back, or begin another sweep",
        )
    return data


def _taken(place):
    """Return (what about.json says, `Data`) of a folder.

    Raises:
        DataError: For files that are not what `hand_over` writes.
    """
    try:
        found = json.loads((place / ABOUT).read_text(encoding="utf-8"))
        return found, _rebuild(place, found)
    except UNREADABLE as error:
        raise DataError(
            f"files that cannot be read ({error!r})",
            "the data of the sweep, as it has kept them",
            "bring the folder back, or begin another sweep",
            file=place,
        ) from error


def _load(path):
    """Return an array; no more is allocated than the file has bytes."""
    return np.array(np.load(path, mmap_mode="r"))


def _kept(place, data):
    try:
        found = json.loads((place / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return found["fingerprint"] == data.fingerprint


def _write(place, number, source):
    if isinstance(source, TextSource):
        texts = [
            str(text).encode("utf-8", "surrogatepass") for text in source.array
        ]
        ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
        np.save(place / f"source-{number}-ends.npy", ends)
        joined = np.frombuffer(b"".join(texts), np.uint8)
        np.save(place / f"source-{number}.npy", joined)
        return
    first = np.asarray(source.read(np.arange(1)))
    file = np.lib.format.open_memmap(
        place / f"source-{number}.npy",
        mode="w+",
        dtype=first.dtype,
        shape=(len(source), *first.shape[1:]),
    )
    for start in range(0, len(source), 256):
        rows = np.arange(start, min(start + 256, len(source)))
        file[rows] = source.read(rows)
    file.flush()


def _read(place, number):
    array = np.load(place / f"source-{int(number)}.npy", mmap_mode="r")
    ends = place / f"source-{number}-ends.npy"
    if not ends.exists():
        return ArraySource(array.view(np.ndarray))
    ends = _load(ends)
    texts = np.empty(len(ends), object)
    for row, (start, end) in enumerate(zip([0, *ends[:-1]], ends, strict=True)):
        text = array[start:end].tobytes().decode("utf-8", "surrogatepass")
        texts[row] = text
    return TextSource(texts)


def _rebuild(place, found):
    sources = {n: _read(place, n) for n in set(found["sources"])}
    splits = [
        Split(
            role,
            sources[number],
            _load(place / f"{role}-rows.npy"),
            _load(place / f"{role}-labels.npy"),
        )
        for role, number in zip(ROLES, found["sources"], strict=True)
    ]
    names = {
        name: None if found.get(name) is None else tuple(found[name])
        for name in NAMES
    }
    return Data(
        found["name"],
        *splits,
        **{name: found[name] for name in PLAIN[1:]},
        **names,
    )
