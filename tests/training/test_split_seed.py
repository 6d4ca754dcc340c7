"""split_seed: runs of several seeds that share their splits."""

import numpy as np
import pytest

import recipes
from recipes.training.plan import load_for


def rows(data="wine", **fields):
    recipe = recipes.tabular_classifier(**fields)
    return [s.rows.tolist() for s in load_for(recipe, data).splits]


def test_it_decides_the_splits_in_place_of_the_seed():
    assert rows(seed=1, split_seed=5) == rows(seed=2, split_seed=5)
    assert rows(seed=1, split_seed=5) == rows(seed=5)
    # The control: without it, each seed draws its own.
    assert rows(seed=1)[2] != rows(seed=2)[2]


def test_it_is_recorded_and_decides_what_is_evaluated(tmp_path):
    recipe = recipes.tabular_classifier(epochs=1, split_seed=5)
    run = recipe.fit("wine", seed=3, directory=tmp_path, verbose=False)
    about = run.environment
    assert (about["seed"], about["data"]["split_seed"]) == (3, 5)
    assert (run.recipe.seed, run.recipe.split_seed) == (3, 5)
    loaded = recipes.load_run(tmp_path)
    for split in ("validation", "test"):
        found = loaded.evaluate("wine", split)
        expected = run.metrics[f"{split}_loss"]
        assert found["loss"] == pytest.approx(expected, rel=1e-5)
    test = recipes.data.load("wine", seed=5).test
    right = run.model.predict(test.read(), verbose=0).argmax(1) == test.labels
    assert run.metrics["test_accuracy"] == right.mean()
    other = recipes.data.load("wine", seed=3).test
    assert not np.array_equal(other.rows, test.rows)


@pytest.mark.slow
@pytest.mark.parametrize("given, drawn", [(None, 5), (4, 4)])
def test_the_recipe_of_a_run_leaves_the_splits_to_the_seed(
    given, drawn, tmp_path
):
    """A field that was not given follows the next seed too."""
    recipe = recipes.tabular_classifier(epochs=1, split_seed=given, seed=3)
    run = recipe.fit("wine", directory=tmp_path / "a", verbose=False)
    first = 3 if given is None else given
    assert run.environment["data"]["split_seed"] == first
    loaded = recipes.load_run(tmp_path / "a").recipe
    assert (run.recipe.split_seed, loaded.split_seed) == (given, given)
    again = loaded.fit("wine", seed=5, directory=tmp_path / "b", verbose=False)
    assert again.environment["data"]["split_seed"] == drawn
    test = recipes.data.load("wine", seed=drawn).test
    right = again.model.predict(test.read(), verbose=0).argmax(1) == test.labels
    assert again.metrics["test_accuracy"] == right.mean()
