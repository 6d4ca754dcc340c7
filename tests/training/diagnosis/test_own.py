"""The rules on a run's data and model, on made-up ones; no fits."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest

import recipes
from recipes import Part
from recipes.data.data import ArraySource, Split
from recipes.training.diagnosis.evidence import Evidence
from recipes.training.diagnosis.labels import label_noise
from recipes.training.diagnosis.own import Own
from recipes.training.diagnosis.splits import unlike
from recipes.training.diagnosis.units import dead_units, vanishing_gradients

pytestmark = pytest.mark.both_backends

POOR = np.full(8, 1.0)


def clouds(rows=240, apart=4.0, seed=0):
    """Three classes of points around three centers."""
    rng = np.random.default_rng(seed)
    y = np.arange(rows) % 3
    return rng.normal(size=(rows, 4)) + apart * np.eye(3, 4)[y], y


def flipped(y, share, seed=0):
    rng = np.random.default_rng(seed)
    wrong = rng.random(len(y)) < share
    return np.where(wrong, (y + 1) % 3, y), np.flatnonzero(wrong)


def split(role, x, y):
    return Split(role, ArraySource(np.asarray(x)), np.arange(len(x)), y)


def evidence(train, validation=None, model=None, target="class", **fields):
    """What the rules know of a run on this data, which learned nothing."""
    x, y = train
    data = SimpleNamespace(
        train=split("train", x, y),
        validation=split("validation", *(validation or train)),
        features="table" if np.ndim(x) == 2 else "image",
        target=target,
        class_names=["a", "b", "c"],
        feature_names=["one", "two", "three", "four"],
    )
    own = Own(SimpleNamespace(model=model))
    own.data = data
    about = {"target": target, "class_names": data.class_names}
    about |= {"features": data.features, "rows": {"validation": len(x)}}
    losses = {"loss": POOR * np.log(3), "val_loss": POOR * np.log(3)}
    recipe = recipes.tabular_classifier(**fields).resolve()
    return Evidence(recipe, losses, {"data": about}, {}, (), own)


def test_wrong_labels_are_found_and_their_rows_named():
    x, y = clouds()
    noisy, wrong = flipped(y, 0.15)
    found = label_noise(evidence((x, noisy)))
    assert found.name == "label-noise"
    assert found.numbers["share"] == pytest.approx(0.15, abs=0.05)
    assert len(set(found.numbers["rows"]) & set(wrong)) > 0.8 * len(wrong)
    assert found.changes["label_smoothing"] == 0.1
    assert label_noise(evidence((x, y))) is None
    assert label_noise(evidence((x, flipped(y, 0.03)[0]))) is None


def test_neighbors_that_are_no_guide_are_not_asked():
    x, y = clouds(apart=0.0)
    assert label_noise(evidence((x, y))) is None
    rare = np.where(np.arange(len(y)) % 10 == 0, 1, 0)  # and not to be seen
    found = evidence((x, rare))
    assert label_noise(found) is None


def test_a_column_that_moved_and_a_class_that_is_missing_are_named():
    x, y = clouds()
    assert unlike(evidence((x, y), clouds(seed=1))) is None
    moved = x + np.array([0, 0, 3.0, 0])
    found = unlike(evidence((x, y), (moved, y)))
    assert "'three'" in found.evidence and found.changes == {}
    few = y != 2
    found = unlike(evidence((x[:, 3:], y), (x[few, 3:], y[few])))
    assert "'c'" in found.evidence


def test_few_rows_may_differ_by_chance():
    x, y = clouds()
    for seed in range(10):
        rows = np.random.default_rng(seed).permutation(len(y))[:12]
        assert unlike(evidence((x, y), (x[rows], y[rows]))) is None


def network(*biases, activation="relu", units=16):
    inputs = x = keras.Input((4,))
    for bias in biases:
        x = keras.layers.Dense(
            units,
            bias_initializer=keras.initializers.Constant(bias),
            kernel_initializer=keras.initializers.GlorotUniform(seed=1),
        )(x)
        if activation == "relu":
            x = keras.layers.ReLU()(x)
        else:
            x = keras.layers.Activation(activation)(x)
    outputs = keras.layers.Dense(
        3,
        activation="softmax",
        kernel_initializer=keras.initializers.GlorotUniform(seed=2),
    )(x)
    return keras.Model(inputs, outputs)


def test_units_that_never_answer_are_found():
    data = clouds()
    found = dead_units(evidence(data, model=network(0.0, -30.0)))
    assert found.name == "dead-units" and found.numbers["share"] == 1.0
    assert found.changes["activation"] == "leaky_relu"
    assert dead_units(evidence(data, model=network(0.0, 0.0))) is None
    few = network(-30.0, units=4)  # of so few a half is no share
    assert dead_units(evidence(data, model=few)) is None


def test_a_gradient_that_vanishes_is_found():
    data = clouds()
    deep = network(*[0.0] * 12, activation="sigmoid")
    shown = evidence(data, model=deep, activation="sigmoid", normalization=None)
    before = deep.get_weights()
    found = vanishing_gradients(shown)
    assert found.numbers["ratio"] < 1e-3
    assert found.changes["activation"] == Part("relu") or (
        found.changes["activation"] == "relu"
    )
    assert found.changes["normalization"] == Part("batch_normalization")
    for was, now in zip(before, deep.get_weights(), strict=True):
        np.testing.assert_array_equal(was, now)
    flat_one = network(0.0, 0.0, activation="sigmoid")
    assert vanishing_gradients(evidence(data, model=flat_one)) is None
    assert (
        vanishing_gradients(evidence(data, model=network(*[0.0] * 12))) is None
    )


def test_without_data_these_are_silent():
    shown = evidence(clouds(), model=network(-30.0))
    shown.own.data = None
    assert dead_units(shown) is None and vanishing_gradients(shown) is None
    assert label_noise(shown) is None and unlike(shown) is None
