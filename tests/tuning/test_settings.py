"""What each trial keeps, and what a sweep may go on with."""

import json
import os
import random
import statistics

import keras
import numpy as np
import pytest

import recipes
from callbacks import SteadyConsole
from recipes import Choice, Float, Part, RunError
from recipes.data import load
from recipes.training.candidate import fit_candidate
from recipes.training.plan import make_plan
from recipes.training.reuse import Planner
from recipes.tuning import settings
from recipes.tuning.place import clear

TINY = recipes.tabular_classifier(
    network=Part("mlp", units=(4,)), epochs=1, early_stopping=None
)
QUIET = {"verbose": False}


@pytest.fixture
def noted():
    """Register a network; return what each trial's computes in."""
    found = []

    def network(inputs, layers):
        x = layers.dense(layers.flatten(inputs), 4)
        found.append(x.dtype)
        return x

    recipes.register("network", "noted", network)
    return found


def options_of_keras():
    return (
        keras.config.floatx(),
        keras.config.epsilon(),
        keras.config.image_data_format(),
        keras.config.dtype_policy().name,
        keras.config.is_traceback_filtering_enabled(),
        keras.config.is_interactive_logging_enabled(),
        random.getstate(),
        np.random.get_state()[1].tolist(),
    )


@pytest.fixture
def own_options():
    """A user's own options, which are put back."""
    keras.config.set_dtype_policy("float64")
    keras.config.disable_traceback_filtering()
    yield
    keras.config.set_dtype_policy("float32")
    keras.config.enable_traceback_filtering()


@pytest.mark.both_backends
def test_mixed_precision_in_every_trial(noted, own_options, tmp_path):
    recipe = TINY.replace(
        network="noted",
        optimizer="sgd",
        dtype_policy=Choice(["float32", "mixed_bfloat16"]),
    )
    before = options_of_keras()
    sweep = recipe.sweep(
        "iris", tuner="grid", directory=tmp_path / "a", **QUIET
    )
    assert options_of_keras() == before
    asked = [trial["values"]["dtype_policy"] for trial in sweep.trials]
    assert asked == ["float32", "mixed_bfloat16"]
    assert noted == ["float32", "bfloat16"]


def test_executions_have_seeds_and_stop_early(tmp_path):
    recipe = TINY.replace(
        metrics=["f1"],
        epochs=9,
        early_stopping=Part("early_stopping", patience=1),
        optimizer=Part("sgd", learning_rate=Choice([5.0])),
        seed=3,
    )
    sweep = recipe.sweep(
        "iris",
        tuner="grid",
        executions_per_trial=2,
        objective="val_f1",
        directory=tmp_path / "a",
        **QUIET,
    )
    (trial,) = sweep.trials
    assert trial["seeds"] == [3, 4]
    assert max(trial["epochs"]) < 9
    assert sweep.settings.direction == "max"
    data = recipes.data.load("iris", seed=3)
    fits, planner, quiet = [], Planner(), SteadyConsole(quiet=True)
    for seed in (3, 4):
        place = tmp_path / str(seed)
        place.mkdir()
        closed = sweep.best.replace(seed=seed)
        assert closed.split_seed == 3
        fits.append(fit_candidate(closed, data, place, quiet, planner=planner))
    scores = [fit.metrics["validation_f1"] for fit in fits]
    assert trial["score"] == pytest.approx(statistics.fmean(scores), abs=1e-6)
    assert (
        fits[0].metrics["validation_loss"] != fits[1].metrics["validation_loss"]
    )


def files(path):
    return {
        str(each.relative_to(path)): each.read_bytes()
        for each in path.rglob("*")
        if each.is_file() and each.name != "sweep.lock"
    }


@pytest.mark.parametrize(
    "fields, options, words",
    [
        ({"dropout": 0.3}, {}, "`dropout` was 'auto' and is 0.3"),
        ({"seed": 5}, {"seed": None}, "`seed` was 1 and is 5"),
        (
            {
                "optimizer": Choice(
                    [Part("sgd", learning_rate=Float(1e-2, 1.0))]
                )
            },
            {},
            "max_value=1000000.0.*and is .*max_value=1.0",
        ),
        ({}, {"tuner": "grid"}, "tuner was 'random' and is 'grid'"),
        ({}, {"objective": "val_f1"}, "objective was 'validation_loss' and"),
        ({}, {"executions_per_trial": 2}, "executions_per_trial was 1 and is"),
        ({}, {"max_trials": 2}, "max_trials was 3 and is 2, which is fewer"),
    ],
)
def test_another_sweep_is_refused(
    fields, options, words, copied, iris_recipe, sweep_options
):
    before = files(copied)
    recipe = iris_recipe.replace(**fields)
    with pytest.raises(RunError, match=words) as caught:
        recipe.sweep("iris", directory=copied, **{**sweep_options, **options})
    assert "another sweep" in str(caught.value)
    assert files(copied) == before


