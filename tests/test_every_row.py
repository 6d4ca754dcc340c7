"""Every row of the menu: fitted on embedded data, saved, loaded, refitted."""

import importlib.util
from pathlib import Path

import keras
import numpy as np
import pytest

import recipes
from recipes import Part, plots, registry
from recipes.training.scores import predict

_spec = importlib.util.spec_from_file_location(
    "settings", Path(__file__).with_name("settings.py")
)
settings = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(settings)

pytestmark = [pytest.mark.slow, pytest.mark.both_backends]
ROWS = [
    (kind, name)
    for kind in registry.MENU
    for name in registry.MENU[kind]
    if kind not in settings.ELSEWHERE or (kind, name) in settings.TUNED
]
# What neither builds a layer of ours nor trains in a way of its own.
SAME_ON_JAX = (
    "activation",
    "augmentation",
    "initializer",
    "metric",
    "regularizer",
    "schedule",
)
DATA = {
    "image_classifier": "digits",
    "image_fine_tuner": "digits",
    "tabular_regressor": "diabetes",
    "text_classifier": "docstrings",
}


def recipe_with(kind, name):
    """Return a recipe that names the row, with the row's own defaults."""
    fields = {"epochs": 1, "batch_size": 256}
    dense = Part("mlp", units=(8,))
    if (kind, name) in settings.TEXT:
        make = recipes.text_classifier
    elif (kind, name) in settings.TUNED:
        make = recipes.image_fine_tuner
        fields |= {"backbone": "glyphnet", "image_size": (32, 32)}
        fields["epochs"] = 3 if name == "gradual" else 1  # one for each stage
    elif (kind, name) in settings.NUMBERS:
        make, fields["network"] = recipes.tabular_regressor, dense
    else:
        make = recipes.image_classifier
        flat = (kind, name) in settings.AROUND  # each needs an mlp
        small = Part("cnn", filters=(8, 8), depth=1)
        fields["network"] = dense if flat else small
    if kind == "pooling":
        fields["network"] = small.replace(pooling=name)
    else:
        fields[settings.FIELD_OF.get(kind, kind)] = name
    if name == "table":  # which has no default
        fields[kind] = Part(name, **settings.EXAMPLES[kind][name])
    return make(**fields)


@pytest.mark.parametrize("kind, name", ROWS)
def test_a_row_is_fitted_saved_loaded_and_refitted(
    kind, name, tmp_path, monkeypatch
):
    monkeypatch.setattr(plots, "save", lambda *_: None)  # tested elsewhere
    tensorflow = keras.backend.backend() == "tensorflow"
    if kind in SAME_ON_JAX and not tensorflow:
        pytest.skip("the battery fits a batch of it; the host does the rest")
    recipe = recipe_with(kind, name)
    data = DATA[recipe.task]
    if data == "docstrings" and keras.backend.backend() != "tensorflow":
        pytest.skip("texts need TensorFlow; their networks have tests")
    run = recipe.fit(data, directory=tmp_path / "run", verbose=False)
    assert all(np.isfinite(v) for v in run.metrics.values())
    loaded = recipes.load_run(run.directory)
    again = loaded.evaluate(data)
    for score in ("loss", "accuracy", "r2"):
        if score in again:
            np.testing.assert_allclose(
                again[score], run.metrics[f"test_{score}"], atol=1e-6
            )
    assert recipes.Recipe.from_json(loaded.recipe.to_json()) == loaded.recipe
    split = recipes.data.load(data).train
    number = recipe.task == "tabular_regressor"
    loss = "mse" if number else "sparse_categorical_crossentropy"
    assert refit(loaded.model, split, loss)
    assert np.isfinite(predict(loaded.model, split)).all()


def refit(model, split, loss, rate=1e-3):
    """Train further, as plain Keras; return whether any weight moved.

    Statistics and seeds do not count: they move without learning.
    """
    rows = slice(0, 64)
    before = [np.array(v) for v in model.trainable_variables]
    model.compile(keras.optimizers.SGD(rate), loss)
    model.fit(split.read(rows), split.labels[rows], verbose=0)
    after = [np.array(v) for v in model.trainable_variables]
    return any((a != b).any() for a, b in zip(before, after, strict=True))


def test_a_model_that_does_not_learn_is_found():
    """The control: its statistics move all the same."""
    recipe = recipes.image_classifier(network="mlp")
    model = recipe.build((8, 8, 1), 10)
    split = recipes.data.load("digits").train
    before = model.get_weights()
    loss = "sparse_categorical_crossentropy"
    assert not refit(model, split, loss, rate=0.0)
    after = model.get_weights()
    assert any((a != b).any() for a, b in zip(before, after, strict=True))
    assert refit(model, split, loss)
