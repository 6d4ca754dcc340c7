"""Weights from a file, with proof that every one of them fits."""

import re
import tempfile
from pathlib import Path
from typing import NamedTuple

import h5py

from callbacks.disk import sha256
from callbacks.finite import non_finite_variable
from recipes.errors import RecipeError, suggest
from recipes.safety import hdf5

SHOWN = 3  # variables in a message


class Slot(NamedTuple):
    """What a file holds, or should hold, at one place."""

    layer: str
    shape: tuple


def load_weights(model, file, *, known=None, words=()):
    """Load all variables of a model from a file that holds just these.

    Keras passes over what a `.weights.h5` file has too much; here nothing may
    be left over, and nothing missing: at each place of the file shape and
    name of the layer are compared first (names without the numbers at their
    end, which Keras counts on from model to model). An optimizer's state in
    the file is not looked at.

    Args:
        model: A built `keras.Model`, without a top.
        file: Path of a `.weights.h5` file, or of an `.h5` file in the layout
            of Keras 2, as those of `keras.applications` are.
        known: Name of a file that is known to fit, whose layers may have the
            names of an older Keras: there only shapes are compared.
        words: What else may be passed in place of a file, such as
            `"imagenet"`; for the message.

    Returns:
        `{"weights": path as given, "sha256": …, "file": whole path}`.

    Raises:
        RecipeError: If the file is missing, damaged or of another network;
            with the first places that differ.

    Example:

    >>> import keras
    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    >>> load_weights(model, "none.weights.h5")
    Traceback (most recent call last):
    ...
    recipes.errors.RecipeError: weights: there is no such file. Pass the path \
of a .weights.h5 file, or None to begin at random. Received: 'none.weights.h5'
    """
    path = Path(file).expanduser()
    _check_file(path, file, words)
    found, keras_2 = read(path)
    _check_ending(path, keras_2)
    wanted = _layers_of(model) if keras_2 else _places_of(model)
    _check(path, model, wanted, found, names=path.name != known)
    try:
        model.load_weights(path)
    except Exception as error:  # whatever h5py meets in the middle of a file
        raise RecipeError(f"{path}: weights cannot be read: {error}") from error
    _check_finite(path, model)
    return origin(str(file), path)


def _check_finite(path, model):
    """Refuse weights that are no numbers."""
    variable = non_finite_variable(model.variables)
    if variable is not None:
        raise RecipeError(
            f"{path}: `{variable.path}` holds values that are not finite: the "
            "network that was saved had diverged. Pass another file."
        )


def _check_file(path, file, words):
    """Refuse what is no file of weights, before it is read."""
    if path.suffix == ".keras":
        raise RecipeError(
            "weights: a .keras file holds a whole model, and is a backbone by "
            "itself: backbone=Part('keras_file', file=…). Pass the path of a "
            f".weights.h5 file. Received: {str(file)!r}"
        )
    if path.is_file():
        return
    what = "this is a folder" if path.is_dir() else "there is no such file"
    beside = path if path.is_dir() else path.parent
    near = [*words, *(found.name for found in beside.glob("*.h5"))]
    legal = "".join(f"{word!r}, " for word in words)
    raise RecipeError(
        f"weights: {what}.{suggest(path.name, near)} Pass {legal}the path of a "
        f".weights.h5 file, or None to begin at random. Received: {str(file)!r}"
    )


def origin(weights, path):
    """Return where weights come from, for a run's `environment.json`."""
    digest = sha256(path)
    return {"weights": weights, "sha256": digest, "file": str(path.resolve())}


def read(path):
    """Return ({place: Slot}, whether it is Keras 2's layout) of a file.

    Raises:
        RecipeError: If it is no HDF5 file, or the end of it is missing.
    """
    try:
        with h5py.File(path, "r") as file:
            hdf5.check(file)
            if "model_weights" in file:  # a whole model in one file
                return _read_layers(file["model_weights"]), True
            if _names(file, "layer_names"):
                return _read_layers(file), True
            return _read_places(file), False
    except ValueError as error:
        raise RecipeError(f"{path} is refused: {error}") from error
    except (OSError, RuntimeError, KeyError) as error:
        why = "it may have been cut off on its way"
        if Path(path).stat().st_size and not h5py.is_hdf5(path):
            why = "its first bytes are not those of one"
        raise RecipeError(
            f"{path}: not a whole HDF5 file of weights; {why}. Fetch it "
            "again, or save it with model.save_weights('….weights.h5'). h5py "
            f"says: {error}"
        ) from error


