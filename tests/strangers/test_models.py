"""Model files and weights from strangers: refused, and nothing happens."""

import contextvars
import os
import pickle
import sys
import warnings
from contextlib import suppress

import h5py
import keras
import numpy as np
import pytest

import recipes
from recipes.backbones.files import keras_file
from recipes.backbones.weights import load_weights
from recipes.errors import RecipeError, RunError
from recipes.safety import config as objects
from recipes.safety import hdf5
from recipes.safety.refused import RefusedError
from recipes.safety.variables import bounded
from recipes.training.saving import load_model
from tests.strangers import archives, weights

pytestmark = pytest.mark.both_backends


# Damage that zipfile or h5py finds, and a name that Keras does not know.
BY_OTHERS = (
    "a function of builtins",
    "a pickle for weights",
    "cut off",
    "flipped",
)


@pytest.mark.parametrize("name", archives.ARCHIVES)
def test_a_hostile_model_is_refused(name, tmp_path, safely):
    path = tmp_path / "model.keras"
    archives.ARCHIVES[name](path, safely.canary)
    with safely():
        said = "model.keras cannot" if name in BY_OTHERS else "is refused: "
        with pytest.raises(RunError, match=said):
            load_model(path)
        with pytest.raises(RecipeError):
            keras_file(file=str(path))


def test_an_honest_model_is_loaded(tmp_path, safely):
    path = tmp_path / "model.keras"
    archives.write(path)
    with safely():
        found = load_model(path).predict(np.ones((1, 3)), verbose=0)
    np.testing.assert_array_equal(found, [[3, 3]])


def small():
    inputs = keras.Input((3,))
    return keras.Model(inputs, keras.layers.Dense(2, name="dense")(inputs))


@pytest.mark.parametrize("name", weights.WEIGHTS)
def test_hostile_weights_are_refused(name, tmp_path, safely):
    for suffix in (".weights.h5", ".h5"):
        weights.write(tmp_path / f"my{suffix}", weights.WEIGHTS[name])
    archives.of_weights(
        lambda canary, folder: lambda g: weights.WEIGHTS[name](g, folder)
    )(tmp_path / "model.keras", None)
    model = small()
    before = model.get_weights()
    with safely():
        for suffix in (".weights.h5", ".h5"):
            with pytest.raises(RecipeError, match="my"):
                load_weights(model, tmp_path / f"my{suffix}")
        if name != "a circle":  # Keras never goes around it
            with pytest.raises(RunError, match="model.keras"):
                load_model(tmp_path / "model.keras")
    if name != "infinite":
        for old, new in zip(before, model.get_weights(), strict=True):
            np.testing.assert_array_equal(old, new)


def test_honest_weights_are_loaded(tmp_path, safely):
    kernel = np.arange(6, dtype="float32").reshape(3, 2)
    model = small()
    (tmp_path / "my.weights.h5").write_bytes(archives.weights(kernel=kernel))
    with safely():
        load_weights(model, tmp_path / "my.weights.h5")
    np.testing.assert_array_equal(model.get_weights()[0], kernel)


def test_an_hdf5_file_has_one_slack_and_one_count(tmp_path, monkeypatch):
    with h5py.File(tmp_path / "my.h5", "w") as file:
        for number in range(20):
            shape = (2**13,)
            file.create_dataset(str(number), shape, "float64", chunks=shape)
            if number == 10:
                assert hdf5.check(file) == 0  # nothing is stored
        with pytest.raises(RefusedError, match="would become"):
            hdf5.check(file)
        monkeypatch.setattr(hdf5, "MOST", 10)
        with pytest.raises(RefusedError, match="too many"):
            hdf5.check(file)


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06", b"\x89HDF\r\n\x1a\n"])
def test_damaged_weights_are_refused(content, tmp_path, safely):
    (tmp_path / "my.weights.h5").write_bytes(content)
    with safely(), pytest.raises(RecipeError, match="my.weights.h5"):
        load_weights(small(), tmp_path / "my.weights.h5")


def test_a_pickle_for_weights_is_refused(tmp_path, safely):
    held = pickle.dumps(archives.Payload(safely.canary))
    (tmp_path / "my.weights.h5").write_bytes(held)
    with safely(), pytest.raises(RecipeError, match="my.weights.h5"):
        load_weights(small(), tmp_path / "my.weights.h5")
    pickle.loads(held).close()
    assert safely.canary.exists()  # it would have


