"""Metrics by name against scikit-learn, as they are logged and reported."""

import keras
import numpy as np
import pytest
from sklearn import metrics as sk

import recipes
from recipes import Part, registry
from recipes.data import load
from recipes.errors import DataError, RecipeError
from recipes.training.measure import fitting_names
from recipes.training.objective import (
    Classes,
    LabelRows,
    Numbers,
    choose_objective,
)

pytestmark = [pytest.mark.both_backends, pytest.mark.by_hand_on_jax]

RNG = np.random.default_rng(0)
AVERAGES = ("macro", "micro", "weighted")


def case(count, labels=False, rows=200):
    """Return truth, logits, and probabilities in one column per class."""
    if labels:
        truth = (RNG.random((rows, count)) < 0.3).astype("int8")
        logits = RNG.normal(size=(rows, count)) * 3 + 2 * truth
        return truth, logits, 1 / (1 + np.exp(-logits))
    truth = RNG.choice(
        count, rows, p=np.arange(1, count + 1) / sum(range(1, count + 1))
    )
    logits = RNG.normal(size=(rows, count)) * 3 + 2 * np.eye(count)[truth]
    if count == 2:
        logits = logits - logits[:, :1]
    shares = np.exp(logits - logits.max(1, keepdims=True))
    shares /= shares.sum(1, keepdims=True)
    return truth, logits[:, 1:] if count == 2 else logits, shares


def logged(objective, truth, logits):
    """Return what a fit would log, of three uneven batches."""
    targets = objective.targets(truth)
    found = {}
    for metric in objective.logged():
        for rows in (slice(0, 90), slice(90, 97), slice(97, None)):
            metric.update_state(targets[rows], logits[rows].astype("float32"))
        found[metric.name] = float(metric.result())
    return found


def by_hand(truth, shares, k):
    chosen = shares.argmax(1)
    binary = shares.shape[1] == 2
    auc = {"multi_class": "ovr", "average": "macro"}
    return {
        "accuracy": sk.accuracy_score(truth, chosen),
        "balanced_accuracy": sk.balanced_accuracy_score(truth, chosen),
        "top_k_accuracy": sk.top_k_accuracy_score(
            truth, shares[:, 1] if binary else shares, k=k
        )
        if k > 1
        else sk.accuracy_score(truth, chosen),
        "auc": sk.roc_auc_score(truth, shares[:, 1])
        if binary
        else sk.roc_auc_score(truth, shares, **auc),
    }


@pytest.mark.parametrize("count, k", [(2, 1), (3, 2), (7, 5)])
def test_classes(count, k):
    truth, logits, shares = case(count)
    names = ["accuracy", "balanced_accuracy", "auc"]
    parts = [*map(Part, names), Part("top_k_accuracy", k=k)]
    objective = Classes(count, 0.0, parts)
    expected = by_hand(truth, shares, k)
    outputs = shares[:, 1:] if count == 2 else shares
    found = objective.scores(truth, outputs)
    assert found.pop("loss") == pytest.approx(sk.log_loss(truth, shares))
    assert found == pytest.approx(expected, abs=1e-12)
    assert logged(objective, truth, logits) == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize("average", AVERAGES)
@pytest.mark.parametrize("count, labels", [(2, 0), (5, 0), (1, 1), (4, 1)])
@pytest.mark.parametrize("name", ["precision", "recall", "f1"])
def test_counted_metrics(name, average, count, labels):
    truth, logits, shares = case(count, labels)
    kind = LabelRows if labels else Classes
    objective = kind(count, 0.0, [Part(name, average=average)])
    chosen = shares > 0.5 if labels else shares.argmax(1)
    score = getattr(sk, f"{name}_score")
    if labels and count == 1:  # scikit-learn takes one column for classes
        expected = score(truth[:, 0], chosen[:, 0])
    else:
        expected = score(truth, chosen, average=average)
    outputs = shares[:, 1:] if kind is Classes and count == 2 else shares
    assert objective.scores(truth, outputs)[name] == pytest.approx(expected)
    found = logged(objective, truth, logits)[name]
    assert found == pytest.approx(expected, abs=1e-6)


