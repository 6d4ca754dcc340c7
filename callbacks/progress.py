"""Progress: one line per epoch, with the time left."""

import statistics
import time

import keras
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress as Bar,
    TextColumn,
    TimeElapsedColumn,
)


class Progress(keras.callbacks.Callback):
    """Print one line per epoch; on a terminal, draw a bar while one runs.

    Use it in place of `fit(verbose=1)`. It has no hook on the single step, so
    it does not slow a small network down; `StepProgress` moves within an epoch
    too.

    Args:
        console: A `rich.console.Console`; by default standard output.

    Example:

    >>> import keras, numpy as np
    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> x = np.zeros((4, 1))
    >>> h = model.fit(x, x, verbose=0, callbacks=[Progress()])
    ... # doctest: +ELLIPSIS
    epoch 1/1  loss 0.0000  ...s
    """

    def __init__(self, console=None):
        super().__init__()
        self.console = console or Console(highlight=False, soft_wrap=True)
        self._bar = self._task = None

    def on_train_begin(self, logs=None):
        self._seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self._began = time.perf_counter()
        if self._bar is None and self.console.is_terminal:
            self._bar = Bar(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                console=self.console,
                transient=True,
            )
            self._bar.start()
            self._task = self._bar.add_task("")
        if self._bar:
            self._bar.reset(
                self._task,
                description=f"epoch {epoch + 1}/{self.params['epochs']}",
                total=self.params.get("steps"),
            )

    def on_epoch_end(self, epoch, logs=None):
        self._seconds.append(time.perf_counter() - self._began)
        epochs = self.params["epochs"]
        numbers = [f"{name} {value:.4f}" for name, value in _sorted(logs)]
        number = str(epoch + 1).rjust(len(str(epochs)))
        line = [f"epoch {number}/{epochs}", *numbers]
        line.append(f"{self._seconds[-1]:.1f} s")
        left = epochs - epoch - 1
        if left:
            line.append(f"left {minutes(self._typical() * left)}")
        self.console.print("  ".join(line))

    def on_train_end(self, logs=None):
        if self._bar:
            self._bar.stop()
            self._bar = None

    def _typical(self):
        """Seconds of an epoch; the first one compiles, so it counts last."""
        return statistics.median(self._seconds[1:] or self._seconds)


class StepProgress(Progress):
    """`Progress` that also moves its bar within the epoch."""

    def on_train_batch_end(self, batch, logs=None):
        if self._bar:
            self._bar.update(self._task, completed=batch + 1)


def _sorted(logs):
    """Return (name, value): losses first, the learning rate left out."""
    names = [name for name in logs or {} if name != "learning_rate"]
    names.sort(key=lambda n: (n.startswith("val_"), "loss" not in n))
    return [(name, logs[name]) for name in names]


def minutes(seconds):
    """Write a duration as minutes and seconds, or hours.

    >>> minutes(75), minutes(3700)
    ('1:15', '1:01:40')
    """
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    text = f"{rest // 60}:{rest % 60:02d}"
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else text
