"""What is scored, saved, exported and loaded is one set of weights.

Of the epoch that the run says: proved by the weights themselves, as a callback
saw them at the end of each epoch, over averages, early stopping, and a resume
before and after the best epoch.
"""

import json
import os
import signal
import subprocess
import sys

import keras
import numpy as np
import pytest

import recipes
from recipes import Part, RecipeError
from recipes.training import saving

pytestmark = pytest.mark.both_backends

AVERAGE = Part("exponential_moving_average", momentum=0.8)
RESTORING = Part("early_stopping", patience=2)
STOPPING = Part("early_stopping", patience=2, restore_best_weights=False)
METRICS = ["accuracy", "f1", "auc"]
SCORES = ("loss", *METRICS)


def recipe_with(**fields):
    return recipes.tabular_classifier(
        **{
            "network": Part("mlp", units=(8,)),
            "optimizer": Part("sgd", learning_rate=0.3, momentum=0.9),
            "schedule": "constant",
            "normalization": "batch_normalization",
            "regularization": "none",
            "batch_size": 16,
            "epochs": 8,
            "metrics": METRICS,
            **fields,
        }
    )


class Seen(keras.callbacks.Callback):
    """The weights of every epoch's end; Ctrl-C comes at that of one."""

    def __init__(self, weights=None, cut=None):
        super().__init__()
        self.weights = {} if weights is None else weights
        self.cut = cut

    def on_epoch_end(self, epoch, logs=None):
        self.weights[epoch + 1] = self.model.get_weights()
        if epoch + 1 == self.cut:
            signal.raise_signal(signal.SIGINT)


class Raw(keras.callbacks.Callback):
    """The raw weights of the last step."""

    def on_train_batch_end(self, batch, logs=None):
        if hasattr(self.model, "jax_state_sync"):
            self.model.jax_state_sync()
        self.weights = self.model.get_weights()


def fitted(recipe, directory, cut=None, data="wine"):
    """Fit, once more after a Ctrl-C at the end of an epoch."""
    seen = Seen(cut=cut)
    how = {"directory": directory, "verbose": False}
    if cut is not None:
        with pytest.raises(KeyboardInterrupt):
            recipe.fit(data, callbacks=[seen], **how)
        assert max(seen.weights) == cut
    later = Seen({})
    run = recipe.fit(data, callbacks=[later], **how)
    assert cut is None or min(later.weights, default=cut + 1) == cut + 1
    return run, {**seen.weights, **later.weights}


def equal(model, weights, but=()):
    """Whether a model has the weights, bit for bit."""
    return all(
        weight.name in but or np.array_equal(ours, theirs)
        for weight, ours, theirs in zip(
            model.weights, model.get_weights(), weights, strict=True
        )
    )


def check_one_set(run, data="wine"):
    """The file, opened again, gives each number and output exactly."""
    loaded = recipes.load_run(run.directory)
    for split in ("validation", "test"):
        found = loaded.evaluate(data, split)
        for name in SCORES:
            assert found[name] == run.metrics[f"{split}_{name}"], name
    assert loaded.metrics == run.metrics
    test = recipes.data.load("wine").test if data == "wine" else None
    x = data[0] if test is None else test.read()
    outputs = [each.model.predict(x, verbose=0) for each in (run, loaded)]
    assert outputs[0].tobytes() == outputs[1].tobytes()
    assert equal(loaded.model, run.model.get_weights())
    if test is None:
        return
    # By Keras' own evaluation, which adds up batches in another way.
    by_keras = loaded.model.evaluate(x, test.labels, verbose=0)
    np.testing.assert_allclose(
        by_keras[:2],
        [run.metrics["test_loss"], run.metrics["test_accuracy"]],
        atol=1e-6,
    )


