"""What the library costs: recipe.fit against a hand-written Keras script.

The same network, data, batch size, epochs, validation and optimizer, in one
process, the two in turn. Each is timed from the beginning of an epoch to its
end, validation included; the first epoch, which compiles, is its own column.

    python benchmarks/overhead.py [--repeats 5] [--epochs 12]

KERAS_BACKEND=jax runs it on JAX. The hand-written script also runs with
`steps_per_execution` set by hand, to show where the gain comes from.
"""

import argparse
import os
import statistics
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from rich.console import Console
from rich.table import Table

import recipes
from recipes.training.plan import load_for

layers = keras.layers


class EpochTimer(keras.callbacks.Callback):
    """Seconds of every epoch."""

    def on_train_begin(self, logs=None):
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.began = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.began)


def normalized(x, units):
    x = layers.BatchNormalization(momentum=0.944)(units(x))
    return layers.ReLU()(x)


def digits_cnn(data):
    """The network of image_classifier, by hand."""
    x = data.train.read() / 255
    inputs = keras.Input((8, 8, 1))
    h = layers.Resizing(16, 16)(layers.Rescaling(1 / 255)(inputs))
    h = layers.Normalization(mean=x.mean(), variance=x.var())(h)
    for filters, depth in ((32, 2), (64, 2), (128, 1)):
        if filters > 32:
            h = layers.MaxPooling2D()(h)
        for _ in range(depth):
            convolution = layers.Conv2D(
                filters,
                3,
                padding="same",
                use_bias=False,
                kernel_initializer="he_normal",
            )
            h = normalized(h, convolution)
        h = layers.Dropout(0.1)(h)
    outputs = layers.Dense(10)(layers.GlobalAveragePooling2D()(h))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return keras.Model(inputs, outputs), loss, "accuracy"


def small_mlp(data):
    """The network of tabular_classifier, by hand."""
    x = data.train.read()
    inputs = keras.Input(x.shape[1:])
    h = layers.Normalization(mean=x.mean(0), variance=x.var(0))(inputs)
    for _ in range(2):
        dense = layers.Dense(64, use_bias=False, kernel_initializer="he_normal")
        h = layers.Dropout(0.1)(normalized(h, dense))
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    metric = keras.metrics.BinaryAccuracy(threshold=0.0)
    return keras.Model(inputs, layers.Dense(1)(h)), loss, metric


def by_hand(build, recipe, data, steps_per_execution=1):
    """Run what a careful user writes, and return the epochs' seconds."""
    steps = len(data.train) // recipe.batch_size
    rows = steps * recipe.batch_size
    model, loss, metric = build(data)
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0,
        steps * recipe.epochs,
        warmup_target=3e-3,
        warmup_steps=2 * steps,
    )
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=1e-3)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    model.compile(
        optimizer,
        loss,
        metrics=[metric],
        steps_per_execution=steps_per_execution,
    )
    timer = EpochTimer()
    labels = [split.labels for split in data.splits]
    if model.output_shape[-1] == 1:
        labels = [y[:, None] for y in labels]
    model.fit(
        data.train.read()[:rows],
        labels[0][:rows],
        batch_size=recipe.batch_size,
        epochs=recipe.epochs,
        validation_data=(data.validation.read(), labels[1]),
        validation_batch_size=len(data.validation),
        verbose=0,
        callbacks=[timer],
    )
    return timer.seconds


def by_recipe(recipe, data):
    """Run recipe.fit, and return the epochs' seconds."""
    timer = EpochTimer()
    with tempfile.TemporaryDirectory() as folder:
        recipe.fit(
            data, directory=f"{folder}/run", verbose=False, callbacks=[timer]
        )
    return timer.seconds


def spread(values, unit=1e3, digits=1):
    low, middle, high = (
        f"{f(values) * unit:.{digits}f}" for f in (min, statistics.median, max)
    )
    return f"{middle} ({low} to {high})"


def compare(name, recipe, spec, build, repeats):
    """Return the rows of one network."""
    data = load_for(recipe, spec)
    steps = len(data.train) // recipe.batch_size
    runners = {
        "by hand": lambda: by_hand(build, recipe, data),
        "by hand, tuned": lambda: by_hand(build, recipe, data, steps),
        "recipe.fit": lambda: by_recipe(recipe, data),
    }
    seconds = {label: [] for label in runners}
    for _ in range(repeats):
        for label, run in runners.items():
            seconds[label].append(run())
    base = [statistics.median(s[1:]) for s in seconds["by hand"]]
    for label, found in seconds.items():
        typical = [statistics.median(s[1:]) for s in found]
        ratios = [a / b for a, b in zip(typical, base, strict=True)]
        first = [s[0] for s in found]
        yield (
            name,
            label,
            spread(typical),
            spread(ratios, 1, 2),
            spread(first),
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=12)
    options = parser.parse_args()
    table = Table(
        title=f"{keras.backend.backend()}: median (least to most) of "
        f"{options.repeats} repeats of {options.epochs} epochs"
    )
    for heading in (
        "network",
        "script",
        "ms per epoch",
        "ratio to by hand",
        "ms of the first epoch",
    ):
        table.add_column(heading)
    image = recipes.image_classifier(epochs=options.epochs)
    tabular = recipes.tabular_classifier(
        epochs=options.epochs, early_stopping=None
    )
    for row in (
        *compare("digits CNN", image, "digits", digits_cnn, options.repeats),
        *compare(
            "small MLP", tabular, "breast_cancer", small_mlp, options.repeats
        ),
    ):
        table.add_row(*row)
    Console(width=110).print(table)


if __name__ == "__main__":
    np.set_printoptions(precision=3)
    main()
