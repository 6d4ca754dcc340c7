"""The arguments of a sweep, refused before any data are read."""

from types import SimpleNamespace

import keras_tuner
import pytest

import recipes
from recipes import Choice, Float, Int, Part, RecipeError, RunError
from recipes.tuning import settings
from recipes.tuning.trial import close

RANGE = recipes.tabular_classifier(dropout=Float(0.0, 0.5))
GOOD = {"tuner": "random", "max_trials": 2, "verbose": False}
NOWHERE = "csv:/no/such/file.csv?label=y"  # no data are asked for


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"tuner": "bayes"}, "'bayesian'.*Received: 'bayes'"),
        ({"tuner": None}, "`tuner`.*Received: None"),
        ({"max_trials": 0}, "`max_trials` must.*Received: 0"),
        ({"max_trials": 2.0}, "`max_trials` must.*Received: 2.0"),
        ({"max_trials": True}, "`max_trials` must.*Received: True"),
        ({"max_trials": None}, "without end"),
        ({"executions_per_trial": 0}, "`executions_per_trial`.*Received: 0"),
        ({"executions_per_trial": 1.5}, "`executions_per_trial`"),
        ({"executions_per_trial": True}, "`executions_per_trial`"),
        ({"executions_per_trial": "2"}, "`executions_per_trial`"),
        ({"objective": "val_acuracy"}, "mean 'val_accuracy'"),
        ({"objective": "loss"}, "`objective` must be one of val_loss"),
        ({"objective": None}, "`objective` must be a metric's name"),
        ({"objective": ["val_loss"]}, "`objective` must be a metric's name"),
        (
            {"objective": SimpleNamespace(name="val_loss", direction="up")},
            "direction .*Received: 'up'",
        ),
        ({"seed": -1}, "`seed`.*Received: -1"),
        ({"seed": 0.5}, "`seed`.*Received: 0.5"),
        ({"overwrite": "no"}, "`overwrite` must.*Received: 'no'"),
        ({"verbose": 2}, "`verbose` must.*Received: 2"),
    ],
)
def test_a_bad_argument_is_refused_first(changes, words, tmp_path):
    options = {"directory": tmp_path / "sweep", **GOOD, **changes}
    with pytest.raises(RecipeError, match=words):
        RANGE.sweep(NOWHERE, **options)
    assert not (tmp_path / "sweep").exists()


@pytest.mark.parametrize("directory", [3, "\0", b"bytes", ["a"]])
def test_no_folder_is_refused_first(directory):
    with pytest.raises(RunError):
        RANGE.sweep(NOWHERE, directory=directory, **GOOD)


@pytest.mark.parametrize(
    "changes, tuner, words",
    [
        ({"dropout": 0.1}, "random", "no range"),
        ({"seed": Int(0, 3)}, "random", "`seed` must be the same"),
        ({"test_split": Float(0.1, 0.2)}, "random", "`test_split` must be the"),
        ({"split_seed": Int(0, 3)}, "grid", "`split_seed` must be the same"),
        ({"epochs": Int(2, 4)}, "hyperband", "`epochs` must be one number"),
        ({"batch_size": Int(2, 4)}, "hyperband", "`batch_size`: Int"),
    ],
)
def test_a_recipe_that_cannot_be_searched(changes, tuner, words, tmp_path):
    options = {**GOOD, "tuner": tuner, "directory": tmp_path / "sweep"}
    with pytest.raises(RecipeError, match=words):
        RANGE.replace(**changes).sweep(NOWHERE, **options)


def test_good_arguments_come_to_the_data(tmp_path):
    """The control of the tables above."""
    options = {**GOOD, "directory": tmp_path / "sweep"}
    for objective in ("val_loss", keras_tuner.Objective("val_loss", "min")):
        with pytest.raises(recipes.DataError, match="file.csv"):
            RANGE.sweep(NOWHERE, objective=objective, **options)


def test_what_an_option_holds_exists_with_it_alone(iris_sweep):
    by_name = {}
    for trial in iris_sweep.trials:
        by_name.setdefault(trial["values"]["optimizer"], []).append(trial)
    assert set(by_name) == {"sgd", "adamw"}
    inside = "optimizer/sgd/learning_rate"
    assert all(inside in trial["values"] for trial in by_name["sgd"])
    assert all(inside not in trial["values"] for trial in by_name["adamw"])
    found = by_name["adamw"][0]["recipe"]["optimizer"]
    assert found == {"part": "adamw", "config": {"learning_rate": 0.01}}


def test_parts_in_parts_in_choices():
    recipe = recipes.tabular_classifier(
        normalization=Choice(
            [None, Part("group_normalization", groups=Choice([2, 4]))]
        )
    )
    space = settings.hyperparameters(recipe)
    assert [hp.name for hp in space.space] == [
        "normalization",
        "normalization/group_normalization/groups",
    ]
    assert close(recipe, {"normalization": "None"}).normalization is None
    values = {
        "normalization": "group_normalization",
        "normalization/group_normalization/groups": 4,
    }
    found = close(recipe, values).normalization
    assert found == Part("group_normalization", groups=4)
