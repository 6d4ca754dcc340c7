"""Scores against NumPy and scikit-learn, in float64."""

import numpy as np
import pytest
from sklearn import metrics

import recipes
from recipes.errors import DataError
from recipes.training.objective import Classes, Numbers

pytestmark = pytest.mark.both_backends


@pytest.mark.parametrize("mean", [0.0, 2e3, 1e6])
@pytest.mark.parametrize("targets", [1, 3])
def test_scores_of_numbers(mean, targets):
    rng = np.random.default_rng(0)
    true = mean + rng.normal(size=(50, targets))
    outputs = (true + 0.3 * rng.normal(size=true.shape)).astype("float32")
    found = Numbers(true).scores(true, outputs)
    assert found["r2"] == pytest.approx(metrics.r2_score(true, outputs))
    assert found["mae"] == pytest.approx(
        metrics.mean_absolute_error(true, outputs)
    )
    assert found["rmse"] ** 2 == pytest.approx(
        metrics.mean_squared_error(true, outputs)
    )
    assert found["loss"] == pytest.approx(found["rmse"] ** 2)


@pytest.mark.parametrize("count", [2, 4])
def test_scores_of_classes(count):
    rng = np.random.default_rng(0)
    shares = rng.dirichlet(np.ones(count), size=50)
    labels = rng.integers(0, count, 50)
    outputs = shares if count > 2 else shares[:, 1:]
    found = Classes(count).scores(labels, outputs.astype("float32"))
    assert found["loss"] == pytest.approx(
        metrics.log_loss(labels, shares), rel=1e-5
    )
    right = shares.argmax(1) == labels
    assert found["accuracy"] == pytest.approx(right.mean())
    predicted = Classes(count).predicted(outputs)
    np.testing.assert_array_equal(predicted, shares.argmax(1))


@pytest.mark.parametrize("count", [2, 4])
def test_label_smoothing_by_hand(count):
    """y → y (1 − s) + s / classes, in the training loss alone."""
    objective = Classes(count, label_smoothing=0.2)
    labels = np.array([0, 1])
    targets = objective.targets(labels)
    logits = np.array([[1.5], [-0.5]]) if count == 2 else np.eye(4)[[2, 1]]
    loss, _ = objective.training()
    if count == 2:
        logits = np.concatenate([0 * logits, logits], axis=1)
    smooth = np.eye(count)[labels] * 0.8 + 0.2 / count
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    expected = -(smooth * np.log(shares)).sum(1).mean()
    given = logits[:, 1:] if count == 2 else logits
    assert float(loss(targets, given.astype("float32"))) == pytest.approx(
        expected, rel=1e-5
    )


def test_targets_are_standardized():
    true = 1e6 + np.arange(10.0)[:, None]
    found = Numbers(true).targets(true)
    assert found.dtype == np.float32
    assert found.mean() == pytest.approx(0, abs=1e-6)
    assert found.std() == pytest.approx(1)


@pytest.mark.parametrize(
    "y, words",
    [
        (np.full(60, 3.0), "differ"),
        (1.7e9 + np.arange(60.0), "offset"),
        (np.stack([np.arange(60.0), np.ones(60)], 1), "target 1"),
    ],
)
def test_targets_that_cannot_be_learned_are_refused(y, words):
    x = np.arange(120.0).reshape(60, 2)
    with pytest.raises(DataError, match=words):
        recipes.data.load((x, y), target="number")
