"""Checkpoints are written beside the training, from what was copied."""

import copy
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import keras
import numpy as np
import pytest

import callbacks.background
import callbacks.checkpoint
import callbacks.pace
from callbacks import Checkpoint, CheckpointError
from callbacks.background import Background, running
from callbacks.state_file import read_states

X = np.random.default_rng(0).normal(size=(8, 3)).astype("float32")


def build():
    keras.utils.set_random_seed(1)
    layers = [keras.Input((3,)), keras.layers.Dense(1)]
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.Adam(0.1), "mse")
    return model


def fit(epochs, *callbacks):
    model = build()
    model.fit(X, X[:, :1], 4, epochs, verbose=0, callbacks=list(callbacks))
    return model


class Calls(keras.callbacks.Callback):
    """What is written when, and by whom; the first writing waits."""

    def __init__(self, monkeypatch, opened_at=None):
        super().__init__()
        self.gate, self.opened_at = threading.Event(), opened_at
        self.opened_in = None
        self.said, self.threads, self.bits = [], [], {}
        self.write = callbacks.checkpoint.write
        monkeypatch.setattr(callbacks.checkpoint, "write", self.waiting)

    def waiting(self, directory, state, about):
        epoch = state["epoch"]
        self.said.append(f"begins {epoch}")
        self.threads.append(threading.current_thread())
        if epoch == 1:
            if self.opened_in is not None:
                threading.Timer(self.opened_in, self.gate.set).start()
            assert self.gate.wait(60)
        self.write(directory, state, about)
        self.said.append(f"ends {epoch}")

    def on_epoch_end(self, epoch, logs=None):
        """Comes after the Checkpoint's."""
        self.said.append(f"epoch {epoch + 1}")
        self.bits[epoch + 1] = bits(self.model)
        if epoch + 1 == self.opened_at:
            self.gate.set()
            self.checkpoint.wait()


def bits(model):
    variables = [*model.variables, *model.optimizer.variables]
    return [
        np.array(keras.ops.convert_to_numpy(v)).tobytes() for v in variables
    ]


def written(folder):
    return {
        place: [a.tobytes() for a in [*s["variables"], *s["optimizer"]]]
        for place, s in read_states(folder)
    }


@pytest.mark.both_backends
def test_the_fit_goes_on_while_the_copy_is_written(tmp_path, monkeypatch):
    calls = Calls(monkeypatch, opened_at=3)
    calls.checkpoint = Checkpoint(tmp_path, interval=1e-9)
    fit(4, calls.checkpoint, calls)
    # What would begin meanwhile is left out; the last is not.
    epochs = [word for word in calls.said if "epoch" in word]
    assert epochs == ["epoch 1", "epoch 2", "epoch 3", "epoch 4"]
    writes = [word for word in calls.said if "epoch" not in word]
    assert writes == ["begins 1", "ends 1", "begins 4", "ends 4"]
    assert calls.said.index("epoch 3") < calls.said.index("ends 1")
    assert threading.main_thread() not in calls.threads
    found = written(tmp_path)
    assert found == {(1, 0): calls.bits[1], (4, 0): calls.bits[4]}
    assert len(set(map(tuple, calls.bits.values()))) == 4, "nothing was trained"


@pytest.mark.parametrize("interval", [0, 1e-9])
def test_the_one_before_is_waited_for(interval, tmp_path, monkeypatch):
    """By every epoch without an interval; by the last one with any."""
    calls = Calls(monkeypatch)
    calls.opened_in = 0.3  # seconds after the first has begun
    fit(2, Checkpoint(tmp_path, interval=interval), calls)
    beginnings = [word for word in calls.said if "epoch" not in word]
    assert beginnings == ["begins 1", "ends 1", "begins 2", "ends 2"]
    assert calls.said.index("ends 1") < calls.said.index("epoch 2")
    assert set(written(tmp_path)) == {(1, 0), (2, 0)}


class Epochs(keras.callbacks.Callback):
    """Counts them, and lets nothing be due after the first."""

    def __init__(self, checkpoint):
        super().__init__()
        self.checkpoint, self.count = checkpoint, 0

    def on_epoch_end(self, epoch, logs=None):
        self.count += 1
        self.checkpoint.interval = 1e9


def test_an_error_comes_back_at_an_epochs_end(tmp_path):
    checkpoint = Checkpoint(tmp_path / "file", interval=1e-9)
    (tmp_path / "file").write_text("in the way")
    epochs = Epochs(checkpoint)
    with pytest.raises(CheckpointError, match="epoch 1 could not be written"):
        fit(200, checkpoint, epochs)
    assert 1 <= epochs.count < 150
    checkpoint.wait()  # it is raised once


