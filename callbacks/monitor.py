"""What the monitors share: when they look, and what they remember."""

import json
import numbers

import keras
import numpy as np


class Monitor(keras.callbacks.Callback):
    """Look at the model at the ends of epochs, or after every so many steps.

    Args:
        frequency: `"epoch"`, or a number of steps from 1, counted on from
            epoch to epoch. With `"epoch"` there is no hook on the step.

    Raises:
        ValueError: For another frequency.

    Attributes:
        records: A dictionary of plain values per look, in order. A fit from
            its first epoch begins them anew with one of epoch 0, before the
            first step (where the model is built by then).
        findings: What `_judge` finds in the records, in order.
    """

    uses_model = True  # the probe goes through all of the network

    def __init__(self, frequency):
        super().__init__()
        whole = isinstance(frequency, numbers.Integral)
        steps = whole and not isinstance(frequency, bool) and frequency >= 1
        if not steps and not (
            isinstance(frequency, str) and frequency == "epoch"
        ):
            raise ValueError(
                f'{type(self).__name__}: `frequency` must be "epoch" or a '
                f"whole number of steps from 1. Received: {frequency!r}"
            )
        self.frequency = frequency
        self._begin_anew()
        if steps:  # a method of the class would make every step a call
            self.on_train_batch_end = self._count

    @property
    def findings(self):
        """A dictionary of plain values per finding, in order."""
        return [each for record in self.records for each in self._judge(record)]

    def words(self):
        """Return a sentence for each layer and kind of what was found."""
        found = {}
        for each in self.findings:
            found.setdefault((each["kind"], each["layer"]), []).append(each)
        return [
            f"{rows[-1]['words']} ({_when(rows, len(self.records))})"
            for rows in found.values()
        ]

    def on_train_begin(self, logs=None):
        self._compiled = None  # the model may have been compiled again

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch, self._batch = epoch, -1
        if epoch == 0:
            self._begin_anew()
            if self.model.built:
                self._look_at(0, 0)

    def on_epoch_end(self, epoch, logs=None):
        if self.frequency == "epoch":
            self._look_at(epoch + 1, self.params.get("steps"))

    def on_train_end(self, logs=None):
        self._compiled = None

    def get_state(self):
        """Return what a fit that goes on has to know."""
        return {
            "lines": list(self._lines),
            "steps": self._steps,
            "batch": self._batch,
        }

    def set_state(self, state):
        """Take what `get_state` has returned."""
        self._lines = list(state["lines"])
        self.records = [json.loads(line) for line in self._lines]
        self._steps, self._batch = state["steps"], state["batch"]

    def __getstate__(self):
        """Return what a copy gets: it is for a fit of its own."""
        return {**vars(self), "_compiled": None, "_model": None}

    def _begin_anew(self):
        self.records, self._lines, self._compiled = [], [], None
        self._epoch, self._steps, self._batch = 0, 0, -1

    def _count(self, batch, logs=None):
        before = self._steps
        self._steps += batch - self._batch  # a call may be of several steps
        self._batch = batch
        if self._steps // self.frequency > before // self.frequency:
            self._look_at(self._epoch + 1, batch + 1)

    def _look_at(self, epoch, step):
        record = {"epoch": epoch, "step": step, **self._look(self.model)}
        # Lines are copied at once for a checkpoint, nested values are not.
        self._lines.append(json.dumps(record, allow_nan=False))
        self.records.append(record)

    def _look(self, model):
        raise NotImplementedError

    def _judge(self, record):
        raise NotImplementedError


def finding(record, kind, layer, words, **numbers):
    """Return a finding: what, where, when, its numbers, and a sentence."""
    when = {"epoch": record["epoch"], "step": record["step"]}
    return {"kind": kind, "layer": layer, **when, **numbers, "words": words}


def number(value):
    """Return a float, or None for what is not finite."""
    value = float(value)
    return value if np.isfinite(value) else None


def _when(rows, looks):
    first, last = rows[0]["epoch"], rows[-1]["epoch"]
    epochs = f"epoch {first}"
    if last != first:
        epochs = f"epochs {first} to {last}, these numbers of {last}"
    return f"{epochs}; {len(rows)} of {looks} looks"
