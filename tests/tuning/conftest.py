"""One finished sweep that many tests look at or copy."""

import shutil

import pytest

import recipes
from recipes import Choice, Float, Part


@pytest.fixture(scope="session")
def iris_recipe():
    """A tiny recipe with ranges, one of which only exists with an option."""
    return recipes.tabular_classifier(
        network=Part("mlp", units=(4,)),
        epochs=2,
        early_stopping=None,
        metrics=["accuracy", "f1"],
        optimizer=Choice(
            [
                Part("sgd", learning_rate=Float(1e-2, 1e6, sampling="log")),
                Part("adamw", learning_rate=0.01),
            ]
        ),
    )


@pytest.fixture(scope="session")
def sweep_options():
    return {"tuner": "random", "max_trials": 3, "seed": 1, "verbose": False}


@pytest.fixture(scope="session")
def iris_sweep(iris_recipe, sweep_options, tmp_path_factory):
    """A finished sweep. Do not write into its folder."""
    directory = tmp_path_factory.mktemp("sweeps") / "iris"
    return iris_recipe.sweep("iris", directory=directory, **sweep_options)


@pytest.fixture
def copied(iris_sweep, tmp_path):
    """The same folder, to write into."""
    return shutil.copytree(iris_sweep.directory, tmp_path / "copy")
