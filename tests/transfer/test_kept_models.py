"""A keras.Model of the user's own in a recipe: kept, found, or refused."""

import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

import recipes
from recipes import Part, registry
from recipes.data import load
from recipes.transfer import kept_models
from recipes.transfer.kept_models import backbone_part

pytestmark = pytest.mark.both_backends


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("RECIPES_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "models"


def network(*top, pooled=True, sides=(12, 12)):
    layers = [keras.layers.Conv2D(4, 3, activation="relu", name="map")]
    layers += [keras.layers.BatchNormalization(name="bn")]
    layers += [keras.layers.GlobalAveragePooling2D(name="pooled")] * pooled
    return keras.Sequential([keras.Input((*sides, 1)), *layers, *top])


def dense(activation=None, name="classes"):
    return keras.layers.Dense(3, activation=activation, name=name)


def built(part):
    return registry.build("backbone", part)


def test_the_part_is_plain_data_and_gives_the_same_features(cache):
    model = network(pooled=False)
    recipe = recipes.image_fine_tuner(model, preprocessing="tf")
    again = recipes.Recipe.from_json(recipe.to_json())
    assert again == recipe and recipe.preprocessing is None
    (file,) = cache.iterdir()
    config = recipe.backbone.config
    assert (recipe.backbone.name, config["file"]) == ("keras_file", str(file))
    assert config["preprocessing"] == "tf" and "layer" not in config
    backbone = built(again.backbone)
    x = np.random.default_rng(0).uniform(-1, 1, (2, 12, 12, 1))
    expected = keras.ops.convert_to_numpy(model(x))
    found = keras.ops.convert_to_numpy(backbone.model(x))
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert backbone.origin["sha256"] == config["sha256"]
    assert len(backbone.preprocessing) == 1


def test_a_model_is_kept_once_until_it_changes(cache):
    model = network()
    part = backbone_part(model)
    written = Path(part.config["file"]).stat().st_mtime_ns
    assert backbone_part(model) == part
    assert Path(part.config["file"]).stat().st_mtime_ns == written
    model.set_weights([weights + 1 for weights in model.get_weights()])
    assert backbone_part(model) != part
    assert len(list(cache.iterdir())) == 2


def test_a_damaged_copy_is_written_anew():
    model = network()
    file = Path(backbone_part(model).config["file"])
    file.write_bytes(file.read_bytes()[:-50])
    assert built(backbone_part(model)).model.output_shape == (None, 4)


def test_a_file_is_named_where_it_lies(cache, tmp_path, monkeypatch):
    network(pooled=False).save(tmp_path / "mine.keras")
    monkeypatch.chdir(tmp_path)
    for given in ("mine.keras", Path("mine.keras")):
        part = recipes.image_fine_tuner(given, layer="map").backbone
        assert part.config["file"] == str(tmp_path / "mine.keras")
        assert part.config["layer"] == "map"
    assert not cache.exists()
    assert built(part).model.output_shape == (None, 10, 10, 4)


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("kind", ["model", "file"])
def test_what_a_model_was_trained_to_predict_is_refused(
    kind, compiled, tmp_path
):
    def given(*top):
        model = network(*top)
        if compiled:
            model.compile("sgd", "mse")
        if kind == "model":
            return model
        model.save(tmp_path / "model.keras")
        return tmp_path / "model.keras"

    for activation in ("softmax", "sigmoid"):
        with pytest.raises(recipes.RecipeError, match="prob.*'pooled'"):
            recipes.image_fine_tuner(given(dense(activation)))
    logits = given(dense())
    if compiled:
        with pytest.raises(
            recipes.RecipeError, match="compiled.*'pooled'.*'cl"
        ):
            recipes.image_fine_tuner(logits)
    else:  # nothing tells them from features
        assert built(backbone_part(logits)).model.output_shape == (None, 3)
    for layer, count in (("pooled", 4), ("classes", 3)):
        part = recipes.image_fine_tuner(logits, layer=layer).backbone
        assert built(part).model.output_shape == (None, count)
    # No dense layer at its end: what it was compiled for is not known.
    assert built(backbone_part(given())).model.output_shape == (None, 4)


class Doubled(keras.layers.Layer):
    def call(self, x):
        return 2 * x


@keras.saving.register_keras_serializable(package="tests")
class Forgetful(keras.layers.Layer):
    def __init__(self, factor=1.0, **given):
        super().__init__(**given)
        self.factor = factor

    def call(self, x):
        return self.factor * x

    def get_config(self):
        return super().get_config()


@pytest.mark.parametrize(
    "top, message",
    [
        (lambda: keras.layers.Lambda(lambda x: x + 1), "Lambda layer"),
        (Doubled, "register_keras_serializable.*Doubled"),
        (lambda: dense(lambda x: 2 * x), "registered|Lambda"),
        (lambda: Forgetful(3.0), "gives other features.*get_config"),
    ],
)
def test_what_no_file_can_hold_is_refused_at_once(top, message, cache):
    with pytest.raises(recipes.RecipeError, match=message):
        recipes.image_fine_tuner(network(top()))
    assert not cache.exists() or not list(cache.iterdir())


def test_what_is_neither(tmp_path):
    for given in (3, [network()], print):
        with pytest.raises(recipes.RecipeError, match="a keras.Model or the"):
            recipes.image_fine_tuner(given)
    with pytest.raises(recipes.RecipeError, match="which is not there"):
        recipes.image_fine_tuner("none.keras")
    with pytest.raises(recipes.RecipeError, match="no such argument.*'weights"):
        recipes.image_fine_tuner(network(), weights="x.weights.h5")
    with pytest.raises(recipes.RecipeError, match="must be one of caffe, tf"):
        recipes.image_fine_tuner(network(), preprocessing="vgg")
    with pytest.raises(recipes.RecipeError, match="pretrained with"):
        recipes.image_fine_tuner("glyphnet", preprocessing="standardization")


@pytest.fixture(scope="module")
def few():
    data = load("digits").train
    x, y = data.read(slice(0, 60)), data.labels[:60]
    parts = {"train": (0, 40), "validation": (40, 50), "test": (50, 60)}
    y = y % 2
    return {role: (x[a:b], y[a:b]) for role, (a, b) in parts.items()}


def test_a_run_and_what_is_left_when_the_file_is_gone(few, tmp_path, cache):
    model = network(dense("softmax"), sides=(None, None))
    recipe = recipes.image_fine_tuner(
        model, layer="pooled", preprocessing="tf", strategy="full", epochs=1
    )
    run = recipe.fit(few, directory=tmp_path / "run", verbose=False)
    assert run.recipe.backbone == recipe.backbone
    (file,) = cache.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole + b"more")
    with pytest.raises(recipes.RecipeError, match="is not the file that this"):
        recipe.fit(few, directory=tmp_path / "other", verbose=False)
    file.unlink()
    again = recipes.load_run(run.directory)
    assert again.evaluate(few)["loss"] == run.metrics["test_loss"]
    with pytest.raises(recipes.RecipeError) as caught:
        again.recipe.fit(few, directory=tmp_path / "other", verbose=False)
    for words in (str(file), "is gone", "recipes.backbone_part(model)"):
        assert words in str(caught.value)
    assert not (tmp_path / "other").exists()
    mended = again.recipe.replace(
        backbone=backbone_part(model, layer="pooled", preprocessing="tf")
    )
    mended.fit(few, directory=tmp_path / "other", verbose=False)


