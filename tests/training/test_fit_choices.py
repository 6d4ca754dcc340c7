"""What the fields of a recipe change in a fit."""

import keras
import numpy as np
import pytest
from PIL import Image

import recipes
from recipes import Part
from recipes.errors import DataError, RunError

pytestmark = [pytest.mark.both_backends, pytest.mark.by_hand_on_jax]


class Steps(keras.callbacks.Callback):
    """A user's callback with a hook on the step."""

    def on_train_begin(self, logs=None):
        self.seen = []

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append(batch)


def test_early_stopping_restores_the_best_weights(tmp_path):
    recipe = recipes.tabular_classifier(
        early_stopping=Part("early_stopping", patience=1),
        optimizer=Part("sgd", learning_rate=3.0, momentum=0.9),
        schedule="constant",
        normalization=None,
        epochs=12,
    )
    run = recipe.fit("wine", directory=tmp_path / "a", verbose=False)
    kept = run.metrics["validation_accuracy"]
    best = np.argmin(run.history["val_loss"])
    assert run.history["val_accuracy"][best] == pytest.approx(kept)
    assert run.metrics["best_epoch"] == best + 1
    assert run.metrics["epochs"] == len(run.history["loss"]) < 12


def test_plateau_lowers_the_rate(tmp_path):
    recipe = recipes.tabular_classifier(
        schedule=Part("reduce_on_plateau", patience=0, min_delta=10.0),
        early_stopping=None,
        epochs=3,
    )
    run = recipe.fit("iris", directory=tmp_path / "a", verbose=False)
    rates = run.history["learning_rate"]
    assert rates[-1] < rates[0]


def test_the_schedule_ends_where_the_run_ends(digits_run):
    rates = digits_run.history["learning_rate"]
    assert rates[-1] == pytest.approx(0.0, abs=1e-6)
    assert max(rates) <= 3e-3 + 1e-9


def test_a_users_callback_sees_every_step(tiny_recipe, tiny_images, tmp_path):
    watcher = Steps()
    recipe = tiny_recipe.replace(epochs=1, batch_size=16)
    run = recipe.fit(
        tiny_images,
        directory=tmp_path / "a",
        callbacks=[watcher],
        verbose=False,
    )
    steps = run.environment["steps_per_epoch"]
    assert run.environment["steps_per_execution"] == 1
    assert len(watcher.seen) == steps == 97 // 16


def test_a_diverged_run_says_so_and_is_not_finished(tmp_path):
    recipe = recipes.tabular_regressor(
        optimizer=Part("sgd", learning_rate=1e20),
        schedule="constant",
        normalization=None,
        activation="relu",
        early_stopping=None,
        epochs=3,
    )
    with pytest.raises(RunError, match="diverged.*learning_rate"):
        recipe.fit("diabetes", directory=tmp_path / "a", verbose=False)
    assert not (tmp_path / "a" / "metrics.json").exists()
    recipe = recipe.replace(optimizer="adamw")
    given = {"directory": tmp_path / "a", "verbose": False}
    with pytest.raises(RunError, match="begin anew with overwrite=True"):
        recipe.fit("diabetes", **given)
    recipe.fit("diabetes", **given, overwrite=True)
    assert not (tmp_path / "a" / "divergence.json").exists()


@pytest.mark.slow
def test_uint8_and_unit_floats_give_the_same_training(
    tiny_recipe, tiny_images, tmp_path
):
    x, y = tiny_images
    recipe = tiny_recipe.replace(epochs=2)
    pictures = (x, x.astype("float32"), x / 255)
    runs = [
        recipe.fit((a, y), directory=tmp_path / str(i), verbose=False)
        for i, a in enumerate(pictures)
    ]
    for run in runs[1:]:
        np.testing.assert_allclose(
            run.history["loss"], runs[0].history["loss"], rtol=1e-3
        )
    same = [
        run.model.predict(a[:9].astype("float32"), verbose=0)
        for run, a in zip(runs, pictures, strict=True)
    ]
    for outputs in same[1:]:
        np.testing.assert_allclose(outputs, same[0], atol=1e-3)


@pytest.mark.slow
def test_tensorboard_logs_are_written_on_request(tmp_path):
    recipe = recipes.tabular_classifier(epochs=2)
    run = recipe.fit(
        "iris", directory=tmp_path / "a", tensorboard=True, verbose=False
    )
    logs = run.directory / "tensorboard"
    found = {path.parent.name for path in logs.rglob("events.*")}
    assert found == {"train", "validation"}
    assert b"epoch_loss" in next((logs / "train").iterdir()).read_bytes()


@pytest.mark.slow
def test_default_folders_do_not_collide(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    recipe = recipes.tabular_classifier(epochs=1)
    first, second = (recipe.fit("iris", verbose=False) for _ in range(2))
    assert first.directory.name == "tabular_classifier-iris-1"
    assert second.directory.name == "tabular_classifier-iris-2"


@pytest.mark.slow
@pytest.mark.parametrize("targets", [1, 3])
def test_regressors_predict_in_their_own_units(tmp_path, targets):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 4)).astype("float32")
    y = 1000 + 100 * x[:, :targets]
    run = recipes.tabular_regressor(epochs=15).fit(
        (x, y), directory=tmp_path / "a", verbose=False
    )
    assert run.model.predict(x, verbose=0).shape == (200, targets)
    assert abs(run.model.predict(x, verbose=0).mean() - 1000) < 50
    assert run.metrics["test_mae"] < 60


def test_the_fit_leaves_the_callers_random_state_alone(tmp_path):
    np.random.seed(7)
    expected = np.random.random()
    np.random.seed(7)
    recipes.tabular_classifier(epochs=1).fit(
        "iris", directory=tmp_path / "a", verbose=False
    )
    assert np.random.random() == expected


@pytest.mark.parametrize("role", ["train", "validation"])
def test_a_file_that_vanishes_in_mid_run_is_named(
    tiny_recipe, tmp_path, monkeypatch, role
):
    monkeypatch.setattr("recipes.data.folder.IN_MEMORY", 0)
    for name in ("a", "b"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for i in range(20):
            picture = Image.new("L", (16, 16), 10 * i)
            picture.save(tmp_path / "photos" / name / f"{i:02}.png")
    data = recipes.data.load(f"folder:{tmp_path / 'photos'}")
    split = getattr(data, role)

    class Vanishing(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 1:
                for row in split.rows:
                    split.source.paths[row].unlink(missing_ok=True)

    recipe = tiny_recipe.replace(batch_size=4, epochs=20)
    with pytest.raises(DataError, match=r"photos/[ab]/\d\d\.png"):
        recipe.fit(
            data,
            directory=tmp_path / "r",
            callbacks=[Vanishing()],
            verbose=False,
        )
