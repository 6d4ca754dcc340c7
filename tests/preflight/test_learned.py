"""Labels that are hard are not called chance where the network tells them."""

import numpy as np
import pytest

import recipes
from recipes.preflight import inputs_used, labels
from recipes.preflight.bench import Bench
from recipes.preflight.course import STEPS, Course
from recipes.preflight.learned import LATE, Learned, scored
from recipes.training.plan import load_for
from recipes.training.seeds import seeded
from tests.preflight import faults

pytestmark = pytest.mark.both_backends
NOTHING = Course(0.99, 1.0, 0.98, 240)


def hard(change=lambda y: y):
    """One of 40 columns counts, and whether it is far from 0: on both sides.

    No line parts these classes, and neighbors go by all columns.
    """
    recipe = recipes.tabular_classifier()
    slow = recipe.optimizer.replace(learning_rate=2e-3)
    recipe = recipe.replace(optimizer=slow)
    x = np.random.default_rng(0).normal(size=(1500, 40))
    y = (abs(x[:, 0]) > 0.6745).astype(int)
    data = load_for(recipe, (x, change(y)))
    with seeded(0):
        bench = Bench(recipe, data)
        bench.losses(bench.batches(), STEPS)
    return data, bench


def test_what_the_network_tells_late_is_hard_and_not_chance():
    data, bench = hard()
    assert labels.check(data).verdict == "fail"  # by simple models alone
    score, by_chance = scored(bench)
    assert score < by_chance  # nor after 60 steps
    network = Learned(bench)
    found = labels.check(data, network)
    assert found.verdict == "pass" and f"after {LATE} steps" in found.words
    assert found.number == network.found.score > by_chance
    assert inputs_used.check(NOTHING).verdict == "fail"
    assert inputs_used.check(NOTHING, network).verdict == "warn"


def test_the_same_labels_shuffled_fail():
    data, bench = hard(faults.shuffled)
    network = Learned(bench)
    found = labels.check(data, network)
    assert found.verdict == "fail" and f"in {LATE} steps" in found.words
    assert network.found is None
    assert inputs_used.check(NOTHING, network).verdict == "fail"


def test_no_longer_training_is_made_where_nothing_depends_on_it():
    recipe = recipes.tabular_classifier()
    data = load_for(recipe, "wine")
    with seeded(0):
        bench = Bench(recipe, data)
        bench.losses(bench.batches(), STEPS)
        before = bench.model.get_weights()
        network = Learned(bench)
        assert labels.check(data, network).verdict == "pass"
        assert network.found.steps == STEPS
    after = bench.model.get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def test_a_network_that_has_diverged_tells_nothing():
    recipe = recipes.tabular_classifier()
    bench = Bench(recipe, load_for(recipe, "iris"))
    bench.model.set_weights([w * np.nan for w in bench.model.get_weights()])
    assert scored(bench)[0] <= scored(bench)[1]
