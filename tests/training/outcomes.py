"""What a run has ended as, to be compared with another."""

import io
import json
import zipfile

import h5py


def outcome(folder, less=()):
    """Return all that a run is, but how long it took: path → value."""
    found = {}
    for path in sorted({*folder.rglob("*")} - {*less}):
        name = str(path.relative_to(folder))
        if path.name == "files.json":
            found[name] = "there"  # it has the hash of how long it took
        elif path.suffix == ".json":
            found[name] = timeless(json.loads(path.read_text()))
        elif path.suffix == ".keras":
            found[name] = weights(path)
        elif path.suffix == ".csv":
            found[name] = path.read_bytes()
        elif path.is_file():
            found[name] = "there"  # a picture
    return found


def timeless(value):
    if isinstance(value, dict):
        return {k: timeless(v) for k, v in value.items() if k != "seconds"}
    return [timeless(v) for v in value] if isinstance(value, list) else value


def weights(path):
    """Return name → bytes, without Keras."""
    found = {}

    def take(name, item):
        if isinstance(item, h5py.Dataset):
            found[name] = (item.dtype.str, item.shape, item[()].tobytes())

    with zipfile.ZipFile(path) as file:
        text = io.BytesIO(file.read("model.weights.h5"))
    with h5py.File(text) as file:
        file.visititems(take)
    assert found
    return found
