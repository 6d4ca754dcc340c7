"""history.csv, on a disk that may be full."""

import csv

import keras

from recipes.training.going_on.full_disk import naming


class HistoryFile(keras.callbacks.CSVLogger):
    """Keras' own, with its file's name where the disk is full."""

    uses_model = False

    def on_train_begin(self, logs=None):
        with naming(self.filename):
            super().on_train_begin(logs)

    def on_epoch_end(self, epoch, logs=None):
        with naming(self.filename):
            super().on_epoch_end(epoch, logs)

    def on_train_end(self, logs=None):
        with naming(self.filename):
            super().on_train_end(logs)


def read_history(path):
    """Return name → one number per epoch of a history.csv.

    Raises:
        OSError: For a file that cannot be opened.
        IndexError: For one without an epoch.
        ValueError, TypeError, csv.Error: For one that is damaged.
    """
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name != "epoch"]
    return {name: [float(row[name]) for row in rows] for name in names}
