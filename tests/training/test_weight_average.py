"""A moving average of the weights in a run."""

import keras
import numpy as np
import pytest

import recipes
from recipes import Part, RecipeError
from recipes.techniques.weight_average import exponential_moving_average

pytestmark = pytest.mark.both_backends

AVERAGE = Part("exponential_moving_average", momentum=0.8)


def recipe_with(**fields):
    return recipes.tabular_classifier(
        **{
            "network": Part("mlp", units=(8,)),
            "optimizer": Part("sgd", learning_rate=0.05, momentum=0.9),
            "schedule": "constant",
            "normalization": None,
            "regularization": "none",
            "batch_size": 16,
            "epochs": 6,
            **fields,
        }
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"early_stopping": None},
        {"early_stopping": Part("early_stopping", patience=1)},
        {
            "early_stopping": Part(
                "early_stopping", patience=1, restore_best_weights=False
            ),
            "optimizer": Part(
                "adamw", learning_rate=0.02, gradient_accumulation_steps=2
            ),
        },
        {"dtype_policy": "mixed_float16"},
    ],
    ids=["last epoch", "best", "stopped, accumulating", "float16"],
)
def test_the_score_is_of_the_file_that_is_saved(fields, tmp_path):
    recipe = recipe_with(weight_average=AVERAGE, **fields)
    run = recipe.fit("wine", directory=tmp_path / "a", verbose=False)
    kept = run.metrics["model_epoch"] - 1
    half = "dtype_policy" in fields
    for name in ("loss", "accuracy"):
        assert run.history[f"val_{name}"][kept] == pytest.approx(
            run.metrics[f"validation_{name}"], rel=0.02 if half else 1e-3
        )
    loaded = recipes.load_run(tmp_path / "a").model
    data = recipes.data.load("wine")
    x, y = data.test.read(), data.test.labels
    loss, accuracy = loaded.evaluate(x, y, verbose=0)[:2]
    assert loss == pytest.approx(run.metrics["test_loss"], rel=1e-4)
    assert accuracy == pytest.approx(run.metrics["test_accuracy"])


class Raw(keras.callbacks.Callback):
    """The weights of every batch."""

    def on_train_begin(self, logs=None):
        self.found = []

    def on_train_batch_end(self, batch, logs=None):
        if hasattr(self.model, "jax_state_sync"):
            self.model.jax_state_sync()
        self.found.append(self.model.get_weights())


@pytest.mark.parametrize("average", [AVERAGE, None], ids=str)
def test_the_saved_weights_are_the_average_of_all_batches(average, tmp_path):
    raw = Raw()
    recipe = recipe_with(weight_average=average, early_stopping=None, epochs=3)
    run = recipe.fit(
        "wine", directory=tmp_path / "a", callbacks=[raw], verbose=False
    )
    expected = [w.astype("float64") for w in raw.found[0]]
    for weights in raw.found[1:]:
        for i, w in enumerate(weights):
            expected[i] = 0.8 * expected[i] + 0.2 * w
    saved = recipes.load_run(run.directory).model.get_weights()
    assert len(raw.found) == 3 * run.environment["steps_per_epoch"]
    wrong = 0.0
    for variable, w in zip(saved, expected, strict=True):
        wrong = max(wrong, abs(variable - w).max())
    assert wrong < 1e-5 if average else wrong > 0.01


@pytest.mark.parametrize("momentum", [1, 1.0, -0.1, True, False, None, "0.9"])
def test_bad_momentum(momentum):
    with pytest.raises(ValueError, match="`momentum` must be at least 0"):
        exponential_moving_average(momentum)


def test_a_bad_momentum_is_refused_as_it_is_set():
    with pytest.raises(RecipeError, match="momentum.*Received: 2"):
        recipe_with(
            weight_average=Part("exponential_moving_average", momentum=2)
        )


@pytest.mark.slow
def test_training_goes_on_from_the_raw_weights(tmp_path):
    """The training loss is the same with and without an average."""
    losses = []
    for name, average in (("a", AVERAGE), ("b", None)):
        recipe = recipe_with(weight_average=average, early_stopping=None)
        run = recipe.fit("wine", directory=tmp_path / name, verbose=False)
        losses.append(run.history)
    np.testing.assert_allclose(losses[0]["loss"], losses[1]["loss"], 1e-4)
    assert losses[0]["val_loss"] != losses[1]["val_loss"]
