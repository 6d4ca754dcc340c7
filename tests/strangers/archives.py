"""Hostile `.keras` files, each written by a function of its own."""

import base64
import io
import json
import pickle
import stat
import zipfile

import h5py
import keras
import numpy as np

CLASS = {"module": "keras.layers", "registered_name": None}


def touched(canary):
    """Return a function that leaves a canary, and its path inside."""
    path = str(canary)
    return lambda x: (open(path, "w").close(), x)[1]


def bytecode(canary):
    """Return a Python function as Keras writes it into a file."""
    text = f"lambda x: (open({str(canary)!r}, 'w').close(), x)[1]"
    code = keras.layers.Lambda(eval(text)).get_config()["function"]
    return keras.saving.serialize_keras_object(code)


class Payload:
    """What a pickle does as it is read."""

    def __init__(self, canary):
        self.canary = str(canary)

    def __reduce__(self):
        return open, (self.canary, "w")


def layer(kind, /, **config):
    return {"class_name": kind, "config": config, **CLASS}


def dense(units=2, **config):
    return layer("Dense", name="dense", units=units, **config)


def network(*layers, shape=(None, 3), **more):
    first = layer("InputLayer", batch_shape=list(shape), dtype="float32")
    inside = {"name": "net", "layers": [first, *layers]}
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": inside,
        "registered_name": None,
        **more,
    }


def weights(write=None, kernel=None):
    """Return the bytes of model.weights.h5 of `dense()`."""
    held = io.BytesIO()
    with h5py.File(held, "w") as file:
        group = file.create_group("layers/dense/vars")
        group["1"] = np.zeros(2, "float32")
        if write is None:
            ones = np.ones((3, 2), "float32")
            group["0"] = ones if kernel is None else kernel
        else:
            write(group)
    return held.getvalue()


def members(config=None, held=None):
    config = network(dense()) if config is None else config
    text = config if isinstance(config, str) else json.dumps(config)
    return {
        "metadata.json": b'{"keras_version": "3.15.1"}',
        "config.json": text.encode(),
        "model.weights.h5": weights() if held is None else held,
    }


def write(path, found=None, extra=()):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (found or members()).items():
            archive.writestr(name, content)
        for info, content in extra:
            archive.writestr(info, content)


def of_config(make):
    return lambda path, canary: write(path, members(make(canary)))


def of_weights(make):
    def build(path, canary):
        make_one = make(canary, path.parent)
        write(path, members(held=weights(make_one)))

    return build


def function(module, name):
    return {
        "module": module,
        "class_name": "function",
        "config": name,
        "registered_name": name,
    }


def downloading(canary):
    """Take a function that downloads for a schedule of learning rates."""
    rate = function("keras.datasets.boston_housing", "load_data")
    sgd = {**layer("SGD", learning_rate=rate), "module": "keras.optimizers"}
    compiled = {"optimizer": sgd, "loss": "mse"}
    return network(dense(), compile_config=compiled)


def torch_module(canary):
    held = base64.b64encode(pickle.dumps(Payload(canary))).decode("ascii")
    module = {"class_name": "__bytes__", "config": {"value": held}}
    return network(layer("TorchModuleWrapper", module=module))


def jax_layer(canary):
    code = {"class_name": "__lambda__", "config": bytecode(canary)}
    return network(layer("JaxLayer", call_fn=code, state={}, params={}))


def keras_cv_module(canary):
    """Name a module of a package that lies beside the file."""
    place = canary.parent / "path" / "keras_cv"
    place.mkdir(parents=True)
    (place / "__init__.py").touch()
    (place / "payload.py").write_text(f"open({str(canary)!r}, 'w').close()")
    named = {**layer("Innocent"), "module": "keras_cv.payload"}
    return network(named)


