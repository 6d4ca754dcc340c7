"""Checkpoint: a fit that goes on ends with the bits of one never stopped."""

import csv
import hashlib
import math

import keras
import numpy as np
import pytest

from callbacks import (
    AveragedWeights,
    Checkpoint,
    CheckpointError,
    EarlyStopping,
)
from callbacks.state_file import read_states, write_state

pytestmark = pytest.mark.both_backends

RNG = np.random.default_rng(0)
X = RNG.normal(size=(24, 3)).astype("float32")
Y = X @ np.array([[1.0], [-2.0], [0.5]], "float32")
HALF, EPOCHS = 3, 6


def build(seed=1, units=8):
    """A network with all kinds of state: weights, statistics, seeds."""
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(units, activation="relu"),
            keras.layers.BatchNormalization(momentum=0.8),
            keras.layers.Dropout(0.3, seed=seed),
            keras.layers.Dense(1),
        ]
    )
    adam = keras.optimizers.Adam(0.05, use_ema=True, ema_momentum=0.8)
    model.compile(adam, "mse")
    return model


class Counting(keras.callbacks.Callback):
    """One of a user's own, which takes part."""

    def on_train_begin(self, logs=None):
        self.count = 0

    def on_epoch_end(self, epoch, logs=None):
        self.count += 1
        logs["count"] = self.count

    def get_state(self):
        return {"count": self.count} if hasattr(self, "count") else None

    def set_state(self, state):
        self.count = state["count"]


def others(folder, patience=9):
    plateau = keras.callbacks.ReduceLROnPlateau(
        patience=1, min_delta=10.0, cooldown=1
    )
    stopping = EarlyStopping(
        patience=patience, min_delta=10.0, restore_best_weights=patience < 9
    )
    log = keras.callbacks.CSVLogger(str(folder / "history.csv"))
    return [AveragedWeights(), plateau, stopping, Counting(), log]


def fit(folder, epochs, patience=9, seed=1, change=None, origin=None):
    """Fit as far as `epochs`; `change` is done to what it goes on from."""
    folder.mkdir(exist_ok=True)
    hooked = others(folder, patience)
    checkpoint = Checkpoint(
        folder / "epochs", hooked, "this one", origin, interval=0
    )
    model = build(seed)
    begin = checkpoint.initial_epoch(epochs)
    if change is not None:
        change(checkpoint.find(), model)
    history = model.fit(
        X,
        Y,
        8,
        initial_epoch=begin,
        epochs=epochs,
        validation_data=(X, Y),
        shuffle=False,
        verbose=0,
        callbacks=[*hooked, checkpoint],
    ).history
    return model, history, hooked


def bits(model):
    optimizer = model.optimizer.variables
    return [np.array(v).tobytes() for v in [*model.variables, *optimizer]]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    return folder, *fit(folder, EPOCHS)


@pytest.fixture(scope="module")
def half(tmp_path_factory):
    folder = tmp_path_factory.mktemp("half")
    fit(folder, HALF)
    return folder / "epochs"


def test_a_fit_that_goes_on_has_the_bits_of_one_never_stopped(
    whole, half, tmp_path
):
    folder, straight, history, hooked = whole
    found, again, later = fit(tmp_path, EPOCHS, seed=2, origin=half)
    assert bits(found) == bits(straight)
    assert again == history and len(history["loss"]) == EPOCHS
    assert again["count"] == list(range(1, EPOCHS + 1))
    assert len(set(history["learning_rate"])) > 2, "the plateau was not tried"
    texts = [(f / "history.csv").read_text() for f in (folder, tmp_path)]
    assert texts[0] == texts[1]
    assert later[2].best_epoch == hooked[2].best_epoch
    assert later[2].wait == hooked[2].wait > 0
    assert next(read_states(half))[0] == (HALF, 0), "the origin was changed"


def of_fresh(name):
    """Return a change that leaves one part of the state as it is built."""

    def change(found, model):
        model.optimizer.build(model.trainable_variables)
        for number, variable in enumerate(model.variables):
            if name in variable.path:
                found["variables"][number] = np.array(variable)
        if name == "optimizer":
            found["optimizer"] = [
                np.array(v) for v in model.optimizer.variables
            ]
        for pair in found["callbacks"]:
            if pair[0] == name:
                for key, value in (("wait", 0), ("raw_weights", None)):
                    if key in pair[1]:
                        pair[1][key] = value
                pair[1].update({"best": None} if "best" in pair[1] else {})

    return change


@pytest.mark.slow
@pytest.mark.parametrize(
    "forgotten",
    [
        "seed",
        "moving_mean",
        "optimizer",
        "AveragedWeights",
        "ReduceLROnPlateau",
    ],
)
def test_without_one_part_of_the_state_it_has_others(
    forgotten, whole, half, tmp_path
):
    found, *_ = fit(tmp_path, EPOCHS, 9, 2, of_fresh(forgotten), half)
    assert bits(found) != bits(whole[1])