def check_epoch(run, weights, stopping):
    """The weights are those of the epoch that the run says."""
    kept, precise = run.metrics["model_epoch"], ()
    if run.recipe.precise_batch_normalization:
        precise = ("moving_mean", "moving_variance")
    else:
        was = run.history["val_loss"][kept - 1]
        assert was == pytest.approx(run.metrics["validation_loss"], abs=1e-6)
    loaded = recipes.load_run(run.directory).model
    assert equal(loaded, weights[kept], precise)
    # And of no other.
    others = [e for e in weights if e != kept]
    assert not any(equal(loaded, weights[e], precise) for e in others)
    restores = stopping == RESTORING
    best = int(np.argmin(run.history["val_loss"])) + 1
    assert kept == (best if restores else run.metrics["epochs"])
    assert run.metrics["best_epoch"] == best


@pytest.fixture(scope="module")
def averaged(tmp_path_factory):
    """A run with averages that stops early: (run, its weights)."""
    recipe = recipe_with(weight_average=AVERAGE, early_stopping=RESTORING)
    return fitted(recipe, tmp_path_factory.mktemp("runs") / "averaged")


def test_averages_that_are_restored(averaged):
    run, weights = averaged
    assert run.metrics["model_epoch"] < run.metrics["epochs"] < 8
    check_one_set(run)
    check_epoch(run, weights, RESTORING)


@pytest.mark.slow
def test_gone_on_with_after_the_best_epoch(averaged, tmp_path):
    straight, _ = averaged
    run, weights = fitted(
        straight.recipe, tmp_path / "a", straight.metrics["model_epoch"] + 1
    )
    check_one_set(run)
    check_epoch(run, weights, RESTORING)
    assert equal(run.model, straight.model.get_weights())


def test_raw_weights_in_place_of_the_averages_are_found(
    averaged, tmp_path, monkeypatch
):
    """The negative control: another set is saved than is scored."""
    straight, _ = averaged
    save, raw, seen = saving.save_model, Raw(), Seen()

    def save_raw(model, path):
        scored = model.get_weights()
        model.set_weights(raw.weights)
        save(model, path)
        model.set_weights(scored)

    monkeypatch.setattr(saving, "save_model", save_raw)
    recipe = straight.recipe.replace(epochs=1)
    how = {
        "directory": tmp_path / "a",
        "callbacks": [raw, seen],
        "verbose": False,
    }
    run = recipe.fit("wine", **how)
    with pytest.raises(AssertionError, match="loss"):
        check_one_set(run)
    with pytest.raises(AssertionError, match="equal"):
        check_epoch(run, seen.weights, RESTORING)
    assert equal(run.model, seen.weights[1])


@pytest.mark.by_hand_on_jax
@pytest.mark.slow
@pytest.mark.parametrize(
    "average, precise",
    [(None, False), (AVERAGE, False), (AVERAGE, True)],
    ids=["raw", "averages", "precise"],
)
@pytest.mark.parametrize(
    "stopping", [None, RESTORING, STOPPING], ids=["all", "best", "stopped"]
)
def test_every_combination(average, stopping, precise, tmp_path):
    recipe = recipe_with(
        weight_average=average,
        early_stopping=stopping,
        precise_batch_normalization=precise,
    )
    straight, weights = fitted(recipe, tmp_path / "straight")
    check_one_set(straight)
    check_epoch(straight, weights, stopping)
    best, last = (straight.metrics[n] for n in ("best_epoch", "epochs"))
    # Before the best, and after it, when nothing is left to train.
    for cut in {max(1, best - 1), last}:
        run, weights = fitted(recipe, tmp_path / str(cut), cut)
        check_one_set(run)
        check_epoch(run, weights, stopping)
        assert equal(run.model, straight.model.get_weights())
        for name, value in straight.metrics.items():
            assert name == "seconds" or run.metrics[name] == value


