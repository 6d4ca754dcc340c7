"""Progress: one line per epoch; a bar that leaves nothing open behind it."""

import io
import sys
import threading

import keras
import numpy as np
import pytest
from rich.console import Console
from rich.live import Live

from callbacks import Progress, StepProgress, progress

pytestmark = pytest.mark.both_backends

HIDE_CURSOR = "\x1b[?25l"


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test turns by hand."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "perf_counter", lambda: now[0])
    return now


def console(terminal=False, width=40):
    options = {"force_terminal": True} if terminal else {}
    return Console(file=io.StringIO(), width=width, **options)


def run(callback, clock, seconds, logs=None, steps=None):
    """Go through epochs of given seconds, as `fit` would."""
    callback.set_params({"epochs": len(seconds), "steps": steps})
    callback.on_train_begin()
    for epoch, length in enumerate(seconds):
        callback.on_epoch_begin(epoch)
        for step in range(steps or 0):
            clock[0] += length / steps
            callback.on_train_batch_end(step)
        clock[0] += 0 if steps else length
        callback.on_epoch_end(epoch, logs)
    callback.on_train_end()
    return callback.console.file.getvalue()


def test_one_line_per_epoch_with_the_time_left(clock):
    logs = {
        "accuracy": 0.5,
        "loss": 1.25,
        "val_accuracy": 0.25,
        "val_loss": 2,
        "learning_rate": 0.1,
    }
    text = run(Progress(console()), clock, [60, 20, 30, 22], logs)
    numbers = (
        "loss 1.2500  accuracy 0.5000  val_loss 2.0000  val_accuracy 0.2500"
    )
    assert text.splitlines() == [
        # The first epoch compiles: it counts only while it is the only one.
        f"epoch 1/4  {numbers}  60.0 s  left 3:00",
        f"epoch 2/4  {numbers}  20.0 s  left 0:40",
        f"epoch 3/4  {numbers}  30.0 s  left 0:25",
        f"epoch 4/4  {numbers}  22.0 s",
    ]


def test_numbers_line_up(clock):
    lines = run(Progress(console()), clock, [1] * 10).splitlines()
    assert lines[0].startswith("epoch  1/10  ")
    assert lines[9].startswith("epoch 10/10  ")


@pytest.mark.parametrize(
    "logs, words",
    [
        (None, "epoch 1/1  1.0 s"),
        ({}, "epoch 1/1  1.0 s"),
        ({"loss": float("nan")}, "loss nan"),
        ({"[bold]f1": np.array([0.0, 1.0])}, "[bold]f1 0.5000"),
    ],
)
def test_odd_logs(clock, logs, words):
    assert words in run(Progress(console()), clock, [1], logs)


def test_no_bar_without_a_terminal(clock):
    text = run(StepProgress(console()), clock, [4.0], steps=4)
    assert text == "epoch 1/1  4.0 s\n"


def test_bar(clock):
    text = run(StepProgress(console(terminal=True)), clock, [4.0], steps=4)
    drawn = [part.split("\x1b[2K")[-1] for part in text.split("\r")]
    assert drawn == [
        "epoch 1/1 …",
        "epoch 1/1 ━━········ 1/4",
        "epoch 1/1 ━━━━━····· 2/4",
        "epoch 1/1 ━━━━━━━··· 3/4",
        "epoch 1/1 ━━━━━━━━━━ 4/4",
        "epoch 1/1  4.0 s\n",
    ]


def test_bar_is_drawn_ten_times_a_second_at_most(clock):
    text = run(StepProgress(console(terminal=True)), clock, [1.0], steps=1000)
    assert 9 <= text.count("\r") <= 11


def test_plain_progress_watches_no_step():
    plain = keras.callbacks.Callback.on_train_batch_end
    assert Progress.on_train_batch_end is plain
    assert StepProgress.on_train_batch_end is not plain


class Fails(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch == 1:
            raise KeyboardInterrupt


@pytest.mark.parametrize("kind", [Progress, StepProgress])
def test_nothing_is_left_open_after_an_exception(kind):
    screen = console(terminal=True)
    shown = kind(screen)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.zeros((4, 1), "float32")
    before = sys.stdout, sys.stderr
    with pytest.raises(KeyboardInterrupt):
        model.fit(x, x, 1, verbose=0, callbacks=[shown, Fails()])
    assert "epoch 1/1" in screen.file.getvalue()
    assert HIDE_CURSOR not in screen.file.getvalue()
    assert (sys.stdout, sys.stderr) == before
    assert not [
        t for t in threading.enumerate() if "rich" in type(t).__module__
    ]
    with Live("free", console=screen, auto_refresh=False):
        pass  # the console is free for another display
    assert HIDE_CURSOR in screen.file.getvalue()  # such a display hides it
    model.fit(x, x, 1, verbose=0, callbacks=[shown])
    assert screen.file.getvalue().endswith(" s\n")


def test_several_fits_of_one_training(clock):
    """Each goes on where the last one ended, and has a name."""
    shown = Progress(console(), epochs=12)
    for begin, name in ((0, "head"), (9, "all")):
        shown.stage = name
        shown.set_params({"epochs": begin + 1, "steps": None})
        shown.on_train_begin()
        shown.on_epoch_begin(begin)
        clock[0] += 2
        shown.on_epoch_end(begin)
        shown.on_train_end()
    assert shown.console.file.getvalue().splitlines() == [
        "epoch  1/12  head  2.0 s  left 0:22",
        "epoch 10/12  all  2.0 s  left 0:04",
    ]
    bar = StepProgress(console(terminal=True), interval=0, epochs=2)
    bar.stage = "head"
    text = run(bar, clock, [1.0], steps=1)
    assert "epoch 1/2  head ━━━━━━━━━━ 1/1" in text
