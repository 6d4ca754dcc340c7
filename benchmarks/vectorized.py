"""Seconds per trial: plain Keras Tuner, and many trials as one on JAX.

The space is that of a dense network on digits: rates of dropout, learning
rates and weight decays, by random search. Run it on each backend, one after
the other on an idle machine:

    KERAS_BACKEND=jax python benchmarks/vectorized.py
    KERAS_BACKEND=tensorflow python benchmarks/vectorized.py

On TensorFlow there is plain Keras Tuner alone. All is counted but imports:
data, plans, compilation, scores and files.
"""

import argparse
import tempfile
import time
from pathlib import Path

import keras
import keras_tuner

import recipes
from recipes import Float, Part

UNITS, EPOCHS, BATCH = (64, 64, 64, 64), 10, 64


def space(task="mlp"):
    """Return the recipe with ranges: a dense network, or a head."""
    searched = {
        "dropout": Float(0.05, 0.5),
        "optimizer": Part(
            "adamw",
            learning_rate=Float(1e-4, 1e-1, sampling="log"),
            weight_decay=Float(1e-6, 1e-2, sampling="log"),
        ),
        "epochs": EPOCHS,
        "batch_size": BATCH,
    }
    if task == "head":
        return recipes.image_fine_tuner(
            "glyphnet", strategy="frozen", **searched
        )
    network = Part("mlp", units=UNITS)
    return recipes.image_classifier(network=network, **searched)


def ours(trials, vectorize=True, task="mlp"):
    """Return seconds per trial of a sweep, and the best score."""
    with tempfile.TemporaryDirectory() as place:
        began = time.perf_counter()
        sweep = space(task).sweep(
            "digits",
            max_trials=trials,
            directory=Path(place) / "sweep",
            vectorize=vectorize,
            verbose=False,
        )
        return (time.perf_counter() - began) / trials, sweep.best_trial["score"]


def plain(trials):
    """Return seconds per trial of plain Keras Tuner, and the best score.

    The network, its batches and its numbers are those of `space("mlp")`.
    """
    data = recipes.data.load("digits")
    train, held = (
        (split.read().astype("float32"), split.labels)
        for split in (data.train, data.validation)
    )
    layers = keras.layers

    def build(hp):
        rate = hp.Float("dropout", 0.05, 0.5)
        scaling = layers.Rescaling(1 / 8, offset=-1)
        model = keras.Sequential([keras.Input(train[0].shape[1:]), scaling])
        model.add(layers.Flatten())
        for units in UNITS:
            model.add(layers.Dense(units, kernel_initializer="he_normal"))
            model.add(layers.BatchNormalization())
            model.add(layers.Activation("relu"))
            model.add(layers.Dropout(rate))
        model.add(layers.Dense(10))
        peak = hp.Float("learning_rate", 1e-4, 1e-1, sampling="log")
        decay = hp.Float("weight_decay", 1e-6, 1e-2, sampling="log")
        steps = EPOCHS * len(train[0]) // BATCH
        schedule = keras.optimizers.schedules.CosineDecay(
            peak / 9, steps - 9, warmup_target=peak, warmup_steps=9
        )
        model.compile(
            keras.optimizers.AdamW(schedule, weight_decay=decay),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )
        return model

    with tempfile.TemporaryDirectory() as place:
        began = time.perf_counter()
        tuner = keras_tuner.RandomSearch(
            build, "val_loss", trials, seed=1, directory=place
        )
        given = {"epochs": EPOCHS, "batch_size": BATCH, "verbose": 0}
        tuner.search(*train, validation_data=held, **given)
        seconds = (time.perf_counter() - began) / trials
        best = tuner.oracle.get_best_trials()[0].score
    return seconds, best


def main():
    """Print a line for each way."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=64)
    parser.add_argument("--plain-trials", type=int, default=4)
    given = parser.parse_args()
    backend = keras.backend.backend()

    def row(name, trials, found):
        seconds, score = found
        print(
            f"{backend:10}  {name:34}  {trials:3} trials  "
            f"{seconds:7.3f} s per trial  best validation loss {score:.4f}",
            flush=True,
        )
        return seconds

    few = given.plain_trials
    alone = row("plain Keras Tuner, mlp", few, plain(few))
    if backend == "jax":
        count = given.trials
        together = row("many trials as one, mlp", count, ours(count))
        print(f"mlp: {together / alone:.3f} of plain Keras Tuner's seconds")
        row("many trials as one, head", count, ours(count, task="head"))
        row("one by one, mlp", few, ours(few, vectorize=False))


if __name__ == "__main__":
    main()