def test_the_averages_differ():
    truth, _, shares = case(5)
    found = {
        Classes(5, 0.0, [Part("f1", average=a)]).scores(truth, shares)["f1"]
        for a in AVERAGES
    }
    assert len(found) == 3


def test_label_rows():
    truth, logits, shares = case(4, labels=True)
    objective = LabelRows(4, 0.0, [Part("accuracy"), Part("auc")])
    whole = (truth == (shares > 0.5)).all(1).mean()
    expected = {
        "accuracy": sk.accuracy_score(truth, shares > 0.5),
        "auc": sk.roc_auc_score(truth, shares, average="macro"),
    }
    assert expected["accuracy"] == whole
    found = objective.scores(truth, shares)
    loss = -np.log(np.where(truth, shares, 1 - shares)).mean()
    assert found.pop("loss") == pytest.approx(loss)
    assert found == pytest.approx(expected)
    assert logged(objective, truth, logits) == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize("mean", [50.0, 1e5])
@pytest.mark.parametrize("targets", [1, 3])
def test_numbers_are_logged_in_their_own_units(mean, targets):
    spread = np.array([1.0, 10.0, 3.0])[:targets]
    truth = mean + spread * RNG.normal(size=(200, targets))
    outputs = truth + 0.5 * spread * RNG.normal(size=truth.shape)
    objective = Numbers(truth, list(map(Part, fitting_names("number"))))
    expected = {
        "mae": sk.mean_absolute_error(truth, outputs),
        "rmse": sk.mean_squared_error(truth.ravel(), outputs.ravel()) ** 0.5,
        "r2": sk.r2_score(truth, outputs),
        "mape": 100 * np.abs((outputs - truth) / truth).mean(),
    }
    found = objective.scores(truth, outputs)
    assert found.pop("loss") == pytest.approx(expected["rmse"] ** 2)
    assert found == pytest.approx(expected)
    assert logged(objective, truth, objective.targets(outputs)) == (
        pytest.approx(expected, rel=2e-2 if mean > 1e4 else 1e-4)
    )


def test_callbacks_learn_whether_more_is_better():
    numbers = list(map(Part, fitting_names("number")))
    classes = list(map(Part, fitting_names("class")))
    rows = list(map(Part, fitting_names("labels")))
    found = {
        metric.name: metric._direction
        for objective in (
            Classes(7, 0.0, classes),
            Classes(7, 0.0, rows),
            LabelRows(7, 0.0, rows),
            Numbers(RNG.normal(size=(9, 1)), numbers),
        )
        for metric in objective.logged()
    }
    up = ["f1", "precision", "recall", "auc", "r2", "accuracy"]
    up += ["balanced_accuracy", "top_k_accuracy"]
    down = ["mae", "rmse", "mape"]
    assert {found[name] for name in up} == {"up"}
    assert {found[name] for name in down} == {"down"}
    assert set(found) == set(registry.MENU["metric"])
    assert set(found.values()) == {"up", "down"}


def test_classes_that_a_split_lacks():
    truth = np.array([0, 0, 1, 1])
    shares = np.eye(4)[[0, 2, 1, 1]] * 0.9 + 0.025
    names = ["f1", "recall", "balanced_accuracy", "auc"]
    objective = Classes(4, 0.0, list(map(Part, names)))
    found = objective.scores(truth, shares)
    f1 = np.mean([2 / 3, 1, 0])  # class 3 is neither true nor predicted
    assert found["f1"] == pytest.approx(f1)
    assert found["recall"] == pytest.approx(np.mean([0.5, 1, 0]))
    assert found["balanced_accuracy"] == pytest.approx(np.mean([0.5, 1]))
    assert found["auc"] == pytest.approx(np.mean([0.75, 1]))
    in_logs = logged(objective, truth, np.log(shares))
    for name in names[:3]:
        assert in_logs[name] == pytest.approx(found[name])
    assert np.isnan(objective.scores(truth * 0, shares)["auc"])


