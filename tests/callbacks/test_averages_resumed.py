"""AveragedWeights in a fit that is stopped half way, and goes on from disk."""

import keras
import numpy as np
import pytest

from callbacks import AveragedWeights

pytestmark = pytest.mark.both_backends

RNG = np.random.default_rng(0)
X = RNG.normal(size=(24, 3)).astype("float32")
Y = X @ np.array([[1.0], [-2.0], [0.5]], "float32")
HALF, EPOCHS = 2, 4


def build(seed):
    """A network with all kinds of state: weights, statistics, seeds."""
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.BatchNormalization(momentum=0.8),
            keras.layers.Dropout(0.3, seed=seed),
            keras.layers.Dense(1),
        ]
    )
    adam = keras.optimizers.Adam(0.05, use_ema=True, ema_momentum=0.8)
    model.compile(adam, "mse")
    adam.build(model.trainable_variables)
    return model


def state(model):
    return {
        "trainable": model.trainable_variables,
        "statistics": [v for v in model.weights if not v.trainable],
        "seeds": [
            v
            for layer in model.layers
            for v in layer.variables
            if "seed_generator" in v.path
        ],
        "optimizer": model.optimizer.variables,
    }


class Save(keras.callbacks.Callback):
    """Write everything at the end of an epoch, and stop there."""

    def __init__(self, folder, averaging):
        super().__init__()
        self.folder, self.averaging = folder, averaging

    def on_epoch_end(self, epoch, logs=None):
        if epoch + 1 != HALF:
            return
        found = state(self.model) | {"raw": self.averaging.raw_weights}
        for name, values in found.items():
            arrays = [keras.ops.convert_to_numpy(v) for v in values]
            np.savez(self.folder / name, *arrays)
        self.model.stop_training = True


class Load(keras.callbacks.Callback):
    """Read it into another model and another callback."""

    def __init__(self, folder, averaging, forgotten):
        super().__init__()
        self.folder, self.averaging = folder, averaging
        self.forgotten = forgotten

    def on_train_begin(self, logs=None):
        for name, variables in state(self.model).items():
            if name == self.forgotten:
                continue
            values = self.read(name)
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
        if self.forgotten != "raw":
            self.averaging.raw_weights = self.read("raw")

    def read(self, name):
        with np.load(self.folder / f"{name}.npz") as file:
            return [file[f"arr_{i}"] for i in range(len(file.files))]


class Seen(keras.callbacks.Callback):
    """The averages at each epoch's end, by the epoch's number."""

    def on_train_begin(self, logs=None):
        self.averages = {}

    def on_epoch_end(self, epoch, logs=None):
        self.averages[epoch] = self.model.get_weights()


def fit(model, callbacks, begin=0):
    return model.fit(
        X,
        Y,
        8,
        initial_epoch=begin,
        epochs=EPOCHS,
        validation_data=(X, Y),
        shuffle=False,
        verbose=0,
        callbacks=callbacks,
    ).history


@pytest.fixture(scope="module")
def straight():
    seen, model = Seen(), build(1)
    history = fit(model, [AveragedWeights(), seen])
    return model.get_weights(), seen.averages, history


def resumed(folder, forgotten=None):
    first = AveragedWeights()
    fit(build(1), [first, Save(folder, first)])
    again, seen, model = AveragedWeights(), Seen(), build(2)
    load = Load(folder, again, forgotten)
    history = fit(model, [again, load, seen], begin=HALF)
    return model.get_weights(), seen.averages, history


def apart(one, other):
    return max(abs(a - b).max() for a, b in zip(one, other, strict=True))


def test_a_fit_that_goes_on_ends_as_one_that_was_never_stopped(
    straight, tmp_path
):
    weights, averages, history = straight
    found, later, after = resumed(tmp_path)
    assert apart(found, weights) < 1e-6
    assert list(later) == [HALF, EPOCHS - 1]
    for epoch, values in later.items():
        assert apart(values, averages[epoch]) < 1e-6
    for name in ("loss", "val_loss"):
        np.testing.assert_allclose(after[name], history[name][HALF:], 1e-5)


@pytest.mark.parametrize(
    "forgotten", ["raw", "trainable", "statistics", "seeds", "optimizer"]
)
def test_without_one_part_of_the_state_it_does_not(
    forgotten, straight, tmp_path
):
    """`raw` is what the callback has; the averages are then trained on.

    The raw weights stand in for what is trained, so that these may be left
    out.
    """
    distance = apart(resumed(tmp_path, forgotten)[0], straight[0])
    if forgotten == "trainable":
        assert distance < 1e-6
    else:
        assert distance > 1e-3
