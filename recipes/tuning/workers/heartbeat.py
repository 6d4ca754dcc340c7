"""Heartbeats: a small file per worker, which says that it is alive."""

import json
import os
import time
from typing import NamedTuple

import keras

from callbacks.disk import write_whole


class Beat(NamedTuple):
    """What a worker has said last.

    Args:
        pid: Number of its process.
        trial: The trial that it is at, or None.
        epoch: The epoch of the fit that has ended last, from 1; 0: none yet.
        when: Seconds since 1970.
    """

    pid: int
    trial: str | None
    epoch: int
    when: float


class Heartbeat(keras.callbacks.Callback):
    """Writes the file at the beginning of a trial and after each epoch.

    Args:
        path: The file.
    """

    uses_model = False

    def __init__(self, path):
        super().__init__()
        self.path, self.trial = path, None

    def beat(self, epoch=0):
        """Write the file, whole or not at all."""
        found = Beat(os.getpid(), self.trial, epoch, time.time())
        write_whole(self.path, json.dumps(found._asdict()), wait=False)

    def at(self, trial):
        """Say which trial begins, or None: it has ended."""
        self.trial = trial
        self.beat()

    def on_epoch_end(self, epoch, logs=None):
        """Say that an epoch has ended."""
        self.beat(epoch + 1)
