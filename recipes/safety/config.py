"""config.json of a `.keras` file: the classes it names, before one is made."""

import re

import keras

from recipes.safety.refused import RefusedError

# What runs code, reads another file or makes constants of any size.
CODE = (
    "FlaxLayer",
    "JaxLayer",
    "Lambda",
    "MelSpectrogram",
    "STFTSpectrogram",
    "TFSMLayer",
    "TorchModuleWrapper",
)
PLAIN = (
    "__bytes__",
    "__ellipsis__",
    "__keras_tensor__",
    "__numpy__",
    "__slice__",
    "__tensor__",
)
MODULES = (
    "keras.activations",
    "keras.constraints",
    "keras.dtype_policies",
    "keras.initializers",
    "keras.layers",
    "keras.losses",
    "keras.metrics",
    "keras.models",
    "keras.ops",
    "keras.ops.nn",
    "keras.ops.numpy",
    "keras.optimizers",
    "keras.optimizers.schedules",
    "keras.quantizers",
    "keras.random",
    "keras.regularizers",
)
TOP = ("DTypePolicy", "FloatDTypePolicy", "Functional", "Model", "Sequential")
INSIDE = re.compile(
    r"keras\.src\.(layers|models|ops)(\.[a-z]\w*)+|keras_hub(\.[a-z]\w*)*"
)
NUMBERS = re.compile(r"bool|u?int(8|16|32|64)|b?float(16|32|64)|float8_\w+")
# A text there is the path of a file.
PATHS = ("vocabulary", "idf_weights", "merges", "proto")
COUNTS = {"num_thresholds": 100_000}  # of a list that Keras makes at once


def check(config, custom_objects):
    """Refuse objects that are neither Keras' own nor registered here.

    A module is never imported to find one, and a function may only be one of
    those that networks are made of: Keras would call any public function of
    its own, `keras.applications` and `keras.datasets` among them, which
    download.

    Args:
        config: What config.json holds, parsed.
        custom_objects: Name → class, beside those that are registered with
            Keras.

    Raises:
        RefusedError: Naming the object.
    """
    if not isinstance(config, dict) or "class_name" not in config:
        raise RefusedError("config.json names no model")
    check_inside(config, custom_objects)


def check_inside(found, custom_objects):
    """Refuse the same anywhere in what a file of JSON holds.

    Args:
        found: What it holds, parsed.
        custom_objects: As of `check`.

    Raises:
        RefusedError: Naming the object.
    """
    ahead = [found]
    while ahead:
        value = ahead.pop()
        if isinstance(value, list):
            ahead.extend(value)
        elif isinstance(value, dict):
            if "class_name" in value:
                _check_object(value, custom_objects)
            _check_values(value)
            ahead.extend(value.values())


def _check_object(value, custom_objects):
    name, module = value["class_name"], value.get("module")
    said = f"{module}.{name}" if module else str(name)
    words = [name, module, value.get("registered_name")]
    if not all(isinstance(w, str) or w is None for w in words) or not name:
        raise RefusedError(f"config.json names an object {said[:80]!r}")
    if name in PLAIN and module in (None, "builtins"):
        _check_plain(value)
        return
    if name == "function":
        name = value.get("config")
        said = f"{module}.{name}"
        if not isinstance(name, str):
            raise RefusedError("config.json names a function without a name")
        known = name
    else:
        known = value.get("registered_name") or name
    odd = name.startswith("__") or not re.fullmatch(r"[\w>]+", name)
    if odd or name in CODE:
        raise RefusedError(
            f"config.json names {said[:80]!r}, which can run code or read files"
        )
    if keras.saving.get_registered_object(known, custom_objects) is not None:
        return
    public = module in (None, "builtins", *MODULES)
    if public or (module == "keras" and name in TOP):
        return
    if not INSIDE.fullmatch(module):
        raise RefusedError(
            f"config.json names {said[:80]!r}, which is no part of a network "
            "of Keras, and is not registered"
        )


def _check_plain(value):
    inside = value.get("config")
    kind = inside.get("dtype") if isinstance(inside, dict) else None
    if value["class_name"] == "__keras_tensor__" and kind == "string":
        return
    if kind is not None and not (
        isinstance(kind, str) and NUMBERS.fullmatch(kind)
    ):
        raise RefusedError(f"config.json holds an array of {str(kind)[:40]!r}")


def _check_values(value):
    if "inbound_nodes" in value:
        _check_nodes(value["inbound_nodes"])
    for key in PATHS:
        if isinstance(value.get(key), str):
            raise RefusedError(
                f"config.json names the file {value[key][:80]!r} as {key}"
            )
    for key, most in COUNTS.items():
        given = value.get(key)
        if isinstance(given, (int, float)) and given > most:
            raise RefusedError(f"config.json asks for {key} of {given}")


def _check_nodes(nodes):
    """Refuse calls without a tensor of the network: Keras computes them."""
    if not isinstance(nodes, list):
        raise RefusedError("config.json holds inbound_nodes that are no list")
    for node in nodes:
        if isinstance(node, list) and node:
            continue  # of Keras 2: names of layers
        known = isinstance(node, dict)
        if not known or not _is_symbolic(
            [node.get("args"), node.get("kwargs")]
        ):
            raise RefusedError(
                "config.json calls a layer or an operation on constants alone"
            )


def _is_symbolic(given):
    """Whether Keras makes a tensor of a network of any part of this."""
    ahead = [given]
    while ahead:
        value = ahead.pop()
        if isinstance(value, list):
            ahead.extend(value)
        elif isinstance(value, dict):
            if value.get("class_name") == "__keras_tensor__":
                return True
            if "class_name" not in value:  # else only its config is read
                ahead.extend(value.values())
    return False
