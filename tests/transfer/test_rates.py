"""Freezing by table: what trains, at which rate, and what is expected."""

import keras
import numpy as np
import pytest

from recipes.errors import RecipeError
from recipes.techniques.optimizers import SGD
from recipes.transfer.frozen_statistics import FrozenStatistics
from recipes.transfer.rates import (
    Rates,
    check_stages,
    optimizer_arguments,
    set_rates,
)
from recipes.transfer.strategies import Stage

pytestmark = pytest.mark.both_backends

layers = keras.layers
generator = np.random.default_rng(0)
X = generator.normal(size=(16, 5)).astype("float32")
Y = generator.normal(size=(16, 1)).astype("float32")


def network(statistics="frozen"):
    inputs = keras.Input((5,))
    x = layers.Dense(4, name="stem_dense")(inputs)
    x = layers.BatchNormalization(name="stem_norm")(x)
    x = layers.Dense(4, name="top_dense")(x)
    x = layers.BatchNormalization(name="top_norm")(x)
    body = keras.Model(inputs, layers.Dropout(0.5)(x))
    whole = keras.Input((5,))
    x = layers.Normalization(name="before", mean=0.0, variance=1.0)(whole)
    x = FrozenStatistics(body, statistics, name="frozen_statistics")(x)
    x = layers.BatchNormalization(name="head_norm")(x)
    return keras.Model(whole, layers.Dense(1, name="head_dense")(x))


def moves(rates):
    return {row.path: row.moves for row in rates.expected}


FROZEN = [("head", 1), ("stem", 0), ("top", 0)]
TOP = [("head", 1), ("stem", 0), ("top", 0.5)]
STATISTICS = ("moving_mean", "moving_variance")


@pytest.mark.parametrize("statistics", ["frozen", "update"])
@pytest.mark.parametrize("table", [FROZEN, TOP])
def test_what_trains_and_what_is_expected(table, statistics):
    model = network(statistics)
    rates = set_rates(model, table)
    trained = {v.path for v in model.trainable_variables}
    live = {"head"} | ({"top"} if table is TOP else set())
    every = {v.path for v in model.weights}
    assert trained == {
        path
        for path in every
        if path.split("_")[0] in live and not path.endswith(STATISTICS)
    }
    updates = live if statistics == "update" else {"head"}
    for path, found in moves(rates).items():
        block = path.split("_")[0]
        if path.endswith(STATISTICS):
            expected = "moves" if block in updates else "still"
        elif "seed_generator" in path:
            expected = "any"
        else:
            expected = "moves" if block in live else "still"
        assert found == expected, path
    pairs = dict(rates.multipliers)
    assert pairs["top_dense/kernel"] == (0.5 if table is TOP else 0.0)
    assert "head_norm/moving_mean" not in pairs


def test_a_table_decides_alone_whatever_was_frozen_before():
    model = network()
    first = set_rates(model, TOP)
    for variable in model.variables:
        variable.trainable = False
    assert set_rates(model, TOP) == first
    model.trainable = False
    model.get_layer("frozen_statistics").trainable = True
    assert set_rates(model, TOP) == first
    assert set_rates(model, FROZEN) != first
    assert set_rates(model, TOP) == first
    assert not model.get_layer("head_norm").moving_mean.trainable


def test_a_kernel_without_its_bias():
    model = network()
    rates = set_rates(model, [(".*bias", 0), (".*", 1)])
    paths = [v.path for v in model.trainable_variables]
    assert "stem_dense/kernel" in paths and "stem_dense/bias" not in paths
    assert moves(rates)["stem_dense/bias"] == "still"
    model.compile(SGD(0.1), "mse")
    before = {v.path: np.array(v) for v in model.weights}
    model.fit(X, Y, verbose=0)
    changed = {
        v.path for v in model.weights if (before[v.path] != np.array(v)).any()
    }
    assert changed >= {"stem_dense/kernel", "stem_norm/gamma"}
    assert not any(path.endswith("bias") for path in changed)


