"""Checkpoint: what it is told is checked, and no whole file is lost unsaid."""

import shutil

import keras
import numpy as np
import pytest

from callbacks import Checkpoint, newest_state
from callbacks.state_file import newest_first

pytestmark = pytest.mark.both_backends

X = np.ones((4, 1), "float32")
BEGUN = 3  # epochs


def fit(folder, epochs, asked=True, **how):
    """Fit; return the epochs that were begun."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    begun = []
    watch = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: begun.append(epoch)
    )
    checkpoint = Checkpoint(folder, **how)
    begin = checkpoint.initial_epoch(epochs) if asked else 0
    model.fit(
        X,
        X,
        initial_epoch=begin,
        epochs=epochs,
        verbose=0,
        callbacks=[watch, checkpoint],
    )
    return begun


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    folder = tmp_path_factory.mktemp("begun") / "checkpoint"
    fit(folder, BEGUN, identity="a")
    return folder


@pytest.fixture
def folder(begun, tmp_path):
    return shutil.copytree(begun, tmp_path / "checkpoint")


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def refused(folder, words, epochs=BEGUN + 2, **how):
    """With `initial_epoch` and without, and nothing has changed."""
    before = content(folder)
    for asked in (True, False):
        with pytest.raises(ValueError, match="holds the state after") as error:
            fit(folder, epochs, asked, **how)
        assert words in str(error.value)
        assert content(folder) == before


def test_of_another_identity_is_not_lost(folder):
    refused(folder, "of identity='a'. Take another", identity="b")
    refused(folder, "after 3 epochs, which", identity="b")
    refused(folder, "Received: identity='b'", identity="b")
    assert fit(folder, 1, identity="b", overwrite=True) == [0]
    refused(folder, "after 1 epoch, which", identity="a")


def test_of_another_backend_or_format_is_not_lost(folder, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr("callbacks.checkpoint.FORMAT", 9)
        refused(folder, "Received: format=9", identity="a")
    monkeypatch.setattr(keras.backend, "backend", lambda: "other")
    before = content(folder)
    with pytest.raises(ValueError, match="Received: backend='other'"):
        Checkpoint(folder, identity="a").initial_epoch(9)
    assert content(folder) == before


def test_of_more_epochs_is_not_lost(folder):
    refused(folder, "Fit for more epochs", 1, identity="a")
    refused(folder, "Received: epochs=1", 1, identity="a")
    assert fit(folder, 1, identity="a", overwrite=True) == [0]


@pytest.mark.parametrize("cut", [False, True])
def test_the_files_of_a_fit_before_are_not_lost(cut, tmp_path):
    """By a second fit with one object, be the first cut off or not."""

    def fit(begin, epochs, callbacks=()):
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        told = {"initial_epoch": begin, "epochs": epochs, "verbose": 0}
        model.fit(X, X, callbacks=[*callbacks, checkpoint], **told)

    def interrupt(epoch, logs):
        if epoch == 2:
            raise KeyboardInterrupt

    checkpoint = Checkpoint(tmp_path)
    if cut:
        stop = keras.callbacks.LambdaCallback(on_epoch_begin=interrupt)
        with pytest.raises(KeyboardInterrupt):
            fit(0, 3, [stop])
    else:
        fit(0, 2)
    checkpoint.wait()
    before = content(tmp_path)
    with pytest.raises(ValueError, match="needs a new Checkpoint"):
        fit(checkpoint.initial_epoch(3), 3)
    assert content(tmp_path) == before
    fit(2, 3)  # where it stood
    checkpoint = Checkpoint(tmp_path)
    assert checkpoint.initial_epoch(4) == 3


def test_with_as_many_epochs_nothing_is_left_to_do(folder):
    """As for the one before, of which there is a file too."""
    before = content(folder)
    assert fit(folder, BEGUN, identity="a") == []
    assert fit(folder, BEGUN - 1, identity="a") == []
    assert content(folder) == before
    assert fit(folder, BEGUN + 1, identity="a") == [BEGUN]


def test_what_was_removed_meanwhile_is_not_in_the_way(folder):
    checkpoint = Checkpoint(folder, identity="b")
    assert checkpoint.find() is None
    shutil.rmtree(folder)
    assert checkpoint.initial_epoch(BEGUN) == 0


def test_an_origin_may_be_of_anything(folder, tmp_path):
    before = content(folder)
    how = {"identity": "b", "origin": folder}
    assert fit(tmp_path / "new", 1, **how) == [0]
    assert content(folder) == before


def test_the_control_what_is_not_refused_is_lost(folder, monkeypatch):
    kept = newest_state.NewestState
    monkeypatch.setattr(kept, "_refuse_loss", lambda self: None)
    monkeypatch.setattr(kept, "refuse_before", lambda self, epoch: None)
    assert fit(folder, 1, identity="b") == [0]
    assert [path.name[:10] for path in newest_first(folder)] == ["epoch-0001"]


def test_each_number_of_epochs_is_looked_for(folder):
    checkpoint = Checkpoint(folder, identity="a")
    assert checkpoint.find(1) is None
    for epochs in (BEGUN, BEGUN - 1, BEGUN, None):
        most = BEGUN if epochs is None else epochs
        assert checkpoint.find(epochs)["epoch"] == most
    assert checkpoint.find() is checkpoint.find(9), "it was read again"
    assert checkpoint.damaged == []


WRONG = [
    ("save_freq", value, '"epoch" or a whole number of steps from 1')
    for value in (0, -1, True, 1.5, "foo", None)
] + [
    ("interval", value, "a number of seconds from 0")
    for value in (-1, float("nan"), "1", None, True)
]
WRONG += [
    ("callbacks", value, "a list of the fit's other")
    for value in ("adam", [object()], keras.callbacks.TerminateOnNaN(), None)
]
WRONG += [("identity", value, "a string") for value in (None, 3, b"a")]
WRONG += [
    ("about", value, "a dict of names and plain values")
    for value in (
        "a",
        ["a"],
        {"a": object()},
        {1: "a"},
        {"a": float("nan")},
        {"a": {2: 1}},
    )
]
WRONG += [("overwrite", value, "True or False") for value in ("no", 1, None)]
WRONG += [("origin", value, "the path of a folder") for value in (3, b"a", "")]
WRONG += [("directory", value, "the path of a folder") for value in (3, "")]


@pytest.mark.parametrize("name, value, words", WRONG)
def test_a_wrong_argument_is_refused(name, value, words):
    given = {"directory": None, name: value}
    with pytest.raises(ValueError) as error:
        Checkpoint(**given)
    said = str(error.value)
    assert said.startswith(f"Checkpoint: `{name}` must be {words}")
    assert said.endswith(f"Received: {value!r}")


def test_a_file_is_no_folder(tmp_path):
    file = tmp_path / "file"
    file.touch()
    for path in (file, str(file), file / "below"):
        with pytest.raises(ValueError, match=r"file is a file\). Received: "):
            Checkpoint(path)


def test_what_is_right_is_taken(tmp_path):
    for value in ("epoch", 1, np.int64(7)):
        Checkpoint(tmp_path, save_freq=value)
    for value in (0, 0.5, np.float32(3), float("inf")):
        Checkpoint(str(tmp_path), (), interval=value)
    Checkpoint(None, [keras.callbacks.TerminateOnNaN()], about={"a": [1, None]})