def functional(given, **config):
    """Call keras.ops.tile on what is given, beside an input."""
    first = layer("InputLayer", name="in", batch_shape=[None, 3])
    tile = layer("Tile", name="tile", **config)
    tile = {**tile, "module": "keras.src.ops.numpy", "registered_name": "Tile"}
    first |= {"name": "in", "inbound_nodes": []}
    tile |= {"name": "tile", "inbound_nodes": [given]}
    inside = {
        "name": "net",
        "layers": [first, tile],
        "input_layers": [["in", 0, 0]],
        "output_layers": [["in", 0, 0]],
    }
    kind = {"class_name": "Functional", "module": "keras.src.models.functional"}
    return {**network(), **kind, "config": inside}


CONSTANT = {
    "class_name": "__numpy__",
    "config": {"value": [1.0], "dtype": "float32"},
}
TENSOR = {
    "class_name": "__keras_tensor__",
    "config": {
        "shape": [None, 3],
        "dtype": "float32",
        "keras_history": ["in", 0, 0],
    },
}


def member(name, kind=stat.S_IFREG):
    info = zipfile.ZipInfo(name)
    info.external_attr = (kind | 0o644) << 16
    return info


def traversal(path, canary):
    write(path, extra=[(member(f"../{canary.name}"), b"out")])


def absolute(path, canary):
    write(path, extra=[(member(str(canary)), b"out")])


def inside_assets(path, canary):
    write(path, extra=[(member("assets/../../" + canary.name), b"out")])


def backslash(path, canary):
    write(path, extra=[(member(f"assets\\..\\{canary.name}"), b"out")])


def symlink_member(path, canary):
    link = member("assets/link", stat.S_IFLNK)
    write(path, extra=[(link, str(canary).encode())])


def stranger_member(path, canary):
    write(path, extra=[(member("setup.py"), b"import os")])


def twice(path, canary):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members().items():
            archive.writestr(name, content)
        archive.fp.flush()
        info = member("config.jsoN")
        archive.writestr(info, json.dumps(network(layer("Lambda"))))
    content = path.read_bytes().replace(b"config.jsoN", b"config.json")
    path.write_bytes(content)


def bomb(path, canary):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members().items():
            archive.writestr(name, content)
        archive.writestr("assets/vocabulary.txt", bytes(2**26))


def many_bombs(path, canary):
    """Let each asset be small, and all of them 200 times the file."""
    zeros = bytes(2**19)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members().items():
            archive.writestr(name, content)
        for i in range(40):
            archive.writestr(f"assets/{i}", zeros)


def claimed_size(path, canary):
    """Let the directory say 3 GB of a member of some bytes."""
    write(path)
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02", content.index(b"model.weights.h5"))
    at = content.rindex(b"PK\x01\x02")
    content[at + 20 : at + 28] = (3 * 2**30).to_bytes(4, "little") * 2
    path.write_bytes(content)


def encrypted(path, canary):
    write(path)
    content = bytearray(path.read_bytes())
    at = content.rindex(b"PK\x01\x02")
    content[at + 8] |= 1
    path.write_bytes(content)


def without_config(path, canary):
    write(path, {k: v for k, v in members().items() if k != "config.json"})


def cut_off(path, canary):
    write(path)
    path.write_bytes(path.read_bytes()[:-60])


def flipped(path, canary):
    write(path)
    content = bytearray(path.read_bytes())
    content[content.index(b"\x89HDF") + 2000] ^= 255
    path.write_bytes(content)


def not_hdf5(path, canary):
    write(path, members(held=pickle.dumps(Payload(canary))))


def not_finite(path, canary):
    kernel = np.full((3, 2), np.nan, "float32")
    write(path, members(held=weights(kernel=kernel)))