def test_a_fit_that_has_ended_itself_stays_ended(tmp_path):
    model, history, hooked = fit(tmp_path, EPOCHS, patience=2)
    assert len(history["loss"]) == 3 < EPOCHS
    again, same, later = fit(tmp_path, EPOCHS, patience=2, seed=2)
    assert bits(again) == bits(model) and same == history
    assert later[2].best_epoch == hooked[2].best_epoch == 0
    with open(tmp_path / "history.csv", newline="") as file:
        assert len(list(csv.DictReader(file))) == 3


@pytest.mark.parametrize("harm", ["cut", "flip", "empty"])
def test_a_damaged_file_is_not_taken_but_the_one_before(harm, half, tmp_path):
    for path in half.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    last = max(tmp_path.glob("*.npz"))
    content = bytearray(last.read_bytes())
    content[len(content) // 2] ^= 4
    harmed = {"cut": content[:-1], "flip": content, "empty": b""}[harm]
    last.write_bytes(harmed)
    assert [p for p, _ in read_states(tmp_path)] == [(HALF - 1, 0)]
    checkpoint = Checkpoint(tmp_path, identity="this one")
    assert checkpoint.initial_epoch(EPOCHS) == HALF - 1


def test_of_another_identity_or_beyond_the_end_is_not_taken(half):
    how = {"identity": "another", "overwrite": True}
    assert Checkpoint(half, **how).initial_epoch(EPOCHS) == 0
    assert Checkpoint(half, identity="this one").initial_epoch(2) == 2
    how = {"identity": "this one", "overwrite": True}
    assert Checkpoint(half, **how).initial_epoch(1) == 0
    assert Checkpoint(half, identity="this one").initial_epoch(9) == HALF


def go_on(half, model=None, hooked=(), begin=HALF):
    checkpoint = Checkpoint(half, hooked, "this one")
    (model or build()).fit(
        X,
        Y,
        epochs=EPOCHS,
        initial_epoch=begin,
        verbose=0,
        callbacks=[*hooked, checkpoint],
    )


def test_what_does_not_fit_is_refused(half, tmp_path):
    with pytest.raises(ValueError, match="began with, AveragedWeights, "):
        go_on(half)
    with pytest.raises(ValueError, match="of another model, with 9 var"):
        go_on(half, build(units=4))
    with pytest.raises(ValueError, match="goes on at epoch 3: .*epoch=0"):
        go_on(half, hooked=others(tmp_path)[:-1], begin=0)
    assert next(read_states(half))[0] == (HALF, 0)


class Watching(keras.callbacks.Callback):
    """What lies in a folder at each epoch's end."""

    def __init__(self, checkpoint):
        super().__init__()
        self.checkpoint, self.folder = checkpoint, checkpoint.directory
        self.seen = []

    def on_epoch_end(self, epoch, logs=None):
        self.checkpoint.wait()
        self.seen.append([e for (e, _), _ in read_states(self.folder)])


def test_a_fit_that_begins_anew_leaves_nothing_of_before(half, tmp_path):
    """And between two files lies the interval, but the last one comes."""
    for path in half.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    checkpoint = Checkpoint(
        tmp_path, identity="another", interval=1e9, overwrite=True
    )
    watching = Watching(checkpoint)
    hooked = [checkpoint, watching]
    build().fit(X, Y, epochs=4, verbose=0, callbacks=hooked)
    assert watching.seen == [[], [], [], [4]]


def test_a_disk_that_takes_nothing_ends_the_fit(tmp_path):
    checkpoint = Checkpoint(tmp_path / "file")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CheckpointError, match="epoch 1 could not be written"):
        build().fit(X, Y, verbose=0, callbacks=[checkpoint])


def test_a_state_comes_back_as_it_was(tmp_path):
    half = keras.ops.convert_to_numpy(keras.ops.ones(3, "bfloat16"))
    state = {
        "numbers": [1, 0.1, True, None, math.inf, "word", (2,)],
        "arrays": {"double": np.arange(3) / 3, "half": half, "none": []},
        "array": "a word, no array",
        "scalar": np.float64(0.1),
    }
    write_state(tmp_path, 7, state)
    place, found = next(read_states(tmp_path))
    assert place == (7, 0)
    arrays = found.pop("arrays")
    for name in ("double", "half"):
        given = state["arrays"][name]
        assert arrays[name].dtype == given.dtype
        assert arrays[name].tobytes() == given.tobytes()
    assert found["numbers"] == [1, 0.1, True, None, math.inf, "word", [2]]
    assert (found["array"], found["scalar"]) == ("a word, no array", 0.1)


@pytest.mark.parametrize("value", [object(), {1: 2}, np.array([object()])])
def test_a_state_holds_nothing_that_would_need_code(value, tmp_path):
    with pytest.raises(TypeError, match="A state has dicts"):
        write_state(tmp_path, 1, {"value": [value]})
    assert list(read_states(tmp_path)) == []


class Trap:
    def __reduce__(self):
        return (pytest.fail, ("the pickle was read",))


def test_a_pickle_is_not_read(tmp_path):
    path = tmp_path / "trap"
    with open(path, "wb") as file:
        np.savez(file, json=np.array([Trap()], "object"))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    path.rename(tmp_path / f"epoch-0001.{digest}.npz")
    assert list(read_states(tmp_path)) == []
