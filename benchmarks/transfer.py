"""A frozen backbone: epochs on features that were computed once.

`image_fine_tuner("MobileNetV2", strategy="frozen")` beside plain Keras, which
sends every image through the backbone in every epoch: 512 images of 96 × 96,
random weights, the same head, batches of 32.

    python benchmarks/transfer.py [--repeats 3] [--epochs 4]
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

SIDE, COUNT, CLASSES, BATCH = 96, 512, 5, 32


class Seconds(keras.callbacks.Callback):
    """Take down how long each epoch took."""

    uses_model = False

    def __init__(self):
        super().__init__()
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.began = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.began)


def ours(x, y, epochs):
    """Return the seconds of each epoch on features that are computed first."""
    recipe = recipes.image_fine_tuner(
        "MobileNetV2",
        weights=None,
        strategy="frozen",
        normalization_statistics="frozen",
        image_size=(SIDE, SIDE),
        epochs=epochs,
    )
    splits = {"train": (x, y), "validation": (x[:32], y[:32])}
    splits["test"] = splits["validation"]
    seconds = Seconds()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RECIPES_CACHE"] = f"{folder}/cache"
        recipe.fit(
            splits,
            directory=f"{folder}/run",
            callbacks=[seconds],
            verbose=False,
        )
    return seconds.seconds


def plain(x, y, epochs):
    """Return the seconds of each epoch of a frozen fit in plain Keras."""
    backbone = keras.applications.MobileNetV2(
        (SIDE, SIDE, 3), include_top=False, weights=None, pooling="avg"
    )
    backbone.trainable = False
    model = keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 3)),
            keras.layers.Rescaling(1 / 127.5, -1.0),
            backbone,
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(0.1),
            keras.layers.Dense(CLASSES),
        ]
    )
    model.compile(
        keras.optimizers.AdamW(3e-3),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    seconds = Seconds()
    model.fit(
        x,
        y,
        batch_size=BATCH,
        epochs=epochs,
        validation_data=(x[:32], y[:32]),
        callbacks=[seconds],
        verbose=0,
    )
    return seconds.seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=4)
    options = parser.parse_args()
    random = np.random.default_rng(0)
    x = random.integers(0, 256, (COUNT, SIDE, SIDE, 3), "uint8")
    y = random.integers(0, CLASSES, COUNT)
    table = Table("", "first epoch, s", "a later epoch, s", "times as fast")
    found = {"plain Keras": [], "image_fine_tuner": []}
    ratios = []
    for _ in range(options.repeats):
        for name, run in (("plain Keras", plain), ("image_fine_tuner", ours)):
            seconds = run(x, y, options.epochs)
            found[name].append((seconds[0], statistics.median(seconds[1:])))
        later = [found[name][-1][1] for name in found]
        ratios.append(later[0] / later[1])
    for name, rows in found.items():
        first, later = zip(*rows, strict=True)
        table.add_row(
            name,
            f"{min(first):.2f} to {max(first):.2f}",
            f"{min(later):.3f} to {max(later):.3f}",
            f"{min(ratios):.0f} to {max(ratios):.0f}"
            if name != "plain Keras"
            else "",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
