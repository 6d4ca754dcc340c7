"""Weights from files: all of them arrive, or none, and it is said."""

import hashlib
import os

import h5py
import keras
import numpy as np
import pytest

from recipes.backbones.weights import load_weights, read
from recipes.errors import RecipeError

pytestmark = pytest.mark.both_backends


def network(*names, units=3, seed=0):
    """Return dense layers and a normalization, their values by the seed."""
    inputs = x = keras.Input((3,))
    for name in names or ("stem", "block1", "block2"):
        x = keras.layers.Dense(units, name=name)(x)
    x = keras.layers.BatchNormalization(name="bn")(x)
    model = keras.Model(inputs, x, name="network")
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    return model


@pytest.fixture(params=["keras 3", "keras 2"])
def save(request, tmp_path):
    """Return a function that saves a model's weights, in both layouts."""

    def save_it(model, name="saved"):
        if request.param == "keras 3":
            file = tmp_path / f"{name}.weights.h5"
            model.save_weights(file)
        else:
            file = tmp_path / f"{name}.h5"
            model.save(file)
        return str(file)

    return save_it


def same(one, other):
    pairs = zip(one.get_weights(), other.get_weights(), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def test_all_arrive(save):
    saved, model = network(seed=1), network(seed=2)
    assert not same(saved, model)
    file = save(saved)
    origin = load_weights(model, file)
    assert same(saved, model)
    with open(file, "rb") as opened:
        digest = hashlib.sha256(opened.read()).hexdigest()
    assert origin == {"weights": file, "sha256": digest, "file": file}


def test_layers_that_keras_named(save):
    """Their numbers go on from model to model."""

    def unnamed(seed):
        layers = [keras.layers.Dense(2, name=None) for _ in range(3)]
        model = keras.Sequential([keras.Input((2,)), *layers])
        rng = np.random.default_rng(seed)
        kept = [rng.normal(size=w.shape) for w in model.get_weights()]
        model.set_weights(kept)
        return model

    saved, model = unnamed(1), unnamed(2)
    assert saved.layers[0].name != model.layers[0].name
    load_weights(model, save(saved))
    assert same(saved, model)


WRONG = {
    "a bigger model": (
        network("stem", "block1", "block2", "block3"),
        "left over.*block3|layer 3.*block3",
    ),
    "a smaller model": (network("stem", "block1"), "found nothing|bn"),
    "wider layers": (
        network(units=4),
        r"stem \(3, 3\), found stem \(3, 4\)",
    ),
    "other names": (
        network("stem", "conv1", "block2"),
        r"expected block1 \(3, 3\), found conv1 \(3, 3\)",
    ),
    "another order": (
        network("block1", "stem", "block2"),
        r"expected stem \(3, 3\), found block1 \(3, 3\)",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_weights_of_another_network(case, save):
    other, said = WRONG[case]
    model = network(seed=2)
    file = save(other)
    with pytest.raises(RecipeError, match="not the weights of 'network'") as e:
        load_weights(model, file)
    assert file in str(e.value)
    with pytest.raises(RecipeError, match=said):
        load_weights(model, file)
    assert same(model, network(seed=2))  # and nothing was loaded


def test_keras_alone_takes_a_bigger_models(tmp_path):
    """What the tests above watch for does happen."""
    bigger, model = network("stem", "block1", "block2", "block3"), network()
    file = tmp_path / "bigger.weights.h5"
    bigger.save_weights(file)
    model.load_weights(file)


def test_a_file_that_is_known_may_have_older_names(tmp_path):
    older = network("res2a_branch1", "res2a_branch2", "res2b")
    file = tmp_path / "older.h5"
    older.save(file)
    model = network(seed=2)
    with pytest.raises(RecipeError, match="expected stem"):
        load_weights(model, str(file))
    load_weights(model, str(file), known="older.h5")
    assert same(older, model)
    wide = tmp_path / "wide.h5"
    network(units=4).save(wide)
    with pytest.raises(RecipeError, match=r"found stem \(3, 4\)"):
        load_weights(model, str(wide), known="wide.h5")


def test_slashes_of_keras_2(tmp_path):
    """Names such as conv1/bn, which Keras 3 writes conv1_bn."""
    saved, model = network("conv1_a", seed=1), network("conv1_a", seed=2)
    file = tmp_path / "slashes.h5"
    saved.save(file)
    with h5py.File(file, "a") as opened:
        group = opened["model_weights"]
        group.move("conv1_a", "conv1/a")
        names = [n.replace("1_a", "1/a") for n in group.attrs["layer_names"]]
        group.attrs["layer_names"] = names
    load_weights(model, str(file))
    assert same(saved, model)


@pytest.mark.parametrize("kept", [0, 7, 1000, -1])
def test_a_truncated_file(kept, save):
    file = save(network())
    with open(file, "rb") as opened:
        whole = opened.read()
    with open(file, "wb") as opened:
        opened.write(whole[:kept])
    with pytest.raises(RecipeError, match="not a whole HDF5 file") as error:
        load_weights(network(), file)
    assert file in str(error.value)


def test_a_file_of_something_else(tmp_path):
    file = tmp_path / "text.weights.h5"
    file.write_text("no weights at all")
    with pytest.raises(RecipeError, match="not a whole HDF5 file"):
        load_weights(network(), str(file))


def test_no_file(tmp_path):
    with pytest.raises(RecipeError, match="no such file. Pass.*Rec.*'.*none"):
        load_weights(network(), str(tmp_path / "none.weights.h5"))
    (tmp_path / "nine.weights.h5").touch()
    with pytest.raises(RecipeError, match="Did you mean 'nine.weights.h5'"):
        load_weights(network(), str(tmp_path / "none.weights.h5"))
    with pytest.raises(RecipeError, match="is a folder"):
        load_weights(network(), str(tmp_path))
    with pytest.raises(
        RecipeError, match="Did you mean 'imagenet'.*'imagenet'"
    ):
        load_weights(network(), "imagnet", words=("imagenet",))
    (tmp_path / "whole.keras").touch()
    with pytest.raises(RecipeError, match="backbone=Part\\('keras_file'"):
        load_weights(network(), str(tmp_path / "whole.keras"))


def test_an_ending_that_misleads_keras(save):
    file = save(network())
    wrong = file.replace(".weights.h5", ".h5")
    if wrong == file:
        wrong = file.replace(".h5", ".weights.h5")
    os.rename(file, wrong)
    with pytest.raises(RecipeError, match="Rename the file"):
        load_weights(network(), wrong)


def test_the_state_of_an_optimizer_is_not_in_the_way(tmp_path):
    model = network(seed=1)
    model.compile("adam", "mse")
    model.fit(np.ones((4, 3)), np.ones((4, 3)), verbose=0)
    file = tmp_path / "compiled.weights.h5"
    model.save_weights(file)
    with h5py.File(file) as opened:
        assert "optimizer" in opened
    fresh = network(seed=2)
    load_weights(fresh, str(file))
    assert same(model, fresh)


def test_names_cut_into_pieces(tmp_path):
    """HDF5 takes 64 kB per attribute: longer lists are cut into several."""
    file = tmp_path / "pieces.h5"
    network().save(file)
    whole, _ = read(file)
    with h5py.File(file, "a") as opened:
        group = opened["model_weights"]
        names = list(group.attrs["layer_names"])
        del group.attrs["layer_names"]
        group.attrs["layer_names0"] = names[:2]
        group.attrs["layer_names1"] = names[2:]
    assert read(file) == (whole, True)
    model = network(seed=2)
    load_weights(model, str(file))
    assert same(model, network())


def test_weights_that_are_no_numbers_are_refused(tmp_path):
    def network():
        layer = keras.layers.Dense(3, name="first")
        return keras.Sequential([keras.Input((2,)), layer])

    file = tmp_path / "some.weights.h5"
    saved = network()
    saved.save_weights(file)
    load_weights(network(), file)
    saved.layers[0].kernel.assign([[1, 2, np.nan], [4, 5, 6]])
    saved.save_weights(file)
    with pytest.raises(RecipeError, match="first/kernel` holds values"):
        load_weights(network(), file)
