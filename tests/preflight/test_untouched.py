"""A check leaves everything as it was: training after it is the same."""

import random

import keras
import numpy as np
import pytest

import recipes
from recipes.preflight.bench import Bench
from recipes.training.plan import load_for

pytestmark = pytest.mark.both_backends


def fitted(recipe, data, directory):
    run = recipe.fit(data, directory=directory, verbose=False)
    return run.model.get_weights(), run.history


def same(first, second):
    weights = zip(first[0], second[0], strict=True)
    alike = all(np.array_equal(a, b) for a, b in weights)
    return alike and first[1] == second[1]


@pytest.fixture(scope="module")
def recipe():
    return recipes.tabular_classifier(epochs=2, dropout=0.2)


@pytest.mark.by_hand_on_jax
def test_a_fit_after_a_check_is_the_same_to_the_bit(recipe, tmp_path):
    data = load_for(recipe, "wine")
    alone = fitted(recipe, data, tmp_path / "alone")
    recipe.check(data, verbose=False)
    after = fitted(recipe, data, tmp_path / "after")
    assert same(alone, after)
    other = fitted(recipe.replace(seed=1), data, tmp_path / "other")
    assert not same(alone, other)  # the comparison can fail


def test_a_model_that_was_handed_over_is_as_it_was(tiny_images):
    """The bench trains a copy of it, not the model itself."""
    inputs = keras.Input((8, 8, 1))
    x = keras.layers.Conv2D(4, 3, name="convolution")(inputs)
    model = keras.Model(inputs, x)
    before = [np.array(w) for w in model.get_weights()]
    recipe = recipes.image_fine_tuner(model, strategy="full", image_size=(8, 8))
    bench = Bench(recipe, load_for(recipe, tiny_images))
    bench.losses(bench.batches(), 2)
    assert len(bench.stuck()) < len(bench.model.trainable_variables)
    after = model.get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def test_seeds_policy_and_folder_are_as_before(recipe, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    random.seed(5)
    np.random.seed(5)
    python, numbers = random.getstate(), np.random.get_state()[1].copy()
    policy = keras.config.dtype_policy().name
    recipe.check("iris", verbose=False)
    assert random.getstate() == python
    assert np.array_equal(np.random.get_state()[1], numbers)
    assert keras.config.dtype_policy().name == policy
    assert list(tmp_path.iterdir()) == []


def test_the_bench_is_set_back(recipe):
    bench = Bench(recipe, load_for(recipe, "iris"))
    first = bench.losses(bench.batches(), 5)
    assert not np.array_equal(bench.losses(bench.batches(), 5, 10.0), first)
    assert np.array_equal(bench.losses(bench.batches(), 5), first)