def test_each_block_moves_at_its_own_rate():
    """One step of SGD: half the way of a whole one, and none."""
    steps = []
    for table in ([(".*", 1)], TOP):
        keras.utils.set_random_seed(0)
        inputs = keras.Input((5,))
        x = layers.Dense(4, name="stem_dense")(inputs)
        x = layers.Dense(4, name="top_dense")(x)
        x = layers.LayerNormalization(name="top_norm")(x)
        x = layers.Dense(1, name="head_dense")(x)
        model = keras.Model(inputs, x)
        rates = set_rates(model, table)
        model.compile(SGD(0.1, **optimizer_arguments(SGD, rates)), "mse")
        before = {v.path: np.array(v, copy=True) for v in model.weights}
        model.train_on_batch(X, Y)
        steps.append({v.path: v - before[v.path] for v in model.weights})
    whole, half = steps
    for path, factor in (
        ("stem_dense/kernel", 0),
        ("top_dense/kernel", 0.5),
        ("top_norm/gamma", 0.5),
        ("head_dense/kernel", 1),
    ):
        np.testing.assert_allclose(
            half[path], factor * whole[path], rtol=1e-3, atol=1e-7
        )
        assert abs(np.asarray(whole[path])).max() > 1e-4


@pytest.mark.parametrize(
    "table, words",
    [
        ([("haed", 1), (".*", 0)], "'haed' matches no variable.*head_"),
        ([("head", 1), ("stem", 0)], "match no row.*top_dense/kernel"),
        ([(".*", 0)], "freezes every variable"),
    ],
)
def test_what_is_refused_leaves_the_model_alone(table, words):
    model = network()
    set_rates(model, TOP)
    before = [v.trainable for v in model.variables]
    flags = [layer.trainable for layer in model._flatten_layers()]
    with pytest.raises(RecipeError, match=words):
        set_rates(model, table)
    assert [v.trainable for v in model.variables] == before
    assert [layer.trainable for layer in model._flatten_layers()] == flags


@pytest.mark.parametrize(
    "tables, epochs, words",
    [
        ([TOP, [("haed", 1), (".*", 0)]], 2, "'haed' matches no variable"),
        ([TOP, TOP], 1, "2 stages of at least one epoch"),
        ([TOP, FROZEN], 2, None),
    ],
)
def test_all_stages_are_checked_and_nothing_changes(tables, epochs, words):
    model = network()
    model.get_layer("head_norm").trainable = False
    before = [v.trainable for v in model.variables]
    flags = [layer.trainable for layer in model._flatten_layers()]
    stages = [Stage("s", table, 1 / len(tables)) for table in tables]
    if words is None:
        check_stages(model, stages, epochs)
    else:
        with pytest.raises(RecipeError, match=words):
            check_stages(model, stages, epochs)
    assert [v.trainable for v in model.variables] == before
    assert [layer.trainable for layer in model._flatten_layers()] == flags


def test_what_an_optimizer_is_told():
    some, plain = Rates((("a", 0.1),), ()), Rates((("a", 0.0), ("b", 1.0)), ())
    known = optimizer_arguments(SGD, plain)
    assert known == {"learning_rate_multipliers": plain.multipliers}
    assert optimizer_arguments(keras.optimizers.SGD, plain) == {}
    with pytest.raises(RecipeError, match="one for all.*PerVariable"):
        optimizer_arguments(keras.optimizers.SGD, some)


def test_a_saved_model_stays_frozen_and_keeps_its_slots(tmp_path):
    """By the layers' flags and the multipliers: the variables' are not kept."""
    model = network()
    rates = set_rates(model, TOP)
    arguments = optimizer_arguments(SGD, rates)
    model.compile(SGD(0.1, momentum=0.9, **arguments), "mse")
    model.fit(X, Y, verbose=0)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    names = [v.path for v in model.trainable_variables]
    assert [v.path for v in again.trainable_variables] == names
    for a, b in zip(
        model.optimizer.variables, again.optimizer.variables, strict=True
    ):
        np.testing.assert_array_equal(np.asarray(a), np.asarray(b))
    kernel = again.variables[0]
    before = np.array(kernel, copy=True)
    again.fit(X, Y, verbose=0)
    np.testing.assert_array_equal(before, np.asarray(kernel))
