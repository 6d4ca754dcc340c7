"""history.csv, on a disk that may be full."""

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