# What the payloads do where nothing stops them.


def test_the_lambda_would_have_run(tmp_path, safely):
    path = tmp_path / "model.keras"
    archives.ARCHIVES["lambda layer"](path, safely.canary)
    keras.saving.load_model(path, safe_mode=False)
    assert safely.canary.exists()


def test_the_data_would_have_been_downloaded(tmp_path, safely, connections):
    """Keras alone does it, with its `safe_mode`."""
    path = tmp_path / "model.keras"
    archives.ARCHIVES["data that are downloaded"](path, safely.canary)
    with warnings.catch_warnings(action="ignore"):
        model = keras.saving.load_model(path, safe_mode=True)
    with pytest.raises(Exception, match="URL fetch failure"):
        print(model.optimizer.learning_rate)
    assert connections


def test_the_module_would_have_been_imported(tmp_path, safely):
    """Keras alone does it, with its `safe_mode`."""
    path = tmp_path / "model.keras"
    archives.ARCHIVES["a module that is imported"](path, safely.canary)
    with suppress(Exception):
        keras.saving.load_model(path, safe_mode=True)
    assert safely.canary.exists()
    for name in [m for m in sys.modules if m.startswith("keras_cv")]:
        del sys.modules[name]


def test_the_watch_sees_a_canary_and_a_file(tmp_path, safely):
    with pytest.raises(AssertionError, match="code was run"), safely():
        safely.canary.touch()
    os.remove(safely.canary)
    with pytest.raises(AssertionError, match="files have changed"), safely():
        (tmp_path / "new").touch()


@pytest.mark.skipif(sys.platform != "linux", reason="its peak stays")
def test_the_watch_sees_memory_after_more_was_taken(safely):
    np.ones(640 * 2**20, "uint8")  # of a test before
    with safely():
        np.ones(100 * 2**20, "uint8")
    with pytest.raises(AssertionError, match="memory was taken"), safely():
        np.ones(480 * 2**20, "uint8")


def test_variables_are_bounded_only_inside():
    before = keras.Variable.__init__
    with bounded(1000):
        keras.layers.Dense(10).build((None, 20))
        with pytest.raises(RefusedError, match=r"\(20, 10\)"):
            keras.layers.Dense(10).build((None, 20))
    keras.layers.Dense(10).build((None, 200))
    assert keras.Variable.__init__ is before


def test_variables_are_given_back_by_the_last_of_two_threads():
    before = keras.Variable.__init__
    first, second = bounded(10), bounded(10)
    one, other = contextvars.copy_context(), contextvars.copy_context()
    one.run(first.__enter__)
    other.run(second.__enter__)
    one.run(first.__exit__, None, None, None)
    with pytest.raises(RefusedError):
        other.run(keras.layers.Dense(10).build, (None, 20))
    other.run(second.__exit__, None, None, None)
    assert keras.Variable.__init__ is before


def test_an_operation_on_a_tensor_is_loaded(tmp_path, safely):
    given = {"args": [archives.TENSOR], "kwargs": {}}
    config = archives.functional(given, repeats=[1, 2])
    objects.check(config, {})
    model = keras.saving.deserialize_keras_object(config)
    assert model.input_shape == (None, 3)


def test_an_operation_on_a_constant_would_have_been_computed(monkeypatch):
    """Keras alone does it as it loads, with its `safe_mode`."""
    made = []
    tile = keras.ops.numpy.tile
    kind = type(tile(keras.KerasTensor((2,)), [3])._keras_history.operation)
    call = kind.call
    monkeypatch.setattr(kind, "call", lambda *a: made.append(call(*a)))
    given = {"args": [archives.CONSTANT], "kwargs": {}}
    with suppress(Exception):
        keras.saving.deserialize_keras_object(
            archives.functional(given, repeats=[3000])
        )
    assert made[0].shape == (3000,)


def test_objects_of_ones_own_are_loaded(tmp_path, safely):
    class Tripled(keras.layers.Layer):
        def call(self, x):
            return 3 * x

    recipes.register("normalization", "tripled", Tripled)
    config = archives.network(
        archives.dense(),
        {"class_name": "Tripled", "config": {}, "module": "mine"},
    )
    path = tmp_path / "model.keras"
    archives.write(path, archives.members(config))
    with safely():
        found = load_model(path).predict(np.ones((1, 3)), verbose=0)
    np.testing.assert_array_equal(found, [[9, 9]])
