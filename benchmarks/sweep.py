"""A sweep's seconds per trial, beside plain Keras Tuner's, in one run.

Three spaces of numbers (learning rate, weight decay, dropout), each searched
at random by both: the same network, data, batches, epochs and seed, in turn,
in one process each.

- mlp: four layers of 64 on digits, 10 epochs.
- cnn: `image_classifier`'s own network on digits, 3 epochs.
- head: a linear head on the frozen glyphnet, on digits, 5 epochs. Plain Keras
  Tuner sends every image through the backbone in every epoch; a second row
  gives it the features as arrays.

    python benchmarks/sweep.py [--spaces mlp cnn head] [--trials 5]
        [--repeats 3] [--backend tensorflow]

With `--backend jax` a row more trains many trials as one.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
if "--backend" in sys.argv:
    os.environ["KERAS_BACKEND"] = sys.argv[sys.argv.index("--backend") + 1]

import keras
import keras_tuner
import numpy as np
from rich.console import Console
from rich.table import Table

import recipes
from recipes import Float, Part

RATE, DECAY, DROPOUT = (1e-4, 1e-1), (1e-6, 1e-2), (0.05, 0.5)
FILTERS = ((32, 32), (64, 64), (128,))
EPOCHS = {"mlp": 10, "cnn": 3, "head": 5}
GOALS = {"mlp": 0.5, "cnn": 0.8, "head": 0.1, "head, features given": 0.1}


def recipe_of(space):
    """Return the recipe with its ranges."""
    fields = {
        "epochs": EPOCHS[space],
        "batch_size": 64,
        "dropout": Float(*DROPOUT),
        "optimizer": Part(
            "adamw",
            learning_rate=Float(*RATE, sampling="log"),
            weight_decay=Float(*DECAY, sampling="log"),
        ),
    }
    if space == "head":
        return recipes.image_fine_tuner(
            "glyphnet", strategy="frozen", early_stopping=None, **fields
        )
    if space == "mlp":
        fields["network"] = Part("mlp", units=(64, 64, 64, 64))
    return recipes.image_classifier(early_stopping=None, **fields)


def ours(space, trials, **given):
    """Return the seconds per trial of a sweep, and of its later trials."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        found = recipe_of(space).sweep(
            "digits",
            max_trials=trials,
            directory=f"{folder}/sweep",
            seed=0,
            verbose=False,
            **given,
        )
        seconds = time.perf_counter() - began
        later = [trial["seconds"] for trial in found.trials[1:]]
    return seconds / trials, statistics.median(later)


def plain(space, trials, data):
    """Return the same of Keras Tuner, used as its guide says."""
    (x, y), validation = data
    ended = []

    class Times(keras.callbacks.Callback):
        def on_train_end(self, logs=None):
            ended.append(time.perf_counter())

    def build(hp):
        model = network(space, x, hp.Float("dropout", *DROPOUT))
        model.compile(
            keras.optimizers.AdamW(
                hp.Float("learning_rate", *RATE, sampling="log"),
                weight_decay=hp.Float("weight_decay", *DECAY, sampling="log"),
            ),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )
        return model

    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        tuner = keras_tuner.RandomSearch(
            build,
            "val_loss",
            max_trials=trials,
            seed=1,
            directory=folder,
            project_name="plain",
        )
        tuner.search(
            x,
            y,
            batch_size=64,
            epochs=EPOCHS[space.split(",")[0]],
            validation_data=validation,
            callbacks=[Times()],
            verbose=0,
        )
    seconds = time.perf_counter() - began
    return seconds / trials, statistics.median(np.diff(ended))


def network(space, x, dropout):
    """Return the network of a space, as a user would write it."""
    layers = [keras.Input(x.shape[1:])]
    if space == "mlp":
        layers.append(keras.layers.Flatten())
        for _ in range(4):
            layers += [
                keras.layers.Dense(64, "relu", kernel_initializer="he_normal"),
                keras.layers.Dropout(dropout),
            ]
    elif space == "cnn":
        layers.append(keras.layers.Resizing(*cnn_size()))
        for stage, widths in enumerate(FILTERS):
            if stage:
                layers.append(keras.layers.MaxPooling2D())
            for width in widths:
                layers += [
                    keras.layers.Conv2D(width, 3, padding="same"),
                    keras.layers.BatchNormalization(),
                    keras.layers.ReLU(),
                ]
            layers.append(keras.layers.Dropout(dropout))
        layers.append(keras.layers.GlobalAveragePooling2D())
    else:
        if space == "head":
            layers += frozen()
        layers += [
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(dropout),
        ]
    return keras.Sequential([*layers, keras.layers.Dense(10)])


