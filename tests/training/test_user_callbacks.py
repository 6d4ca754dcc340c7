import keras
import numpy as np
import pytest

import recipes
from recipes import Part
from recipes.errors import RecipeError


@pytest.fixture(scope="module")
def recipe():
    return recipes.tabular_classifier(epochs=3, early_stopping=None)


class Logged(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        logs["epoch_squared"] = float(epoch**2)


@pytest.mark.slow
def test_what_a_users_callback_logs_is_kept(recipe, tmp_path):
    run = recipe.fit(
        "iris",
        directory=tmp_path / "a",
        callbacks=(c for c in [Logged()]),
        verbose=False,
    )
    assert run.history["epoch_squared"] == [0.0, 1.0, 4.0]
    again = recipes.load_run(tmp_path / "a")
    assert again.history["epoch_squared"] == [0.0, 1.0, 4.0]


def test_a_lambda_with_a_step_hook_sees_every_step(recipe, tmp_path):
    seen = []
    watcher = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: seen.append(batch)
    )
    run = recipe.fit(
        "iris", directory=tmp_path / "a", callbacks=[watcher], verbose=False
    )
    steps = run.environment["steps_per_epoch"]
    assert seen == list(range(steps)) * 3 and steps > 1


def test_a_users_early_stopping_needs_no_monitor(recipe, tmp_path):
    def patient(patience=2):
        return keras.callbacks.EarlyStopping(patience=patience)

    recipes.register("early_stopping", "patient", patient)
    run = recipe.replace(early_stopping="patient").fit(
        "iris", directory=tmp_path / "a", verbose=False
    )
    assert run.metrics["epochs"] == 3


def test_a_checkpoint_per_epoch_costs_no_speed(recipe, tmp_path):
    path = tmp_path / "best.keras"
    saver = keras.callbacks.ModelCheckpoint(path, save_best_only=True)
    run = recipe.fit(
        "iris", directory=tmp_path / "a", callbacks=[saver], verbose=False
    )
    assert path.exists()
    assert run.environment["steps_per_execution"] > 1


@pytest.mark.parametrize(
    "callbacks, words",
    [
        (print, "must be a list"),
        ([print], "must be a list"),
        (Logged(), "must be a list"),
        ([keras.callbacks.ReduceLROnPlateau()], "reduce_on_plateau"),
        (
            [keras.callbacks.LearningRateScheduler(lambda e: 0.1)],
            "schedule='constant'",
        ),
        (
            [keras.callbacks.BackupAndRestore("backup")],
            "BackupAndRestore.*go on exactly.*same directory",
        ),
        (
            [keras.callbacks.EarlyStopping(monitor="val_acuracy")],
            "Did you mean 'val_accuracy'",
        ),
    ],
)
def test_a_callback_that_cannot_work_is_refused_at_once(
    recipe, tmp_path, callbacks, words
):
    with pytest.raises(RecipeError, match=words):
        recipe.fit("iris", directory=tmp_path / "a", callbacks=callbacks)
    assert not (tmp_path / "a").exists()


@pytest.mark.slow
def test_a_users_plateau_works_with_a_constant_rate(recipe, tmp_path):
    plateau = keras.callbacks.ReduceLROnPlateau(patience=0, min_delta=10.0)
    run = recipe.replace(schedule="constant").fit(
        "iris", directory=tmp_path / "a", callbacks=[plateau], verbose=False
    )
    rates = run.history["learning_rate"]
    assert rates[-1] < rates[0]


def stopping(**options):
    return Part("early_stopping", patience=1, **options)


@pytest.mark.parametrize(
    "early_stopping",
    [
        None,
        stopping(),
        stopping(monitor="val_accuracy"),
        stopping(min_delta=0.05),
        stopping(restore_best_weights=False),
    ],
    ids=str,
)
def test_the_model_has_the_weights_of_the_epoch_that_is_said(
    early_stopping, tmp_path
):
    recipe = recipes.tabular_classifier(
        early_stopping=early_stopping,
        optimizer=Part("sgd", learning_rate=0.05, momentum=0.9),
        schedule="constant",
        normalization=None,
        regularization="none",
        epochs=8,
    )
    run = recipe.fit("wine", directory=tmp_path / "a", verbose=False)
    kept = run.metrics["model_epoch"] - 1
    for name in ("loss", "accuracy"):
        assert run.history[f"val_{name}"][kept] == pytest.approx(
            run.metrics[f"validation_{name}"], rel=1e-3, abs=1e-5
        )
    losses = run.history["val_loss"]
    if early_stopping is None:
        assert kept == len(losses) - 1
        assert run.metrics["best_epoch"] == int(np.argmin(losses)) + 1


def test_gradients_can_be_accumulated(recipe, tmp_path):
    part = Part("adamw", learning_rate=1e-3, gradient_accumulation_steps=2)
    run = recipe.replace(optimizer=part).fit(
        "iris", directory=tmp_path / "a", verbose=False
    )
    assert run.history["learning_rate"][-1] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("name", ["adam", "adamw", "sgd", "lion", "lamb"])
def test_decay_leaves_biases_and_norms_alone(name, tmp_path):
    """Without gradients (rate 0 for them) only decay would move a weight."""
    from recipes.training.optimizer import build_optimizer

    resolved = recipes.tabular_classifier(
        optimizer=Part(name, learning_rate=0.5, weight_decay=0.1),
        schedule="constant",
    ).resolve()
    optimizer = build_optimizer(resolved, 10)
    names = ("kernel", "bias", "gamma", "beta")
    variables = [keras.Variable(np.ones((2, 2)), name=n) for n in names]
    optimizer.build(variables)
    zeros = [keras.ops.zeros((2, 2)) for _ in variables]
    optimizer.apply(zeros, variables)
    found = [float(keras.ops.convert_to_numpy(v)[0, 0]) for v in variables]
    assert found[0] < 1.0
    assert found[1:] == [1.0, 1.0, 1.0]