@pytest.mark.parametrize("lacking", [(), (3,), (0, 3)])
def test_the_logged_area_passes_over_columns_of_one_kind(lacking):
    """As the reported one does; Keras counts such a column as 0."""
    truth, logits, shares = case(4, labels=True)
    for column in lacking:
        truth[:, column] = column > 0
    objective = LabelRows(4, 0.0, [Part("auc")])
    found = logged(objective, truth, logits)["auc"]
    both = [i for i in range(4) if i not in lacking]
    each = [sk.roc_auc_score(truth[:, i], shares[:, i]) for i in both]
    assert found == pytest.approx(np.mean(each), abs=2e-3)
    assert found == pytest.approx(
        objective.scores(truth, shares)["auc"], abs=2e-3
    )
    if lacking:
        assert abs(np.sum(each) / 4 - np.mean(each)) > 0.1  # what Keras says


def test_a_good_network_leaves_keras_own_thresholds_behind():
    """What `SpreadAUC` is for: probabilities next to 0 and 1."""
    truth = np.arange(400) % 2
    logits = (np.where(truth, 12, 8) + 2 * RNG.normal(size=400))[:, None]
    exact = sk.roc_auc_score(truth, logits[:, 0])
    plain = keras.metrics.AUC(from_logits=True)
    plain.update_state(truth[:, None], logits.astype("float32"))
    found = logged(Classes(2, 0.0, [Part("auc")]), truth, logits)["auc"]
    assert found == pytest.approx(exact, abs=5e-3)
    assert abs(float(plain.result()) - exact) > 0.05


def objective_on(data, *metrics, **fields):
    recipe = recipes.tabular_classifier(metrics=list(metrics), **fields)
    return choose_objective(recipe.resolve(), load(data))


@pytest.mark.parametrize(
    "metric, words",
    [
        ("mae", "no metric of one class per example.*balanced_accuracy"),
        (Part("top_k_accuracy", k=3), "k=3 and 3 classes.*at most 2"),
        ("top_k_accuracy", "k=5"),
        (Part("top_k_accuracy", k=0), "`metrics/k`.*Received: 0"),
        (Part("f1", average="median"), "`average`.*macro.*'median'"),
    ],
)
def test_what_does_not_fit_is_refused(metric, words):
    with pytest.raises(RecipeError, match=words):
        objective_on("iris", metric)


def test_two_metrics_of_one_name_are_refused():
    two = Part("f1"), Part("f1", average="micro")
    with pytest.raises(RecipeError, match="'f1' stands twice"):
        recipes.tabular_classifier(metrics=two)
    with pytest.raises(RecipeError, match="stands in the logs already"):
        Classes(3, 0.0, two)


@pytest.mark.parametrize("name", ["f1", "accuracy", "auc"])
def test_metrics_of_classes_do_not_fit_numbers(name):
    with pytest.raises(RecipeError, match="numbers.*mae, rmse, r2, mape"):
        recipes.tabular_regressor(metrics=[name])
    with pytest.raises(RecipeError, match="numbers.*mae, rmse, r2, mape"):
        Numbers(RNG.normal(size=(9, 1)), [Part(name)])


def test_metrics_for_one_class_do_not_fit_label_rows():
    for name in ("top_k_accuracy", "balanced_accuracy"):
        with pytest.raises(RecipeError, match="rows of labels"):
            LabelRows(6, 0.0, [Part(name)])


def test_percent_of_a_target_of_0_is_refused():
    x = np.arange(60.0)[:, None]
    data = load((x, x[:, 0] - 30.5 + (x[:, 0] == 40) * -9.5), target="number")
    recipe = recipes.tabular_regressor(metrics=["mape"]).resolve()
    with pytest.raises(DataError, match="the target 0.*mape"):
        choose_objective(recipe, data)
    other = load((x, x[:, 0] - 30.5), target="number")
    assert choose_objective(recipe, other).measures.keys() == {"mape"}