@pytest.mark.parametrize(
    "name, value, words",
    [
        ("backend", "torch", "backend was 'torch' and is"),
        ("library", "7.0.0", "library was '7.0.0' and is"),
        ("data", {"name": "iris", "fingerprint": "0"}, "data are other.*iris"),
    ],
)
def test_another_world_is_refused(
    name, value, words, copied, iris_recipe, sweep_options, monkeypatch
):
    monkeypatch.setattr("recipes.tuning.settings.version", lambda _: "8.1.0")
    path = copied / "sweep.json"
    found = {**json.loads(path.read_text()), "library": "8.0.2", name: value}
    path.write_text(json.dumps(found))
    with pytest.raises(RunError, match=words):
        iris_recipe.sweep("iris", directory=copied, **sweep_options)


def test_splits_that_moved_are_no_other_data(
    copied, iris_recipe, sweep_options
):
    with pytest.raises(RunError, match="`seed` was 1 and is 5") as caught:
        iris_recipe.replace(seed=5).sweep(
            "iris", directory=copied, **{**sweep_options, "seed": None}
        )
    assert "the data" not in str(caught.value)
    with pytest.raises(RunError, match="data were 'iris' and are 'wine'"):
        iris_recipe.sweep("wine", directory=copied, **sweep_options)


def test_a_limit_where_there_was_none(copied, iris_recipe, sweep_options):
    path = copied / "sweep.json"
    found = {**json.loads(path.read_text()), "max_trials": None}
    path.write_text(json.dumps(found))
    fewer = {**sweep_options, "max_trials": 2}
    with pytest.raises(RunError, match="is 2, and 3 trials have begun"):
        iris_recipe.sweep("iris", directory=copied, **fewer)
    recipe = iris_recipe.replace(dropout=0.3)
    with pytest.raises(RunError) as caught:
        recipe.sweep("iris", directory=copied, **fewer)
    assert "max_trials" not in str(caught.value)
    found = iris_recipe.sweep("iris", directory=copied, **sweep_options)
    assert found.settings.max_trials == 3


def test_the_same_sweep_fits_nothing(copied, iris_recipe, sweep_options):
    before = files(copied)
    iris_recipe.sweep("iris", directory=copied, **sweep_options)
    assert files(copied) == before


@pytest.mark.parametrize("name", ["worker-0", "chief"])
def test_the_shell_of_a_worker_makes_no_worker_of_a_sweep(
    name, copied, iris_recipe, sweep_options, monkeypatch
):
    given = {"TUNER_ID": name, "ORACLE_IP": "127.0.0.1", "ORACLE_PORT": "no"}
    for key, value in given.items():
        monkeypatch.setenv(f"KERASTUNER_{key}", value)
    sweep = iris_recipe.sweep("iris", directory=copied, **sweep_options)
    assert all(trial["ended"] for trial in sweep.trials)
    for key, value in given.items():
        assert os.environ[f"KERASTUNER_{key}"] == value


def test_hyperband_has_the_epochs_of_a_fit():
    fields = {"drop_remainder": False}
    recipe = TINY.replace(epochs="auto", batch_size=20, **fields)
    data = load("iris", seed=0)
    plan = make_plan(recipe, data, [])
    ranged = recipe.replace(dropout=Float(0.0, 0.5))
    asked = ("hyperband", None, "val_loss", 1, 0)
    about, _ = settings.settle(ranged, data, *asked)
    assert about.max_epochs == plan.recipe.epochs
    assert len(data.train) // 20 * about.max_epochs != 200


def test_more_trials_are_legal(copied, iris_recipe, sweep_options, capsys):
    before = files(copied)
    options = {**sweep_options, "max_trials": 4, "verbose": True}
    sweep = iris_recipe.sweep("iris", directory=copied, **options)
    assert "max_trials was 3 and is 4" in capsys.readouterr().out
    assert len(sweep.trials) == 4 and sweep.settings.max_trials == 4
    after = files(copied)
    assert all(
        after[name] == text
        for name, text in before.items()
        if name.endswith("result.json")
    )


def test_what_is_not_ours_is_refused(tmp_path, iris_recipe, sweep_options):
    for name in ("recipe.json", "environment.json"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(RunError, match="holds a run"):
        iris_recipe.sweep("iris", directory=tmp_path, **sweep_options)
    (tmp_path / "recipe.json").unlink()
    with pytest.raises(RunError, match="holds no sweep"):
        iris_recipe.sweep("iris", directory=tmp_path, **sweep_options)


def test_only_what_is_ours_is_removed(copied):
    ours = files(copied)
    for name in ("notes.txt", "trials/notes.txt", "best/notes.txt"):
        (copied / name).parent.mkdir(exist_ok=True)
        (copied / name).write_text("mine")
    assert len(ours) > 5
    clear(copied)
    assert set(files(copied)) == {
        "notes.txt",
        "trials/notes.txt",
        "best/notes.txt",
    }