@pytest.mark.by_hand_on_jax
@pytest.mark.slow
def test_what_the_loss_is_made_of_is_of_no_matter(tmp_path):
    recipe = recipe_with(
        weight_average=AVERAGE,
        early_stopping=RESTORING,
        kernel_regularizer=Part("l2", l2=0.01),
        label_smoothing=0.1,
        class_weight="balanced",
        dropout=0.3,
        dtype_policy="mixed_float16",
    )
    run, _ = fitted(recipe, tmp_path / "a", 2)
    loaded = recipes.load_run(run.directory)
    for split in ("validation", "test"):
        found = loaded.evaluate("wine", split)
        for name in SCORES:
            assert found[name] == run.metrics[f"{split}_{name}"]


@pytest.mark.by_hand_on_jax
@pytest.mark.slow
def test_a_fresh_process_gives_the_numbers_exactly(averaged):
    run, _ = averaged
    command = [sys.executable, "-m", "recipes", "evaluate"]
    for split in ("validation", "test"):
        printed = subprocess.run(
            [*command, str(run.directory), "wine", "--split", split],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ},
        ).stdout
        found = json.loads(printed)
        for name in SCORES:
            assert found[name] == run.metrics[f"{split}_{name}"]


@pytest.mark.by_hand_on_jax
@pytest.mark.slow
def test_what_is_exported_are_the_same_weights(averaged, tmp_path):
    run, weights = averaged
    path = run.export(tmp_path / "served", verbose=0)
    import tensorflow as tf

    x = recipes.data.load("wine").test.read().astype("float32")
    found = tf.saved_model.load(str(path))  # its variables go with it
    served = found.serve(tf.constant(x)).numpy()
    loaded = recipes.load_run(run.directory).model
    expected = loaded.predict(x, verbose=0)
    np.testing.assert_allclose(served, expected, atol=1e-5)
    # The weights of the last epoch would be seen.
    loaded.set_weights(weights[run.metrics["epochs"]])
    assert abs(loaded.predict(x, verbose=0) - served).max() > 1e-3


@pytest.fixture
def stages():
    """A fine-tuning whose second stage spoils what the first has found."""
    return recipes.image_fine_tuner(
        "glyphnet",
        strategy=Part("gradual", stages=2, multiplier=1.0),
        optimizer=Part("sgd", learning_rate=0.3),
        schedule="constant",
        epochs=4,
        batch_size=16,
        regularization="none",
        early_stopping=Part("early_stopping", patience=3),
        metrics=METRICS,
    )


@pytest.mark.by_hand_on_jax
@pytest.mark.slow
def test_the_best_stage(stages, tiny_images, tmp_path):
    straight, weights = fitted(stages, tmp_path / "straight", data=tiny_images)
    assert straight.metrics["model_epoch"] <= 2
    check_one_set(straight, tiny_images)
    check_epoch(straight, weights, RESTORING)
    for cut in (1, 3, 4):  # before the best stage ends, in the other, after
        run, weights = fitted(stages, tmp_path / str(cut), cut, tiny_images)
        check_one_set(run, tiny_images)
        check_epoch(run, weights, RESTORING)
        assert equal(run.model, straight.model.get_weights())
        assert run.metrics["test_loss"] == straight.metrics["test_loss"]


def test_keras_own_swap_is_refused():
    swap = keras.callbacks.SwapEMAWeights()
    with pytest.raises(RecipeError, match="SwapEMAWeights.*weight_average"):
        recipe_with().fit("wine", callbacks=[swap])


@pytest.mark.by_hand_on_jax
@pytest.mark.slow
def test_an_optimizer_that_averages_by_itself(tmp_path):
    def averaging(learning_rate=0.3):
        return keras.optimizers.SGD(
            learning_rate, use_ema=True, ema_momentum=0.8
        )

    recipes.register("optimizer", "averaging", averaging)
    for stopping in (None, RESTORING):
        recipe = recipe_with(optimizer="averaging", early_stopping=stopping)
        run, weights = fitted(recipe, tmp_path / str(stopping))
        check_one_set(run)
        check_epoch(run, weights, stopping)