def test_features_that_are_vectors_cannot_be_pooled():
    model = network(sides=(None, None))
    for pooling in ("max", "both"):
        recipe = recipes.image_fine_tuner(
            model, network=Part("head", global_pooling=pooling)
        )
        with pytest.raises(
            recipes.RecipeError, match="nothing to pool.*4 feat"
        ):
            recipe.build((12, 12, 1), 3)
    hidden = recipes.image_fine_tuner(model, network=Part("head", units=(5,)))
    assert hidden.build((12, 12, 1), 3).output_shape == (None, 3)
    both = Part("head", global_pooling="both")
    mapped = recipes.image_fine_tuner(model, layer="map", network=both)
    names = [layer.name for layer in mapped.build((12, 12, 1), 3).layers]
    assert "pooled1" in names


@pytest.mark.slow
def test_another_process_builds_it(tmp_path):
    part = recipes.image_fine_tuner(network(pooled=False)).backbone
    script = (
        "import sys, recipes\n"
        "recipe = recipes.Recipe.from_json(sys.stdin.read())\n"
        "print(recipe.build((12, 12, 1), 3).count_params())"
    )
    recipe = recipes.image_fine_tuner(part)
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=recipe.to_json(),
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    here = recipe.build((12, 12, 1), 3).count_params()
    assert int(done.stdout.splitlines()[-1]) == here


def test_it_is_compared_before_it_counts(cache, monkeypatch):
    """The protection taken away: a forgetful layer is kept."""
    monkeypatch.setattr(kept_models, "CLOSE", np.inf)
    part = recipes.image_fine_tuner(network(Forgetful(3.0))).backbone
    assert json.dumps(part.config["file"]) and len(list(cache.iterdir())) == 1
