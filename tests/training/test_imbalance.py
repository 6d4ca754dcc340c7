"""Rare classes: weights in the loss, balanced sampling, and what they do."""

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

import recipes
from recipes import Part
from recipes.data import load
from recipes.training.objective import balanced_weights, choose_objective

pytestmark = pytest.mark.both_backends

RARE = (np.arange(800) % 20 == 0).astype("int64")
X = np.random.default_rng(0).normal(size=(800, 3)).astype("float32")
X[RARE == 1, 0] += 2


@pytest.mark.parametrize("counts", [(95, 5), (10, 20, 70), (5, 5)])
def test_the_weights_are_scikit_learns(counts):
    labels = np.repeat(np.arange(len(counts)), counts)
    expected = compute_class_weight(
        "balanced", classes=np.arange(len(counts)), y=labels
    )
    found = balanced_weights(labels)
    np.testing.assert_allclose(found, expected)
    assert found[labels].mean() == pytest.approx(1)


def objective(**fields):
    recipe = recipes.tabular_classifier(**fields).resolve()
    return choose_objective(recipe, load((X, RARE)))


def test_weights_are_of_the_training_split():
    weights = objective(class_weight="balanced").weigh(np.array([0, 1]))
    train = load((X, RARE)).train.labels
    expected = len(train) / (2 * np.bincount(train))
    np.testing.assert_allclose(weights, expected, rtol=1e-6)
    assert objective().weigh(train) is None


def fit(directory, **fields):
    recipe = recipes.tabular_classifier(
        network=Part("mlp", units=(8,)),
        optimizer=Part("adamw", learning_rate=0.03),
        epochs=5,
        early_stopping=None,
        **fields,
    )
    run = recipe.fit((X, RARE), directory=directory, verbose=False)
    found = run.model.predict(X, verbose=0)[:, 0] > 0.5
    return run, found[RARE == 1].mean(), found[RARE == 0].mean()


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return fit(tmp_path_factory.mktemp("p") / "r")


@pytest.mark.slow
@pytest.mark.parametrize(
    "fields", [{"class_weight": "balanced"}, {"balanced_sampling": True}]
)
def test_the_rare_class_is_found_more_often(plain, fields, tmp_path):
    _, recall, false_alarms = fit(tmp_path / "r", **fields)
    assert recall > plain[1] + 0.25
    assert recall > 0.7
    assert false_alarms < 0.3


def test_weights_are_in_the_training_loss_alone(tmp_path):
    """With a learning rate next to 0 the two fits have the same network."""
    still = {
        "optimizer": Part("sgd", learning_rate=1e-30),
        "schedule": "constant",
        "network": Part("mlp", units=(8,)),
        "dropout": 0.0,
        "normalization": None,
        "activation": "tanh",  # no logit is 0 but for its bias
        "early_stopping": None,
        "kernel_regularizer": None,
        "drop_remainder": False,
        "epochs": 1,
    }
    runs = [
        recipes.tabular_classifier(class_weight=weight, **still).fit(
            (X, RARE), directory=tmp_path / str(weight), verbose=False
        )
        for weight in (None, "balanced")
    ]
    train = load((X, RARE)).train
    outputs = runs[0].model.predict(train.read(), verbose=0)[:, 0]
    losses = -np.log(np.where(train.labels == 1, outputs, 1 - outputs))
    weights = balanced_weights(train.labels)[train.labels]
    logs = [run.history for run in runs]
    assert logs[0]["loss"][0] == pytest.approx(losses.mean(), rel=1e-4)
    weighted = (losses * weights).mean()
    assert logs[1]["loss"][0] == pytest.approx(weighted, rel=1e-4)
    assert abs(weighted / losses.mean() - 1) > 0.01
    for name in ("val_loss", "val_accuracy", "accuracy"):
        assert logs[1][name] == logs[0][name]
    for name in ("validation_loss", "test_loss"):
        assert runs[1].metrics[name] == runs[0].metrics[name]
