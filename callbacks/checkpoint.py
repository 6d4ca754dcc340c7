"""The whole state of a fit, each epoch, to go on from exactly."""

import time
import warnings
from pathlib import Path

import keras

from callbacks.state_file import read_states, remove_states, write_state
from callbacks.states import (
    arrays_of,
    assign,
    plain,
    remembers,
    restore,
    state_of,
)

FORMAT = 1


class Checkpoint(keras.callbacks.Callback):
    """Write all that a fit needs to go on, and go on from it.

    Use it for fits that may be killed. At the end of an epoch one file gets
    the model's variables (with the states of its random numbers), the
    optimizer's, what the other callbacks remember, the logs of all epochs, and
    whether the fit has been stopped. It is written beside the last one, is
    waited for until it is on disk, and then gets its name; a damaged file is
    not taken, but the one before it. A fit that goes on ends, on a machine
    that computes the same again, with the bits of one that was never stopped;
    its history has all epochs.

    What the batches of an epoch are must depend on the epoch alone. (With
    arrays, `fit(shuffle=True)` goes through its orders from the first again.)

    Put it last in the list. Callbacks of your own take part by two methods,
    `get_state()` and `set_state(state)`, see `callbacks.states`; Keras'
    `EarlyStopping`, `ReduceLROnPlateau`, `ModelCheckpoint` and `CSVLogger`
    are known, others begin anew.

    Args:
        directory: The folder of the files, of which the last two stay; None
            to write nothing.
        callbacks: The others of the fit, whose state is kept.
        identity: What the files are of, such as a hash of all settings. Those
            of another identity or another backend are not taken.
        origin: Another checkpoint's folder, to go on from where `directory`
            has nothing; it is left as it is.
        interval: Least number of seconds between two files, at least 0: with
            epochs of milliseconds, waiting for the disk would cost more than
            they do. The last epoch of a fit always gets its file.

    Raises:
        ValueError: When a fit begins at another epoch than `initial_epoch`
            says, or has other variables or callbacks than the file.

    Attributes:
        extra: What else the caller keeps: a dict as of `write_state`. It
            comes back with the rest.

    Example:

    >>> import keras, numpy as np, tempfile
    >>> folder, x = tempfile.mkdtemp(), np.ones((4, 1))
    >>> def fit(epochs):
    ...     model = keras.Sequential(
    ...         [keras.Input((1,)), keras.layers.Dense(1)]
    ...     )
    ...     model.compile("adam", "mse")
    ...     others = [keras.callbacks.EarlyStopping("loss", patience=2)]
    ...     checkpoint = Checkpoint(folder, others)
    ...     begin = checkpoint.initial_epoch(epochs)
    ...     history = model.fit(
    ...         x, x, epochs=epochs, initial_epoch=begin, verbose=0,
    ...         callbacks=[*others, checkpoint],
    ...     )
    ...     return begin, len(history.history["loss"])
    >>> fit(2), fit(5)
    ((0, 2), (2, 5))
    """

    uses_model = False  # of the features of a backbone it writes the head

    def __init__(
        self, directory, callbacks=(), identity="", origin=None, interval=1.0
    ):
        super().__init__()
        self.directory = None if directory is None else Path(directory)
        self.origin = None if origin is None else Path(origin)
        self.callbacks, self.identity = list(callbacks), identity
        self.interval = interval
        self.extra = {}
        self._rows = []  # pairs of an epoch and its logs
        self._began = 0  # first epoch of the fit
        self._looked, self._found = False, None
        self._running = self._went_on = False

    def find(self, epochs=None):
        """Return the state that the next fit will go on from, or None.

        The files are read once.

        Args:
            epochs: Files of more epochs are not taken; None: any are.
        """
        if not self._looked:
            self._looked = True
            for folder in (self.directory, self.origin):
                if self._found is None and folder is not None:
                    self._found = self._newest(folder, epochs)
        return self._found

    def _newest(self, folder, epochs):
        for epoch, state in read_states(folder):
            same = self._about().items() <= state.items()
            if same and (epochs is None or epoch <= epochs):
                return state
        return None

    def initial_epoch(self, epochs, begin=0):
        """Return the first epoch of the next fit, for `fit(initial_epoch=)`.

        Args:
            epochs: Of the fit, as `fit` is told. Where the fit has ended
                itself before, as by early stopping, it is what is returned:
                none is left.
            begin: The first epoch where there is nothing to go on from.
        """
        found = self.find(epochs)
        if found is None:
            return begin
        return epochs if found["stopped"] else found["epoch"]

    def on_train_begin(self, logs=None):
        found = self.find(self.params.get("epochs"))
        self._went_on = found is not None
        self._running = False
        self._written = time.monotonic()
        if found is not None:
            self._restore(found)

    def on_epoch_begin(self, epoch, logs=None):
        if self._running:
            return
        self._running = True
        if self._went_on:
            self._check(epoch)
            self._show_history()
        else:
            self._began = epoch
            self._rows = [row for row in self._rows if row[0] < epoch]
        if self.directory is not None:  # of a fit before, or damaged
            remove_states(self.directory, epoch)

    def on_epoch_end(self, epoch, logs=None):
        self._found = None
        self._rows.append([epoch, plain(logs or {})])
        last = epoch + 1 == self.params["epochs"] or self.model.stop_training
        waited = time.monotonic() - self._written
        if self.directory is None or not (last or waited >= self.interval):
            return
        try:
            write_state(self.directory, epoch + 1, self._state(epoch + 1))
        except OSError as error:  # a full disk: training is worth more
            warnings.warn(
                f"Checkpoint: epoch {epoch + 1} was not written: {error}",
                stacklevel=2,
            )
        self._written = time.monotonic()

    def on_train_end(self, logs=None):
        if self._went_on and not self._running:
            self._show_history()
        self._found = None

    def _about(self):
        return {
            "format": FORMAT,
            "identity": self.identity,
            "backend": keras.backend.backend(),
        }

    def _state(self, epoch):
        return {
            **self._about(),
            "keras": keras.__version__,
            "epoch": epoch,
            "began": self._began,
            "stopped": bool(self.model.stop_training),
            "variables": arrays_of(self.model.variables),
            "optimizer": arrays_of(self.model.optimizer.variables),
            "callbacks": [
                (type(c).__name__, state_of(c)) for c in self._remembering()
            ],
            "rows": self._rows,
            "extra": self.extra,
        }

    def _restore(self, found):
        optimizer = self.model.optimizer
        if not optimizer.built:
            optimizer.build(self.model.trainable_variables)
        assign("model", self.model.variables, found["variables"])
        assign("optimizer", optimizer.variables, found["optimizer"])
        known = self._remembering()
        names = [type(c).__name__ for c in known]
        before = [name for name, _ in found["callbacks"]]
        if names != before:
            raise ValueError(
                "Checkpoint: a fit goes on with the callbacks it began with, "
                f"{', '.join(before) or 'none'}. Received: "
                f"{', '.join(names) or 'none'}"
            )
        for callback, (_, state) in zip(known, found["callbacks"], strict=True):
            restore(callback, state)
        self._rows, self._began = found["rows"], found["began"]
        self.extra = found["extra"]
        for callback in self.callbacks:
            logger = isinstance(callback, keras.callbacks.CSVLogger)
            if logger and not callback.append:
                for epoch, logs in self._rows:
                    callback.on_epoch_end(epoch, logs)

    def _remembering(self):
        return [c for c in self.callbacks if remembers(c)]

    def _check(self, epoch):
        expected = self._found["epoch"]
        if epoch != expected:
            raise ValueError(
                f"Checkpoint: the fit goes on at epoch {expected}: pass "
                "initial_epoch=checkpoint.initial_epoch(epochs) to `fit`, or "
                f"take another folder. Received: initial_epoch={epoch}"
            )

    def _show_history(self):
        """Give Keras' record of this fit the epochs before this one."""
        rows = [row for row in self._rows if row[0] >= self._began]
        history = self.model.history
        history.epoch = [epoch for epoch, _ in rows]
        history.history = {}
        for _, logs in rows:
            for name, value in logs.items():
                history.history.setdefault(name, []).append(value)
