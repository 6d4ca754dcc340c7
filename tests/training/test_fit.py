import csv
import json
import shutil

import keras
import numpy as np
import pytest

import recipes
from recipes.errors import DataError, RecipeError, RunError
from recipes.training.plan import load_for

pytestmark = pytest.mark.both_backends


def test_a_regressor_draws_its_predictions(number_run):
    assert (number_run.directory / "predictions.png").exists()
    assert not (number_run.directory / "confusion.png").exists()


def test_the_run_folder_holds_what_is_promised(digits_run):
    names = {path.name for path in digits_run.directory.iterdir()}
    assert names == {
        "recipe.json",
        "environment.json",
        "history.csv",
        "metrics.json",
        "files.json",
        "model.keras",
        "curves.png",
        "confusion.png",
    }


def test_the_recipe_on_disk_is_resolved(digits_run, tiny_recipe):
    text = (digits_run.directory / "recipe.json").read_text()
    recipe = recipes.Recipe.from_json(text)
    assert recipe == digits_run.recipe
    assert recipe.kernel_initializer == recipes.Part("he_normal")
    assert recipe.image_size == (16, 16)
    assert recipe.dtype_policy == "float32"
    assert '"auto"' not in text
    assert recipe != tiny_recipe


def test_the_environment_says_what_it_was_made_with(digits_run):
    about = json.loads((digits_run.directory / "environment.json").read_text())
    assert about["backend"] == keras.backend.backend()
    assert about["packages"]["keras"] == keras.__version__
    assert about["seed"] == 0
    assert about["device"]["kind"] in ("cpu", "gpu")
    assert about["data"]["rows"] == {
        "train": 1167,
        "validation": 270,
        "test": 360,
    }
    data = recipes.data.load("digits")
    assert about["data"]["fingerprint"] == data.fingerprint


def test_history_has_one_number_per_epoch(digits_run, tiny_recipe):
    names = {"loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"}
    assert set(digits_run.history) == names
    for values in digits_run.history.values():
        assert len(values) == tiny_recipe.epochs
    with open(digits_run.directory / "history.csv") as file:
        assert len(list(csv.reader(file))) == tiny_recipe.epochs + 1


@pytest.mark.parametrize("fixture", ["digits_run", "table_run", "number_run"])
def test_the_reported_scores_are_those_of_the_saved_file(fixture, request):
    run = request.getfixturevalue(fixture)
    data = load_for(run.recipe, run.environment["data"]["name"])
    labels = data.test.labels
    model = keras.saving.load_model(run.directory / "model.keras")
    found = model.evaluate(
        data.test.read().astype("float32"),
        labels if labels.ndim == 2 else labels[:, None],
        verbose=0,
        return_dict=True,
    )
    for name, value in found.items():
        assert run.metrics[f"test_{name}"] == pytest.approx(value, rel=1e-4)


def test_load_run_gives_the_same_run(digits_run):
    run = recipes.load_run(digits_run.directory)
    assert run.metrics == digits_run.metrics
    assert run.history == digits_run.history
    assert run.recipe == digits_run.recipe
    x = recipes.data.load("digits").test.read(slice(0, 5))
    np.testing.assert_array_equal(
        run.model.predict(x, verbose=0), digits_run.model.predict(x, verbose=0)
    )


def test_evaluate_takes_the_test_split_of_its_own_data(digits_run):
    found = digits_run.evaluate("digits")
    assert (found["split"], found["rows"]) == ("test", 360)
    assert found["accuracy"] == digits_run.metrics["test_accuracy"]
    assert digits_run.evaluate("digits", "validation")["rows"] == 270


def test_evaluate_takes_all_rows_of_other_data(digits_run, tiny_images):
    found = digits_run.evaluate(tiny_images)
    assert (found["split"], found["rows"]) == ("all", 150)


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda x, y: (x / 255, y), "pixel values"),
        (lambda x, y: (x.astype(float) - 9, y), "pixel values"),
        (lambda x, y: (x[:, :4], y), "shape"),
        (lambda x, y: (x, y + 3), "label"),
        (lambda x, y: (x, np.array(["a"] * len(y))), "'a'"),
    ],
)
def test_evaluate_refuses_what_the_model_was_not_trained_on(
    digits_run, tiny_images, change, words
):
    with pytest.raises(DataError, match=words):
        digits_run.evaluate(change(*tiny_images), "all")


def test_threads_are_checked(tiny_recipe, tiny_images, tmp_path):
    with pytest.raises(DataError, match="threads=-1"):
        tiny_recipe.fit(tiny_images, directory=tmp_path / "r", threads=-1)


def test_learning_starts_at_once(table_run):
    assert table_run.metrics["test_accuracy"] > 0.8


def test_a_finished_run_is_not_overwritten(digits_run, tiny_recipe):
    before = (digits_run.directory / "model.keras").read_bytes()
    with pytest.raises(RunError, match="overwrite=True"):
        tiny_recipe.fit("digits", directory=digits_run.directory)
    assert (digits_run.directory / "model.keras").read_bytes() == before


def test_bad_data_does_not_cost_the_old_run(digits_run, tiny_recipe, tmp_path):
    copy = shutil.copytree(digits_run.directory, tmp_path / "run")
    before = {p.name: p.read_bytes() for p in copy.iterdir()}
    x = np.full((20, 8, 8, 1), np.nan)
    with pytest.raises(DataError):
        tiny_recipe.fit((x, np.arange(20) % 2), directory=copy, overwrite=True)
    assert {p.name: p.read_bytes() for p in copy.iterdir()} == before


def test_a_folder_with_other_things_is_refused(tiny_recipe, tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(RunError, match="holds no run"):
        tiny_recipe.fit("digits", directory=tmp_path, overwrite=True)
    assert (tmp_path / "thesis.tex").read_text() == "years of work"
    with pytest.raises(RunError, match="is a file"):
        tiny_recipe.fit("digits", directory=tmp_path / "thesis.tex")


@pytest.mark.parametrize("name", ["metrics.json", "environment.json"])
def test_a_damaged_run_names_its_file(digits_run, tmp_path, name):
    copy = shutil.copytree(digits_run.directory, tmp_path / "run")
    (copy / name).write_text("{")
    with pytest.raises(RunError, match=name):
        recipes.load_run(copy)
    (copy / name).unlink()
    with pytest.raises(RunError, match=name):
        recipes.load_run(copy)


def test_a_missing_run_is_said(tmp_path):
    with pytest.raises(RunError, match="recipe.json"):
        recipes.load_run(tmp_path)


def test_callbacks_must_be_keras_callbacks(tiny_recipe, tmp_path):
    with pytest.raises(RecipeError, match="callbacks"):
        tiny_recipe.fit("digits", directory=tmp_path, callbacks=[print])


@pytest.mark.parametrize(
    "fields",
    [
        {
            "early_stopping": recipes.Part(
                "early_stopping", monitor="val_acuracy"
            )
        },
        {"schedule": recipes.Part("reduce_on_plateau", monitor="val_los")},
    ],
)
def test_a_misspelt_monitor_is_refused_before_training(
    tiny_recipe, tiny_images, tmp_path, fields
):
    with pytest.raises(RecipeError, match="Did you mean"):
        tiny_recipe.replace(**fields).fit(tiny_images, directory=tmp_path / "r")
    assert not (tmp_path / "r").exists()
