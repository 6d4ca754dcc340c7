"""The checks that try a copy of the network, on small tables."""

import keras
import numpy as np
import pytest

import recipes
from recipes import Part
from recipes.preflight import (
    batch_mates,
    course,
    first_loss,
    frozen,
    handful,
    inputs_used,
    last_layer,
    rate,
)
from recipes.preflight.bare import bare
from recipes.preflight.bench import Bench
from recipes.training.plan import load_for
from recipes.training.seeds import seeded
from tests.preflight import faults

pytestmark = pytest.mark.both_backends
TABLE = recipes.tabular_classifier()


@pytest.fixture(autouse=True)
def registered():
    for builder in faults.NETWORKS:
        recipes.register("network", builder.__name__, builder)


@pytest.fixture(scope="module")
def iris():
    return load_for(TABLE, "iris")


@pytest.fixture(scope="module")
def bench(iris):
    return Bench(TABLE, iris)


@pytest.fixture(scope="module")
def trained(bench):
    return course.run(bench)


def at_rate(times):
    old = TABLE.optimizer.config["learning_rate"]
    return TABLE.optimizer.replace(learning_rate=times * old)


def test_a_clean_recipe_passes(bench, trained):
    for module in (last_layer, first_loss, batch_mates, handful):
        assert module.check(bench).verdict == "pass", module
    bench.losses(bench.batches(), 20)
    assert frozen.check(bench).verdict == "pass"
    assert inputs_used.check(trained).verdict == "pass"
    assert rate.check(bench, trained).verdict == "pass"


def test_a_softmax_below_the_output(iris):
    data = load_for(recipes.image_classifier(), "digits")
    recipe = recipes.image_classifier(network="softmax_below")
    found = last_layer.check(Bench(recipe, data))
    assert found.verdict == "fail" and "'own_output'" in found.words


def test_a_frozen_head(iris):
    bench = Bench(TABLE.replace(network="frozen_head"), iris)
    found = frozen.check(bench)
    assert found.verdict == "fail" and "own_head/kernel" in found.words


def test_rows_that_depend_on_their_batch(iris):
    bench = Bench(TABLE.replace(network="over_the_batch"), iris)
    assert batch_mates.check(bench).verdict == "fail"


def test_a_network_too_small_is_widened():
    data = load_for(recipes.image_classifier(), "digits")
    recipe = recipes.image_classifier(network=Part("mlp", units=(1,)))
    found = handful.check(Bench(recipe, data))
    assert found.verdict == "fail" and "too small" in found.words
    mended = Bench(recipe.replace(**found.changes), data)
    assert handful.check(mended).verdict != "fail"


def test_a_rate_that_diverges_is_told_from_a_small_network(iris):
    recipe = TABLE.replace(
        optimizer=Part("sgd", learning_rate=20.0), normalization=None
    )
    found = handful.check(Bench(recipe, iris))
    assert found.verdict == "fail" and "too high" in found.words
    assert found.changes["optimizer"].config["learning_rate"] < 20


def test_a_rate_that_is_low_is_warned_of(iris):
    recipe = TABLE.replace(optimizer=at_rate(0.05))
    found = handful.check(Bench(recipe, iris))
    assert found.verdict in ("warn", "fail") and "too low" in found.words
    mended = Bench(recipe.replace(**found.changes), iris)
    assert handful.check(mended).verdict == "pass"


def test_the_rate_is_judged_by_a_hundredth_of_it(bench):
    good = course.Course(0.1, 1.0, 0.9, 60)
    assert rate.check(bench, good).verdict == "pass"
    bad = course.Course(0.5, 1.0, 0.4, 60)
    assert rate.check(bench, bad).verdict == "fail"
    nowhere = course.Course(np.inf, 1.0, 0.4, 60)
    assert rate.check(bench, nowhere).verdict == "fail"
    nothing = course.Course(0.99, 1.0, 0.98, 240)
    assert rate.check(bench, nothing).verdict == "skipped"
    assert inputs_used.check(nothing).verdict == "fail"


def test_a_network_that_leaves_its_inputs_out(iris):
    found = course.run(Bench(TABLE.replace(network="blind"), iris))
    assert found.steps == course.LONGER
    assert inputs_used.check(found).verdict == "fail"


def test_a_large_first_loss_fails(iris):
    recipe = TABLE.replace(preprocessing=None)
    x = np.random.default_rng(0).normal(size=(200, 4)) * 1000
    data = load_for(recipe, (x, np.arange(200) % 3))
    found = first_loss.check(Bench(recipe.replace(normalization=None), data))
    assert found.verdict == "fail" and found.number > 4 * np.log(3)


def test_a_regressor_that_has_learned_nothing_passes_whatever_its_seed():
    """At 2 times, the bound of classes, 26 of 60 seeds were warned of."""
    recipe, data = recipes.tabular_regressor(), None
    found = []
    for seed in range(6):
        recipe = recipe.replace(seed=seed)
        data = data or load_for(recipe, "diabetes")
        with seeded(seed):
            found.append(first_loss.check(Bench(recipe, data)))
    assert {each.verdict for each in found} == {"pass"}
    assert max(each.number for each in found) > first_loss.WARN


def test_a_large_first_loss_of_numbers_fails():
    recipe = recipes.tabular_regressor(preprocessing=None, normalization=None)
    random = np.random.default_rng(0)
    x = random.normal(size=(200, 4)) * 1000
    data = load_for(recipe, (x, random.normal(size=200)))
    found = first_loss.check(Bench(recipe, data))
    assert found.verdict == "fail" and found.number > 16


@pytest.mark.parametrize("rows, verdict", [(60, "warn"), (8, "skipped")])
def test_few_rows_are_not_accused_of_a_low_loss(rows, verdict, monkeypatch):
    monkeypatch.setattr(first_loss, "KNOWS", 3.0)  # so that all are low
    x = np.random.default_rng(0).normal(size=(rows, 4))
    data = load_for(TABLE, (x, np.arange(rows) % 2))
    found = first_loss.check(Bench(TABLE, data))
    assert found.verdict == verdict
    assert ("Too few rows" in found.words) == (verdict == "skipped")


@pytest.mark.parametrize(
    "labels, expected",
    [
        (np.arange(120) % 3, (np.log(3), np.log(3))),
        ((np.arange(120) % 4 == 0).astype(int), (np.log(2), 0.5623)),
    ],
)
def test_the_expected_loss(labels, expected):
    x = np.random.default_rng(0).normal(size=(120, 2))
    splits = {role: (x + i, labels) for i, role in enumerate(("train", "test"))}
    splits["validation"] = x - 1, labels
    found = first_loss.expected(load_for(TABLE, splits))
    assert found == pytest.approx(expected, abs=1e-4)


def test_nothing_random_is_on_the_bench(iris):
    recipe = TABLE.replace(
        dropout=0.5,
        network=Part("mlp", units=(8,), drop_connect=0.5),
        kernel_regularizer=Part("l2", l2=1.0),
        label_smoothing=0.2,
    )
    bench = Bench(recipe, iris)
    x, y = bench.batch(np.arange(8))
    outputs = [bench.model(x, training=True) for _ in range(2)]
    first, second = map(keras.ops.convert_to_numpy, outputs)
    assert np.array_equal(first, second)
    assert bench.model.losses == []
    assert bare(recipe).label_smoothing == 0