def cnn_size():
    """Return the size that the recipe's network sees."""
    from recipes.training.plan import load_for
    from recipes.training.settled import settle

    recipe = recipe_of("cnn").replace(dropout=0.1, optimizer=Part("adamw"))
    return settle(recipe, load_for(recipe, "digits")).recipe.image_size


def frozen():
    """Return the backbone's layers, which stay as they are."""
    from recipes.backbones.glyphnet import glyphnet

    found = glyphnet(input_shape=(32, 32, 1))
    found.model.trainable = False
    pooled = keras.layers.GlobalAveragePooling2D()(found.model.output)
    largest = keras.layers.GlobalMaxPooling2D()(found.model.output)
    both = keras.layers.Concatenate()([pooled, largest])
    body = keras.Model(found.model.input, both)
    body.trainable = False
    return [
        keras.layers.Rescaling(255.0),
        keras.layers.Resizing(32, 32),
        *found.preprocessing,
        body,
    ]


def arrays(space):
    """Return the splits as plain Keras takes them."""
    data = recipes.data.load("digits")
    found = []
    for split in (data.train, data.validation):
        x = split.read().astype("float32") * data.value_scale
        found.append((x if space == "head" else standard(x, data), None))
        found[-1] = (found[-1][0], split.labels)
    if space != "head, features given":
        return found
    (x, y), (xv, yv) = found
    body = keras.Sequential([keras.Input(x.shape[1:]), *frozen()])
    size = {"batch_size": 256, "verbose": 0}
    return [(body.predict(x, **size), y), (body.predict(xv, **size), yv)]


def standard(x, data):
    """Return standardized pixels."""
    train = data.train.read() * data.value_scale
    return (x - train.mean()) / train.std()


def vectorized():
    """Return the arguments that train many trials as one, or None."""
    if keras.backend.backend() != "jax":
        return None
    try:
        from recipes.tuning import vectorized
    except ImportError:
        return None
    return getattr(vectorized, "SWEEP", {"vectorized": True})


def rows(space):
    """Yield (name of a row, its run, the plain run that it is compared to)."""
    data = arrays(space)
    yield space, lambda n: ours(space, n), lambda n: plain(space, n, data)
    if space == "head":
        key = "head, features given"
        given = arrays(key)
        yield key, lambda n: ours(space, n), lambda n: plain(key, n, given)
    together = vectorized()
    if together and space != "cnn":
        yield (
            f"{space}, vectorized",
            lambda n: ours(space, n, **together),
            lambda n: plain(space, n, data),
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--spaces", nargs="+", default=list(EPOCHS))
    parser.add_argument("--trials", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--backend", default=None)
    options = parser.parse_args()
    table = Table(
        f"{options.trials} trials, {keras.backend.backend()}",
        "plain, s a trial",
        "sweep, s a trial",
        "ratio",
        "of later trials",
        "goal",
    )
    for space in options.spaces:
        for name, run, other in rows(space):
            found = [
                (other(options.trials), run(options.trials))
                for _ in range(options.repeats)
            ]
            theirs, mine = zip(*found, strict=True)
            table.add_row(
                name,
                spread(one[0] for one in theirs),
                spread(one[0] for one in mine),
                spread(b[0] / a[0] for a, b in found),
                spread(b[1] / a[1] for a, b in found),
                str(GOALS.get(name, 0.1)),
            )
            Console(width=100).print(table)


def spread(values):
    """Write the median, and the least and the most."""
    values = sorted(values)
    middle = statistics.median(values)
    return f"{middle:.2f} ({values[0]:.2f} to {values[-1]:.2f})"


if __name__ == "__main__":
    main()