def _read_places(file):
    found = {}

    def visit(place, item):
        if isinstance(item, h5py.Dataset):
            layer = str(item.parent.attrs.get("name", ""))
            found[place] = Slot(layer, tuple(item.shape))

    file.visititems(visit)
    return {p: s for p, s in found.items() if not p.startswith("optimizer/")}


def _read_layers(group):
    """Read Keras 2's layout: by order, the layers that have weights."""
    layers = [
        (layer, [tuple(group[layer][name].shape) for name in names])
        for layer in [*_names(group, "layer_names"), "top_level_model_weights"]
        if layer in group and (names := _names(group[layer], "weight_names"))
    ]
    return _by_order(layers)


def _names(group, attribute):
    """Return a list of names, which may be cut into several attributes."""
    pieces = [a for a in group.attrs if re.fullmatch(rf"{attribute}\d*", a)]
    pieces.sort(key=lambda a: int("0" + a.removeprefix(attribute)))
    return [
        name.decode() if isinstance(name, bytes) else str(name)
        for piece in pieces
        for name in group.attrs[piece]
    ]


def _by_order(layers):
    return {
        f"layer {i}, weight {j}": Slot(name, shape)
        for i, (name, shapes) in enumerate(layers)
        for j, shape in enumerate(shapes)
    }


def _layers_of(model):
    layers = []
    for layer in model.layers:
        ordered = layer.trainable_weights + layer.non_trainable_weights
        if ordered:
            layers.append((layer.name, [tuple(v.shape) for v in ordered]))
    return _by_order(layers)


def _places_of(model):
    """Ask Keras where it would save what: nothing in public tells."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "wanted.weights.h5"
        model.save_weights(path)
        places, _ = read(path)
    above = [v.path.split("/") for v in model.variables]
    order = {
        path[-2]: i for i, path in reversed([*enumerate(above)]) if path[1:]
    }
    last = len(order)
    return dict(
        sorted(places.items(), key=lambda p: order.get(p[1].layer, last))
    )


def _check_ending(path, keras_2):
    """Keras chooses its reader by the name's end alone."""
    fits = path.name.endswith(".weights.h5") != keras_2
    if not fits or path.suffix not in (".h5", ".hdf5"):
        layout, ending = ("2", ".h5") if keras_2 else ("3", ".weights.h5")
        raise RecipeError(
            f"{path}: weights in the layout of Keras {layout}: such a name "
            f"has to end in {ending}. Rename the file."
        )


def _check(path, model, wanted, found, names):
    differing = [
        f"{place}: expected {_said(slot)}, found {_said(found.get(place))}"
        for place, slot in wanted.items()
        if not _fits(slot, found.get(place), names)
    ]
    left = [place for place in found if place not in wanted]
    if not differing and not left:
        return
    said = differing[:SHOWN] + [
        f"{place}: left over, {_said(found[place])}" for place in left[:SHOWN]
    ]
    raise RecipeError(
        f"{path}: these are not the weights of {model.name!r}. Of its "
        f"{len(wanted)} variables {len(differing)} find no match, and of the "
        f"file's {len(found)} {len(left)} would be left over. First: "
        f"{'; '.join(said)}. Pass a file that was saved from the same network "
        "without its top."
    )


def _fits(wanted, found, names):
    if found is None or wanted.shape != found.shape:
        return False
    return not names or not found.layer or _plain(wanted) == _plain(found)


def _plain(slot):
    return re.sub(r"_\d+$", "", slot.layer.replace("/", "_"))


def _said(slot):
    return f"{slot.layer} {slot.shape}" if slot else "nothing"
