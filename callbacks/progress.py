"""Progress: one line per epoch, with the time left."""

import statistics
import time

import keras
import numpy as np
from rich.console import Console
from rich.control import Control
from rich.segment import ControlType

WIDTH = 10  # of the bar, in characters


class SteadyConsole(Console):
    """A console that falls silent when nobody reads it any more.

    Rich ends the process when its output is closed, as by `| head`; hours of
    training should not end with it.
    """

    @classmethod
    def plain(cls, **options):
        """Return one that prints as it stands what it is given.

        What stands in brackets, as a folder may, is no markup.
        """
        return cls(highlight=False, markup=False, soft_wrap=True, **options)

    def on_broken_pipe(self):
        self.quiet = True

    def print(self, *objects, **options):
        try:
            super().print(*objects, **options)
        except OSError:  # a full disk, or a terminal that is gone
            self.quiet = True


class Progress(keras.callbacks.Callback):
    """Print one line per epoch; on a terminal, say which one is running.

    Use it in place of `fit(verbose=1)`. It has no hook on the single step, so
    it does not slow a small network down; `StepProgress` draws a bar that
    moves within an epoch.

    Args:
        console: A `rich.console.Console`; by default standard output,
            which may be closed at any time.
        epochs: Of all fits together, where several make one training and
            each goes on with `initial_epoch`; None: of the fit.

    Attributes:
        stage: What is written after the epoch; set it between two fits.

    Example:

    >>> import keras, numpy as np
    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> x = np.zeros((4, 1))
    >>> h = model.fit(x, x, verbose=0, callbacks=[Progress()])
    ... # doctest: +ELLIPSIS
    epoch 1/1  loss 0.0000  ...s
    """

    def __init__(self, console=None, epochs=None):
        super().__init__()
        self.console = console or SteadyConsole()
        self.epochs, self.stage = epochs, ""

    def on_train_begin(self, logs=None):
        self._seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self._began = time.perf_counter()
        self._epoch = epoch
        self._draw("…")

    def on_epoch_end(self, epoch, logs=None):
        self._seconds.append(time.perf_counter() - self._began)
        line = [self._title()]
        line += [f"{name} {number(value)}" for name, value in _sorted(logs)]
        line.append(f"{self._seconds[-1]:.1f} s")
        left = self._epochs() - epoch - 1
        if left:
            line.append(f"left {minutes(self._typical() * left)}")
        self._erase()
        self._print("  ".join(line))

    def _epochs(self):
        return self.epochs or self.params["epochs"]

    def _title(self):
        epochs = self._epochs()
        title = f"epoch {str(self._epoch + 1).rjust(len(str(epochs)))}/{epochs}"
        return f"{title}  {self.stage}" if self.stage else title

    def _draw(self, words):
        """Draw the line of the running epoch over itself.

        Nothing stays open between two calls (no thread, no hidden cursor, no
        captured output): Keras tells a callback of no exception, so that
        nobody could close it.
        """
        if self.console.is_terminal:
            self._erase()
            line = f"{self._title()} {words}"
            self._print(line, end="\r")

    def _print(self, line, end="\n"):
        """Print one line as it stands, whatever the console's width."""
        plain = {"markup": False, "highlight": False, "soft_wrap": True}
        self.console.print(line, end=end, **plain)

    def _erase(self):
        if self.console.is_terminal:
            self.console.control(Control((ControlType.ERASE_IN_LINE, 2)))

    def _typical(self):
        """Seconds of an epoch; the first one compiles, so it counts last."""
        return statistics.median(self._seconds[1:] or self._seconds)


class StepProgress(Progress):
    """`Progress` with a bar that moves within the epoch.

    Args:
        console: As of `Progress`.
        interval: Least number of seconds between two drawings.
        epochs: As of `Progress`.
    """

    def __init__(self, console=None, interval=0.1, epochs=None):
        super().__init__(console, epochs)
        self.interval = interval

    def on_epoch_begin(self, epoch, logs=None):
        super().on_epoch_begin(epoch, logs)
        self._drawn = self._began

    def on_train_batch_end(self, batch, logs=None):
        now = time.perf_counter()
        if now - self._drawn >= self.interval:
            self._drawn = now
            self._draw(bar(batch + 1, self.params.get("steps")))


def bar(done, total):
    """Draw a bar, or where the end is not known, a count.

    >>> bar(3, 6), bar(3, None)
    ('━━━━━····· 3/6', '3')
    """
    if not total:
        return str(done)
    full = WIDTH * done // total
    return f"{'━' * full}{'·' * (WIDTH - full)} {done}/{total}"


def number(value):
    """Write a number; of several (a metric per class) their mean.

    >>> number(0.25), number([0.0, 1.0])
    ('0.2500', '0.5000')
    """
    return f"{np.mean(value):.4f}"


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
