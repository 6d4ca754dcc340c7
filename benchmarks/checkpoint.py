"""What a checkpoint costs: callbacks.Checkpoint and Keras' BackupAndRestore.

Epochs of one compiled model, with either and with none, in turn: the default
network of `image_classifier` on digits, and dense layers of 100 MB with Adam,
whose momenta are another 200 MB. A fit is timed from the end of an epoch (the
first; of the large model the fourth: until then its files and the copy of the
state take memory that the system has to find) until all files are on disk, and
divided by the epochs after it. (Epochs that write nothing count too: the first
Checkpoint here is as recipes have it, with a second at least between two files
and 30 times what the last one took.) Ratios are taken within a repeat; in
brackets stands what their median lies between with 95 % confidence, by the sign
test (of fewer than 6 repeats the least and the most).

    python benchmarks/checkpoint.py [--repeats 5]

KERAS_BACKEND=jax runs it on JAX. Seconds of the processor, of all threads,
stand beside those of the clock: what is done in the background costs them too.
Keras' files lack the states of other callbacks and the history, and are not
synced.
"""

import argparse
import math
import os
import statistics
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from rich.console import Console
from rich.table import Table

import recipes
from callbacks import Checkpoint, SteadyConsole
from recipes.training.plan import load_for, make_plan
from recipes.training.train import train

WIDTH = 3600  # two such layers: 26 million weights, 104 MB
STEPS, BATCH = 16, 32
KERAS = "BackupAndRestore"
QUIET = SteadyConsole.plain(quiet=True)


class Began(keras.callbacks.Callback):
    """The clocks once so many epochs lie behind."""

    def __init__(self, epochs):
        super().__init__()
        self.epochs = epochs

    def on_epoch_end(self, epoch, logs=None):
        if epoch + 1 == self.epochs:
            self.clocks = clocks()


class Written(keras.callbacks.Callback):
    """Bytes and number of the files that lie in a folder, one after another.

    The bytes are those of the largest.
    """

    def __init__(self, folder):
        super().__init__()
        self.folder, self.files, self.bytes = Path(folder), set(), 0

    def on_epoch_end(self, epoch, logs=None):
        self.look()

    def look(self):
        for path in self.folder.glob("*/*"):
            if path.suffix in (".npz", ".h5"):
                about = path.stat()
                self.files.add((path.name, about.st_mtime_ns))
                self.bytes = max(self.bytes, about.st_size)


def clocks():
    return time.perf_counter(), time.process_time()


def digits():
    """Return a function that fits the digits CNN."""
    recipe = recipes.image_classifier()
    plan = make_plan(recipe, load_for(recipe, "digits"), [], None)

    def fit(callbacks, epochs, folder):
        train(plan, callbacks, folder, QUIET, epochs)

    return fit


def dense():
    """Return a function that fits dense layers of 100 MB."""
    model = keras.Sequential(
        [
            keras.Input((WIDTH,)),
            keras.layers.Dense(WIDTH, activation="relu"),
            keras.layers.Dense(WIDTH),
        ]
    )
    model.compile(keras.optimizers.Adam(1e-4), "mse")
    shape = (STEPS * BATCH, WIDTH)
    x = np.random.default_rng(0).normal(size=shape).astype("float32")

    def fit(callbacks, epochs, folder):
        model.fit(x, x, BATCH, epochs, verbose=0, callbacks=callbacks)

    return fit


def writers(folder):
    """Return label → callbacks, which write into a folder."""
    return {
        "none": [],
        "Checkpoint, interval=1": [Checkpoint(f"{folder}/ours", interval=1)],
        "Checkpoint, interval=0": [Checkpoint(f"{folder}/ours", interval=0)],
        KERAS: [
            keras.callbacks.BackupAndRestore(
                f"{folder}/keras", delete_checkpoint=False
            )
        ],
    }


def timed(fit, label, epochs, before):
    """Return the seconds of an epoch by both clocks, files, bytes of one."""
    with tempfile.TemporaryDirectory() as folder:
        began, written = Began(before), Written(folder)
        fit([*writers(folder)[label], began, written], epochs, folder)
        ended = clocks()
        written.look()
    spans = [
        (end - begin) / (epochs - before)
        for end, begin in zip(ended, began.clocks, strict=True)
    ]
    return (*spans, len(written.files), written.bytes)


def spread(values, unit=1.0, digits=3):
    """Return the median, and the values it lies between by the sign test."""
    values = sorted(value * unit for value in values)
    middle, count, out, chance = statistics.median(values), len(values), 0, 0.0
    while chance + math.comb(count, out) / 2**count <= 0.025:
        chance += math.comb(count, out) / 2**count
        out += 1
    out = max(0, out - 1)
    low, high = values[out], values[count - 1 - out]
    return f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def compare(name, fit, epochs, before, repeats):
    """Return the rows of one model."""
    labels = list(writers("."))
    found = {label: [] for label in labels}
    timed(fit, "none", 2, 1)  # compiles
    for repeat in range(repeats):
        turn = repeat % len(labels)
        for label in labels[turn:] + labels[:turn]:
            found[label].append(timed(fit, label, epochs, before))
    for label, runs in found.items():
        columns = (
            [
                run[clock] / other[clock]
                for run, other in zip(runs, found[base], strict=True)
            ]
            for base, clock in (("none", 0), (KERAS, 0), ("none", 1))
        )
        yield (
            name,
            label,
            spread([run[0] for run in runs], 1e3, 0),
            *map(spread, columns),
            f"{statistics.median(run[2] for run in runs)}",
            f"{max(run[3] for run in runs) / 1e6:.1f}",
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    table = Table(
        title=f"{keras.backend.backend()}: median (95 % interval) of "
        f"{options.repeats} repeats"
    )
    for heading in (
        "model",
        "callback",
        "ms per epoch",
        "ratio to none",
        "to Keras'",
        "processor's to none",
        "files",
        "MB each",
    ):
        table.add_column(heading)
    for row in (
        *compare("digits CNN", digits(), 16, 1, options.repeats),
        *compare("dense, 100 MB", dense(), 20, 4, options.repeats),
    ):
        table.add_row(*row)
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