def test_one_call_at_a_time_and_each_error_once():
    background, gate, done = Background(), threading.Event(), []
    background.begin(gate.wait)
    assert background.busy
    threading.Timer(0.1, gate.set).start()
    background.begin(lambda: done.append(1 / 0))
    assert gate.is_set()
    with pytest.raises(ZeroDivisionError):
        background.begin(done.append, "not begun")
    background.wait()
    assert done == [] and not background.busy


def test_ctrl_c_ends_the_waiting_and_not_the_call():
    background, gate = Background(), threading.Event()
    background.begin(gate.wait)
    main = threading.main_thread().ident
    told = threading.Timer(0.1, signal.pthread_kill, (main, signal.SIGINT))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            told.start()
            background.wait()
    finally:
        signal.signal(signal.SIGINT, before)
    assert background.busy and background._done in running()
    threading.Timer(0.1, gate.set).start()
    background.wait()
    assert gate.is_set() and not background.busy
    assert background._done not in running()


def test_a_thread_that_cannot_begin_is_not_waited_for(monkeypatch):
    def start(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    background = Background()
    with pytest.raises(RuntimeError, match="new thread"):
        background.begin(print)
    background.wait()
    assert not background.busy and background._done not in running()


def test_what_a_fit_before_still_writes_is_waited_for(tmp_path):
    """A notebook's cell that was cut off, and is run again."""
    background, gate, done = Background(), threading.Event(), []
    background.begin(lambda: done.append(gate.wait(60)))
    threading.Timer(0.1, gate.set).start()
    assert Checkpoint(tmp_path).initial_epoch(1) == 0
    assert done == [True]


def test_a_checkpoint_can_be_copied(tmp_path):
    """As Keras Tuner does with each callback, for each trial."""
    checkpoint = Checkpoint(tmp_path, identity="a")
    copied = copy.deepcopy(checkpoint)
    fit(1, copied)
    assert set(written(tmp_path)) == {(1, 0)}
    assert copied.identity == "a"


ENDING = """
import pathlib, runpy, sys, time
Background = runpy.run_path(sys.argv[1])["Background"]
def write():
    time.sleep(0.5)
    pathlib.Path(sys.argv[2]).write_text("whole")
background = Background()
background.begin(write)
raise SystemExit(3)
"""


def test_an_interpreter_that_ends_waits_for_the_writing(tmp_path):
    source = Path(callbacks.background.__file__)
    command = [sys.executable, "-c", ENDING, source, tmp_path / "file"]
    ended = subprocess.run([str(c) for c in command], timeout=60)
    assert ended.returncode == 3
    assert (tmp_path / "file").read_text() == "whole"


def priority():
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@pytest.mark.skipif(sys.platform != "linux", reason="it has no such threads")
@pytest.mark.parametrize("now", [False, True])
def test_the_training_goes_first(now):
    """But nobody is waited for by the last file of a fit."""
    before, seen, background = priority(), [], Background()
    background.begin(lambda: seen.append(priority()), now=now)
    background.wait()
    assert seen == [before if now else 19]
    assert priority() == before


def test_the_last_file_is_not_held_back(tmp_path, monkeypatch):
    found = []
    begin = Background.begin
    monkeypatch.setattr(
        Background,
        "begin",
        lambda *told, now: found.append(now) or begin(*told, now=now),
    )
    fit(3, Checkpoint(tmp_path))
    assert found == [False, False, True]


def test_a_processor_s_seconds_are_counted():
    background = Background()
    background.begin(time.sleep, 0.2)
    background.wait()
    assert background.seconds < 0.1
    background.begin(sum, range(3_000_000))
    background.wait()
    assert background.seconds > 0.005


class Costly(Checkpoint):
    """One whose files take longer than they do."""

    def on_epoch_end(self, epoch, logs=None):
        self._background.wait()
        self._background.seconds += 1e6
        super().on_epoch_end(epoch, logs)


@pytest.mark.parametrize("kind, files", [(Checkpoint, 3), (Costly, 1)])
def test_large_files_keep_their_distance(kind, files, tmp_path, monkeypatch):
    begun, begin = [], Background.begin

    def counted(self, *told, now):
        begun.append(now)
        begin(self, *told, now=now)
        self.wait()

    monkeypatch.setattr(Background, "begin", counted)
    monkeypatch.setattr(callbacks.pace, "SHARE", 1e6)
    if kind is Costly:
        monkeypatch.setattr(callbacks.pace, "SHARE", 1 / 30)
    fit(3, kind(tmp_path, interval=1e-9))
    assert len(begun) == files and begun[-1]