ARCHIVES = {
    "lambda layer": of_config(
        lambda c: network(layer("Lambda", name="x", function=bytecode(c)))
    ),
    "lambda as activation": of_config(
        lambda c: network(dense(activation=bytecode(c)))
    ),
    "lambda as loss": of_config(
        lambda c: network(
            dense(), compile_config={"optimizer": "sgd", "loss": bytecode(c)}
        )
    ),
    "saved model layer": of_config(
        lambda c: network(
            layer("TFSMLayer", filepath=str(c.parent), call_endpoint="serve")
        )
    ),
    "torch module": of_config(torch_module),
    "jax layer": of_config(jax_layer),
    "a network that is downloaded": of_config(
        lambda c: network(
            dense(activation=function("keras.applications", "MobileNet"))
        )
    ),
    "data that are downloaded": of_config(downloading),
    "a file that is fetched": of_config(
        lambda c: network(
            dense(),
            compile_config={"loss": function("keras.utils", "get_file")},
        )
    ),
    "os.system": of_config(
        lambda c: network(
            {"module": "os", "class_name": "system", "config": {}}
        )
    ),
    "a function of builtins": of_config(
        lambda c: network(dense(activation=function("builtins", "eval")))
    ),
    "a dotted name": of_config(
        lambda c: network({**layer("utils.get_file"), "module": "keras"})
    ),
    "a module that is imported": of_config(keras_cv_module),
    "a private module of Keras": of_config(
        lambda c: network(
            {**layer("Trainer"), "module": "keras.src.trainers.trainer"}
        )
    ),
    "another name registered": of_config(
        lambda c: network(
            {**dense(), "registered_name": "builtins>eval", "module": "os"}
        )
    ),
    "a type specification": of_config(
        lambda c: network(
            dense(
                dtype={
                    "class_name": "__typespec__",
                    "config": [],
                    "spec_name": "system",
                    "module": "os",
                    "registered_name": None,
                }
            )
        )
    ),
    "a vocabulary of another file": of_config(
        lambda c: network(layer("StringLookup", vocabulary="/etc/hostname"))
    ),
    "a class that is no text": of_config(
        lambda c: network({"class_name": ["Lambda"], "config": {}})
    ),
    "10^12 weights": of_config(lambda c: network(dense(10**12))),
    "10^10 weights behind Flatten": of_config(
        lambda c: network(
            layer("Flatten"), dense(), shape=(None, 100_000, 100_000)
        )
    ),
    "an array of 8 GB": of_config(
        lambda c: network(
            layer(
                "Normalization",
                mean={
                    "class_name": "__numpy__",
                    "config": {"value": [0], "dtype": "V8000000000"},
                },
            )
        )
    ),
    "a metric of 10^12": of_config(
        lambda c: network(
            dense(),
            compile_config={
                "optimizer": "sgd",
                "loss": "mse",
                "metrics": [
                    {
                        "module": "keras.metrics",
                        "class_name": "MeanIoU",
                        "config": {"num_classes": 10**6},
                        "registered_name": None,
                    }
                ],
            },
        )
    ),
    "10^10 thresholds": of_config(
        lambda c: network(dense(), compile_config={"num_thresholds": 10**10})
    ),
    "an operation on a constant": of_config(
        lambda c: functional(
            {"args": [CONSTANT], "kwargs": {}}, repeats=[3 * 10**8]
        )
    ),
    "a tensor that is never made": of_config(
        lambda c: functional(
            {"args": [{**CONSTANT, "x": TENSOR}], "kwargs": {}},
            repeats=[3 * 10**8],
        )
    ),
    "an operation on nothing": of_config(lambda c: functional({})),
    "merges of another file": of_config(
        lambda c: network(layer("Tokens", merges="/etc/hostname"))
    ),
    "a proto of another file": of_config(
        lambda c: network(layer("Tokens", proto="/etc/hostname"))
    ),
    "no model": of_config(lambda c: [1]),
    "nested deeply": of_config(lambda c: "[" * 100_000 + "]" * 100_000),
    "NaN": of_config(lambda c: '{"class_name": NaN}'),
    "infinite": of_config(lambda c: '{"class_name": 1e999}'),
    "a name twice": of_config(lambda c: '{"class_name": 1, "class_name": 2}'),
    "member ../": traversal,
    "member from the root": absolute,
    "member assets/../..": inside_assets,
    "member with backslashes": backslash,
    "member that is a link": symlink_member,
    "member of something else": stranger_member,
    "member twice": twice,
    "zip bomb": bomb,
    "many small zip bombs": many_bombs,
    "claimed size": claimed_size,
    "encrypted": encrypted,
    "without config.json": without_config,
    "cut off": cut_off,
    "flipped": flipped,
    "a pickle for weights": not_hdf5,
    "weights that are NaN": not_finite,
}
