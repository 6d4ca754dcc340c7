import os
import sys

import keras
import numpy as np
import pytest

import recipes
from recipes import registry
from recipes.errors import RecipeError, RunError
from recipes.quiet import tensorflow_unasked
from recipes.training.saving import load_model

pytestmark = pytest.mark.both_backends


def test_the_private_name_that_is_put_back_is_still_there():
    """`quiet.py` leans on it: Keras 3.15 asks it whether TensorFlow is."""
    asked = sys.modules["keras.src.utils.module_utils"].tensorflow
    assert hasattr(asked, "_available")


def test_tensorflow_can_be_imported_again_afterwards():
    before = sys.modules.get("tensorflow")
    with tensorflow_unasked():
        pass
    assert sys.modules.get("tensorflow") is before


def test_a_model_called_as_it_is_predicts(digits_run):
    """Keras' Resizing says `training=True` to all that follows it."""
    model = load_model(digits_run.directory / "model.keras")
    x = recipes.data.load("digits").test.read(range(20))
    states = [
        keras.ops.convert_to_numpy(v).copy()
        for v in model.non_trainable_variables
    ]
    called = keras.ops.convert_to_numpy(model(x))
    np.testing.assert_allclose(
        called, model.predict(x, verbose=0), rtol=1e-4, atol=1e-6
    )
    for before, variable in zip(
        states, model.non_trainable_variables, strict=True
    ):
        now = keras.ops.convert_to_numpy(variable)
        np.testing.assert_array_equal(now, before)


def test_a_lambda_in_a_model_file_is_refused(tmp_path):
    inputs = keras.Input((2,))
    canary = str(tmp_path / "canary")
    code = keras.layers.Lambda(lambda x: (os.mkdir(canary), x)[1] * 2)
    keras.Model(inputs, code(inputs)).save(tmp_path / "model.keras")
    os.rmdir(canary)
    with pytest.raises(RunError, match="Lambda"):
        load_model(tmp_path / "model.keras")
    assert not os.path.exists(canary)


class Cubed(keras.regularizers.Regularizer):
    """A user's own technique, plain Keras."""

    def __init__(self, strength=0.1):
        self.strength = strength

    def __call__(self, x):
        return self.strength * keras.ops.sum(keras.ops.abs(x) ** 3)

    def get_config(self):
        return {"strength": self.strength}


def test_a_registered_technique_is_loaded_again(tmp_path):
    recipes.register("regularizer", "cubed", Cubed)
    recipe = recipes.tabular_classifier(kernel_regularizer="cubed", epochs=1)
    run = recipe.fit("iris", directory=tmp_path / "r", verbose=False)
    again = recipes.load_run(run.directory)
    assert again.recipe == run.recipe
    assert len(again.model.losses) == len(run.model.losses) == 3


def test_without_it_the_message_names_the_mend(tmp_path, monkeypatch):
    recipes.register("regularizer", "cubed", Cubed)
    recipe = recipes.tabular_classifier(kernel_regularizer="cubed", epochs=1)
    recipe.fit("iris", directory=tmp_path / "r", verbose=False)
    monkeypatch.setattr(
        registry, "_registered", {kind: {} for kind in registry.kinds()}
    )
    run = recipes.load_run(tmp_path / "r")
    assert run.metrics["epochs"] == 1
    with pytest.raises(RunError, match="recipes.register"):
        _ = run.model
    with pytest.raises(RecipeError, match="recipes.register"):
        _ = run.recipe


@pytest.mark.parametrize("content", [b"", b"no zip at all"])
def test_a_damaged_file_is_named(tmp_path, content):
    (tmp_path / "model.keras").write_bytes(content)
    with pytest.raises(RunError, match="model.keras"):
        load_model(tmp_path / "model.keras")
