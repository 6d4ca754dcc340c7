"""Metrics by name in real fits: logs, early stopping, reports, files."""

import json

import keras
import numpy as np
import pytest

import recipes
from recipes import Part, registry
from recipes.errors import RecipeError
from recipes.training.judge import objective_of

pytestmark = [pytest.mark.both_backends, pytest.mark.by_hand_on_jax]

METRICS = [
    "accuracy",
    Part("top_k_accuracy", k=2),
    "f1",
    Part("precision", average="micro"),
    "balanced_accuracy",
    "auc",
]
NAMES = [part if isinstance(part, str) else part.name for part in METRICS]


def tiny(**fields):
    defaults = {
        "network": Part("mlp", units=(8,)),
        "optimizer": Part("adamw", learning_rate=0.03),
        "early_stopping": None,
        "epochs": 3,
    }
    return recipes.tabular_classifier(**defaults | fields)


class Wrong(keras.metrics.Mean):
    """Share of wrong answers, in percent."""

    def __init__(self, factor=100.0, name="wrong", **kwargs):
        super().__init__(name=name, **kwargs)
        self.factor = factor

    def update_state(self, y_true, y_pred, sample_weight=None):
        ops = keras.ops
        wrong = ops.argmax(y_true, -1) != ops.argmax(y_pred, -1)
        super().update_state(self.factor * ops.cast(wrong, "float32"))


@pytest.fixture(scope="module")
def wine_run(tmp_path_factory):
    """A run beside which its whole trained network is saved."""
    directory = tmp_path_factory.mktemp("m")
    save = keras.callbacks.ModelCheckpoint(str(directory / "whole.keras"))
    return tiny(metrics=METRICS).fit(
        "wine", directory=directory / "r", callbacks=[save], verbose=False
    )


def test_exactly_the_recipes_metrics_are_logged_and_reported(wine_run):
    both = ["loss", *NAMES]
    assert set(wine_run.history) == {
        *both,
        *(f"val_{name}" for name in both),
        "learning_rate",
    }
    for split in ("validation", "test"):
        found = [
            name.removeprefix(f"{split}_")
            for name in wine_run.metrics
            if name.startswith(split)
        ]
        assert found == both


def test_the_last_logs_are_the_reported_validation_scores(wine_run):
    for name in ("loss", *NAMES):
        assert wine_run.history[f"val_{name}"][-1] == pytest.approx(
            wine_run.metrics[f"validation_{name}"],
            abs=5e-3 if name == "auc" else 1e-6,
        )


def test_evaluate_reports_the_same_metrics(wine_run):
    found = recipes.load_run(wine_run.directory).evaluate("wine")
    assert (found.pop("split"), found.pop("rows")) == ("test", 36)
    expected = {k: wine_run.metrics[f"test_{k}"] for k in ("loss", *NAMES)}
    assert found == pytest.approx(expected)


def test_the_saved_model_evaluates_what_keras_has_itself(wine_run):
    data = recipes.data.load("wine").test
    model = keras.saving.load_model(wine_run.directory / "model.keras")
    found = model.evaluate(
        data.read(), data.labels[:, None], verbose=0, return_dict=True
    )
    assert set(found) == {"loss", "accuracy", "top_k_accuracy"}
    for name, value in found.items():
        expected = wine_run.metrics[f"test_{name}"]
        assert value == pytest.approx(expected, rel=1e-4)


def test_a_run_from_before_metrics_had_names_has_the_default_ones(wine_run):
    about = dict(wine_run.environment)
    del about["metrics"]
    part = recipes.data.load("wine").test
    assert list(objective_of(about, part).measures) == ["accuracy"]


def test_early_stopping_looks_for_the_highest(tmp_path):
    stop = Part("early_stopping", monitor="val_f1", patience=8)
    recipe = tiny(metrics=["f1"], epochs=4, early_stopping=stop)
    run = recipe.fit("iris", directory=tmp_path / "r", verbose=False)
    values = run.history["val_f1"]
    assert run.metrics["best_epoch"] == np.argmax(values) + 1
    assert np.argmax(values) != np.argmin(values)
    assert run.metrics["validation_f1"] == pytest.approx(max(values))


