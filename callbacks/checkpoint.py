"""The whole state of a fit, to go on from exactly."""

import time
from pathlib import Path

import keras

from callbacks import whole_state
from callbacks.background import Background
from callbacks.checks import check_checkpoint
from callbacks.newest_state import NewestState, check_epoch
from callbacks.pace import Pace
from callbacks.skipped_steps import skip_to
from callbacks.state_file import remove_states
from callbacks.states import plain
from callbacks.written import write

FORMAT = 2


class Checkpoint(keras.callbacks.Callback):
    """Write all that a fit needs to go on, and go on from it.

    Use it for fits that may be killed. One file gets the model's variables
    (with the states of its random numbers), the optimizer's, what the other
    callbacks remember, and the logs of all epochs. It is written in the
    background, beside the last one, and gets its name when it is on disk; a
    damaged file is not taken, but the one before it, and weights that are not
    finite are not written. A fit that goes on has all epochs in its history,
    and ends, where the same is computed again, as one that was never stopped.

    What the batches of an epoch are must depend on the epoch alone. (Arrays
    with `shuffle=True` go through their orders from the first again.) Of files
    within epochs the batches begin at `initial_step`.

    Put it last in the list, a new one for each fit. Callbacks of your own take
    part by `get_state()` and `set_state(state)`, see `callbacks.states`; those
    of Keras in the table there and `CSVLogger` are known, others begin anew.
    None of `callbacks` is told of the steps that lie behind in an epoch.

    Args:
        directory: The folder of the files, of which the last two stay, and of
            manifest.json, which says what they are; None to write nothing.
        callbacks: The others of the fit, whose state is kept.
        identity: What the files are of, such as a hash of all settings. Those
            of another identity or backend are not gone on from.
        origin: Another checkpoint's folder, to go on from where `directory`
            has nothing; it is left as it is.
        interval: Least number of seconds between two files; 0: each epoch has
            one. Above 0, they are as far apart as `callbacks.pace` says; the
            last epoch of a fit always gets its file.
        save_freq: `"epoch"`, or a number of steps from 1, after which there is
            a file too, at the next end of a call within the epoch.
        about: More for the manifest, of plain values.
        overwrite: Whether whole files in `directory` that the fit does not go
            on from, of another identity or of more epochs, may be removed.

    Raises:
        ValueError: For an illegal argument; before the first step, for files
            that would be removed without `overwrite`, for another epoch than
            `initial_epoch` says, and for other variables or callbacks.
        CheckpointError: When a file could not be written (a full disk).

    Attributes:
        extra: What else the caller keeps: a dict as of `write_state`. It
            comes back with the rest.
        initial_step: Steps that lie behind in the epoch `initial_epoch` gave.
        seconds: How long the fits took that this one goes on from.
        damaged: The paths of files that were found damaged.
        interrupted: Set it to an exception, as a signal's handler may: at the
            next step's end the state is written, and it is raised.

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
        self,
        directory,
        callbacks=(),
        identity="",
        origin=None,
        interval=0.0,
        *,
        save_freq="epoch",
        about=None,
        overwrite=False,
    ):
        super().__init__()
        told = directory, callbacks, identity, origin, interval, save_freq
        check_checkpoint(*told, about, overwrite)
        self.directory = None if directory is None else Path(directory)
        self.callbacks, self.identity = list(callbacks), identity
        self.interval, self.save_freq = interval, save_freq
        self.about, self.extra, self.interrupted = about or {}, {}, None
        self.initial_step, self.seconds = 0, 0.0
        self._background, self._state = Background(), None
        self._rows, self._began = [], 0  # (epoch, logs); the fit's first epoch
        self._created = time.monotonic()
        kept = None if overwrite else directory
        self._newest = NewestState((directory, origin), self._about(), kept)
        self.damaged = self._newest.damaged

    def find(self, epochs=None):
        """Return the state that the next fit will go on from, or None.

        Args:
            epochs: Files of more epochs are not taken; None: any are.
        """
        found = self._newest.find(epochs)
        if found is not None and not self._rows:
            self.seconds = found["seconds"]
        return found

    def initial_epoch(self, epochs, begin=0):
        """Return the first epoch of the next fit, for `fit(initial_epoch=)`.

        Args:
            epochs: Of the fit, as `fit` is told. Where the fit has ended
                itself before, as by early stopping, it is what is returned:
                none is left.
            begin: The first epoch where there is nothing to go on from.
        """
        self.find(epochs)
        begin, self.initial_step = self._newest.begin(epochs, begin)
        return begin

    def wait(self):
        """Wait until what has begun to be written is on disk.

        Raises:
            CheckpointError: If it could not be written.
        """
        self._background.wait()

    def on_train_begin(self, logs=None):
        found = self.find(self.params["epochs"])
        self._newest.begin(self.params["epochs"])  # it may not have asked
        self._went_on, self._running = found is not None, False
        self._pace = Pace(self.interval)
        if found is not None:
            whole_state.put_back(self.model, self.callbacks, found)
            self._rows, self._began = found["rows"], found["began"]
            self.extra = found["extra"]
            whole_state.write_again(self.callbacks, self._rows)

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch, self._step, self._saved_step = epoch, 0, 0
        if self._running:
            return
        self._running = True
        if self._went_on:
            found = self._newest.found
            check_epoch(epoch, found["epoch"])
            whole_state.show_history(self.model, self._rows, self._began)
            self._saved_step = skip_to(found, self.model, self.callbacks)
        else:
            self._newest.refuse_before(epoch)
            self._began = epoch
            self._rows = [row for row in self._rows if row[0] < epoch]
        if self.directory is not None:  # of a fit before, or damaged
            remove_states(self.directory, (epoch, self._saved_step))

    def on_train_batch_end(self, batch, logs=None):
        self._step = batch + 1
        if self._step <= self._saved_step:
            return  # one that is skipped
        if self.interrupted is not None:
            self._leave()
        new = self._step - self._saved_step
        within = self._step != self.params.get("steps")  # its end writes too
        if within and self.save_freq != "epoch" and new >= self.save_freq:
            self._saved_step = self._step
            if self._due():
                self._write()

    def on_epoch_end(self, epoch, logs=None):
        self._newest.forget()
        self._rows.append([epoch, plain(logs or {})])
        self._epoch, self._step = epoch + 1, 0
        if self.interrupted is not None:
            self._leave()
        last = self.model.stop_training or self._epoch == self.params["epochs"]
        if last or self._due():
            self._write(last)

    def on_train_end(self, logs=None):
        if self._went_on and not self._running:
            whole_state.show_history(self.model, self._rows, self._began)
        self._newest.forget()
        self.wait()

    def _due(self):
        if not self._background.busy:
            self._background.wait()  # raises what has failed
        elif self.interval:
            return False
        return self._pace.due(self._background.seconds)

    def _leave(self):
        self._write(True)
        self.wait()
        raise self.interrupted

    def _write(self, last=False):
        if self.directory is None:
            return
        self._background.wait()
        fit = self.model, self.callbacks, self._step > 0
        with self._pace:
            self._state = whole_state.take(*fit, self._state)
        state = {
            **self._about(),
            "keras": keras.__version__,
            "seconds": self.seconds + time.monotonic() - self._created,
            "epoch": self._epoch,
            "step": self._step,
            "began": self._began,
            "rows": list(self._rows),
            "extra": dict(self.extra),
            **self._state,
        }
        about = {**self._about(), **self.about, "keras": state["keras"]}
        self._background.begin(write, self.directory, state, about, now=last)

    def _about(self):
        return {
            "format": FORMAT,
            "identity": self.identity,
            "backend": keras.backend.backend(),
        }
