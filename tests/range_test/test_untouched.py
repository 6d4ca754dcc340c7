"""A range test changes nothing of what comes after it."""

import os
import random
from contextlib import contextmanager
from pathlib import Path

import keras
import numpy as np
import pytest

import recipes
from recipes.range_test import curve

pytestmark = [pytest.mark.both_backends, pytest.mark.by_hand_on_jax]


def weights_after(recipe, data, path):
    run = recipe.fit(data, directory=path, verbose=False)
    return [*run.model.get_weights(), np.array(run.history["loss"])]


def same(some, others):
    return len(some) == len(others) and all(
        np.array_equal(a, b) for a, b in zip(some, others, strict=True)
    )


def own_network(inputs, layers):
    """Layers without seeds: Keras draws them from Python's generator."""
    x = keras.layers.Dense(16, activation="relu")(layers.flatten(inputs))
    return keras.layers.Dropout(0.3)(x)


def test_training_after_it_is_bit_equal(tmp_path):
    recipes.register("network", "own_network", own_network, "unseeded")
    recipe = recipes.tabular_classifier(network="own_network", epochs=1)
    before = weights_after(recipe, "iris", tmp_path / "before")
    recipe.range_test("iris", seeds=2, steps=20, verbose=False)
    after = weights_after(recipe, "iris", tmp_path / "after")
    assert same(before, after)
    other = weights_after(recipe.replace(seed=1), "iris", tmp_path / "other")
    assert not same(before, other), "and it could have been otherwise"


def state():
    """What a caller has, and a range test must leave."""
    cache = Path(os.environ["RECIPES_CACHE"])
    return (
        random.getstate(),
        np.random.get_state()[1].tolist(),
        np.random.get_state()[2],
        keras.config.dtype_policy().name,
        keras.config.floatx(),
        sorted(str(p) for p in cache.rglob("*")),
        dict(os.environ),
    )


def range_tested():
    recipes.tabular_classifier(dropout=0.1).range_test(
        "iris", steps=20, lowest=1e-3, verbose=False
    )


def test_the_callers_state_stays(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    keras.config.set_dtype_policy("float32")
    random.seed(5)
    np.random.seed(6)
    before = state()
    range_tested()
    assert state() == before
    assert list(tmp_path.iterdir()) == []


def test_a_seed_that_stays_would_be_found(monkeypatch):
    """The negative control."""

    @contextmanager
    def forgetful(seed):
        random.seed(seed)
        np.random.seed(seed)
        yield

    random.seed(5)
    before = state()
    monkeypatch.setattr(curve, "seeded", forgetful)
    range_tested()
    assert state() != before


def images():
    rng = np.random.default_rng(0)
    y = np.arange(90) % 3
    x = rng.integers(0, 80, (90, 8, 8, 1)) + 60 * y[:, None, None, None]
    return x.astype("uint8"), y


def own_backbone():
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.Conv2D(4, 3, name="own")]
    )


@pytest.mark.slow
def test_a_model_of_the_users_own_stays_as_it_is(tmp_path):
    own = own_backbone()
    before = own.get_weights()
    trainable = [v.trainable for v in own.variables]
    recipe = recipes.image_fine_tuner(own, strategy="full", epochs=2)
    found = recipe.range_test(images(), steps=40, verbose=False)
    assert len(found.losses[0]) > 10
    assert same(before, own.get_weights())
    assert [v.trainable for v in own.variables] == trainable
    assert not own.compiled
    straight = recipes.image_fine_tuner(
        own_backbone(), strategy="full", epochs=2
    )
    first = weights_after(recipe, images(), tmp_path / "first")
    second = weights_after(straight, images(), tmp_path / "second")
    assert same(first, second)