def test_early_stopping_looks_for_the_lowest_error(tmp_path):
    stop = Part("early_stopping", monitor="val_mae", patience=8)
    recipe = recipes.tabular_regressor(
        network=Part("mlp", units=(8,)), epochs=4, early_stopping=stop
    )
    run = recipe.fit("diabetes", directory=tmp_path / "r", verbose=False)
    values = run.history["val_mae"]
    assert run.metrics["best_epoch"] == np.argmin(values) + 1
    assert np.argmax(values) != np.argmin(values)
    found = run.metrics["validation_mae"]
    assert found == pytest.approx(min(values), rel=1e-4)


@pytest.mark.slow
def test_a_metric_of_ones_own(tmp_path):
    recipes.register("metric", "wrong", Wrong, "percent wrong")
    parts = ["accuracy", Part("wrong", factor=10.0)]
    stop = Part("early_stopping", monitor="val_wrong", mode="min")
    recipe = tiny(metrics=parts, early_stopping=stop)
    run = recipe.fit("breast_cancer", directory=tmp_path / "r", verbose=False)
    for split in ("validation", "test"):
        right = run.metrics[f"{split}_accuracy"]
        found = run.metrics[f"{split}_wrong"]
        assert found == pytest.approx(10 * (1 - right), abs=1e-4)
    assert run.history["val_wrong"] == pytest.approx(
        [10 * (1 - v) for v in run.history["val_accuracy"]], abs=1e-4
    )
    assert run.evaluate("breast_cancer")["wrong"] == run.metrics["test_wrong"]
    del registry._registered["metric"]["wrong"]
    with pytest.warns(UserWarning, match="'wrong', builder"):
        found = run.evaluate("breast_cancer")
    assert found["accuracy"] == run.metrics["test_accuracy"]
    assert "wrong" not in found


def test_a_mode_that_nothing_tells_is_asked_for(tmp_path):
    recipes.register("metric", "wrong", Wrong)
    stop = Part("early_stopping", monitor="val_wrong")
    recipe = tiny(metrics=["wrong"], early_stopping=stop)
    with pytest.raises(RecipeError, match="early_stopping/mode.*max.*min"):
        recipe.fit("iris", directory=tmp_path / "r", verbose=False)
    assert not (tmp_path / "r").exists()


def test_what_is_no_metric_is_refused(tmp_path):
    recipes.register("metric", "odd", lambda name: 3)
    with pytest.raises(RecipeError, match="keras.metrics.Metric"):
        tiny(metrics=["odd"]).fit("iris", directory=tmp_path, verbose=False)


def test_no_metrics_at_all(tmp_path):
    run = tiny(metrics=[], epochs=1).fit(
        "iris", directory=tmp_path / "r", verbose=False
    )
    assert set(run.history) == {"loss", "val_loss", "learning_rate"}
    assert "test_loss" in run.metrics and "test_accuracy" not in run.metrics


@pytest.mark.parametrize(
    "policy",
    [
        "mixed_bfloat16",
        pytest.param("mixed_float16", marks=pytest.mark.slow),
    ],
)
def test_under_mixed_precision(policy, tmp_path):
    recipe = tiny(metrics=METRICS, dtype_policy=policy, epochs=2)
    run = recipe.fit("wine", directory=tmp_path / "r", verbose=False)
    for name in NAMES:
        assert run.history[f"val_{name}"][-1] == pytest.approx(
            run.metrics[f"validation_{name}"], abs=2e-2
        )


def test_the_trained_network_is_saved_with_its_metrics(wine_run):
    model = keras.saving.load_model(wine_run.directory / "../whole.keras")
    data = recipes.data.load("wine").validation
    truth = np.eye(3, dtype="float32")[data.labels]
    found = model.evaluate(data.read(), truth, verbose=0, return_dict=True)
    for name in NAMES:
        assert found[name] == pytest.approx(wine_run.history[f"val_{name}"][-1])


def test_the_environment_holds_the_metrics(wine_run):
    path = wine_run.directory / "environment.json"
    assert json.loads(path.read_text())["metrics"][1] == {
        "part": "top_k_accuracy",
        "config": {"k": 2},
    }
