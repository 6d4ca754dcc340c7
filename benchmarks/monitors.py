"""What the monitors cost: an epoch with them against one without.

The network of `image_classifier` on digits in `recipe.fit`, a probe of 64
images, validation included. The variants take turns in one process. The first
epoch, which compiles, and the look before it are left out; that look, which
compiles too, has a column of its own.

    python benchmarks/monitors.py [--repeats 3] [--epochs 8]

KERAS_BACKEND=jax runs it on JAX. "Every 10 steps" makes each step a call of
its own; the row with a hook that does nothing shows how much of it that is.
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
from callbacks import ActivationMonitor, GradientMonitor


class EpochTimer(keras.callbacks.Callback):
    """Seconds from the end of an epoch to the end of the next."""

    def on_train_begin(self, logs=None):
        self.ends = []

    def on_epoch_end(self, epoch, logs=None):
        self.ends.append(time.perf_counter())


class Nothing(keras.callbacks.Callback):
    """A hook on the step."""

    def on_train_batch_end(self, batch, logs=None):
        pass


def variants(x, targets):
    """Return name → a function that makes callbacks."""
    return {
        "without": list,
        "activations, every epoch": lambda: [ActivationMonitor(x)],
        "gradients, every epoch": lambda: [GradientMonitor(x, targets)],
        "both, every epoch": lambda: [
            ActivationMonitor(x),
            GradientMonitor(x, targets),
        ],
        "a hook that does nothing": lambda: [Nothing()],
        "both, every 10 steps": lambda: [
            ActivationMonitor(x, 10),
            GradientMonitor(x, targets, 10),
        ],
    }


def timed(monitor):
    """Let a monitor note the seconds of each of its looks."""
    look, seconds = monitor._look_at, []

    def noted(*args):
        began = time.perf_counter()
        look(*args)
        seconds.append(time.perf_counter() - began)

    monitor._look_at = noted
    return seconds


def epoch_seconds(data, callbacks, epochs):
    """Return the median seconds of an epoch, of looks, and of the first."""
    timer = EpochTimer()
    looks = [timed(c) for c in callbacks if hasattr(c, "_look_at")]
    with tempfile.TemporaryDirectory() as folder:
        recipes.image_classifier(epochs=epochs).fit(
            data,
            directory=f"{folder}/run",
            callbacks=[*callbacks, timer],
            verbose=False,
        )
    return (
        statistics.median(np.diff(timer.ends)),
        sum(statistics.median(each[1:]) for each in looks),
        sum(each[0] for each in looks),
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=8)
    options = parser.parse_args()
    data = recipes.data.load("digits")
    x, labels = data.train.read()[:64], data.train.labels[:64]
    made = variants(x, np.eye(10)[labels])
    seconds = {name: [] for name in made}
    for _ in range(options.repeats):
        for name, make in made.items():
            found = epoch_seconds(data, make(), options.epochs)
            seconds[name].append(found)
    table = Table(
        title=f"{keras.backend.backend()}: median (least to most) of "
        f"{options.repeats} repeats of {options.epochs} epochs"
    )
    for heading in (
        "monitors",
        "ms per epoch",
        "ratio to without",
        "ms per look",
        "ms of the first",
    ):
        table.add_column(heading)
    base = [epoch for epoch, _, _ in seconds["without"]]
    for name, found in seconds.items():
        epochs, looks, first = zip(*found, strict=True)
        ratios = [a / b for a, b in zip(epochs, base, strict=True)]
        table.add_row(
            name,
            spread(epochs, 1e3, 0),
            spread(ratios, 1, 2),
            spread(looks, 1e3, 1),
            spread(first, 1e3, 0),
        )
    Console(width=120).print(table)


def spread(values, unit, digits):
    low, middle, high = (
        f"{f(values) * unit:.{digits}f}" for f in (min, statistics.median, max)
    )
    return f"{middle} ({low} to {high})"


if __name__ == "__main__":
    main()
