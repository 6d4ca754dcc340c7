"""Checkpoint within epochs, in plain Keras: what is done is not done again."""

import itertools

import keras
import numpy as np
import pytest

from callbacks import Checkpoint
from callbacks.state_file import read_states

pytestmark = pytest.mark.both_backends

RNG = np.random.default_rng(0)
X = RNG.normal(size=(24, 3)).astype("float32")
Y = (X @ np.array([[1.0], [-2.0], [0.5]])).astype("float32")
STEPS, BATCH, EPOCHS = 6, 4, 3
STOP = 1, 4  # in epoch 1, when 4 of its steps are done


def batches(epoch, step):
    """Yield batches for ever, from a step of an epoch: it alone says which."""
    for number in itertools.count(epoch):
        order = np.random.default_rng(number).permutation(len(X))
        for each in range(step, STEPS):
            rows = order[each * BATCH : (each + 1) * BATCH]
            yield X[rows], Y[rows]
        step = 0


def build(steps_per_execution=1, seed=1):
    """A network with statistics and random numbers, and a metric's sums."""
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
    model.compile(
        keras.optimizers.Adam(0.05),
        "mse",
        metrics=["mae"],
        steps_per_execution=steps_per_execution,
    )
    return model


class Stopped(Exception):
    pass


class Stop(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch + 1) == STOP:
            raise Stopped


def fit(folder, model, *others, skipped=True, measured=True):
    """Fit, or go on where the folder has a file."""
    checkpoint = Checkpoint(folder, interval=0, save_freq=2)
    epoch = checkpoint.initial_epoch(EPOCHS)
    step = checkpoint.initial_step
    if step and measured:
        model.test_on_batch(X[:BATCH], Y[:BATCH])
    try:
        return model.fit(
            batches(epoch, step if skipped else 0),
            steps_per_epoch=STEPS,
            initial_epoch=epoch,
            epochs=EPOCHS,
            shuffle=False,
            verbose=0,
            callbacks=[checkpoint, *others],
        ).history
    finally:
        checkpoint.wait()


def bits(model):
    variables = [*model.variables, *model.optimizer.variables]
    return [np.array(v).tobytes() for v in variables]


def stopped(folder, steps_per_execution):
    with pytest.raises(Stopped):
        fit(folder, build(steps_per_execution), Stop())
    assert [place for place, _ in read_states(folder)] == [STOP, (1, 2)]


@pytest.mark.parametrize("steps", [1, 2])
def test_it_goes_on_after_the_step_with_the_same_bits(steps, tmp_path):
    straight = build(steps)
    history = fit(tmp_path / "straight", straight)
    stopped(tmp_path / "stopped", steps)
    again = build(steps, seed=2)
    assert fit(tmp_path / "stopped", again) == history
    assert bits(again) == bits(straight)
    assert len(history["mae"]) == EPOCHS
    assert [p for p, _ in read_states(tmp_path / "stopped")] == [
        (EPOCHS, 0),
        (EPOCHS - 1, 4),
    ]


def test_from_the_first_batch_of_the_epoch_the_bits_are_others(tmp_path):
    """The order matters: what the test above shows it could not else."""
    stopped(tmp_path, 1)
    again, straight = build(), build()
    fit(tmp_path / "straight", straight)
    fit(tmp_path, again, skipped=False)
    assert bits(again) != bits(straight)


def test_what_cannot_go_on_within_an_epoch_says_how(tmp_path):
    stopped(tmp_path, 1)
    with pytest.raises(ValueError, match="step 4, and .*_execution=3 does not"):
        fit(tmp_path, build(3))
    if keras.backend.backend() == "tensorflow":  # JAX makes them in `fit`
        with pytest.raises(ValueError, match="Call model.test_on_batch with"):
            fit(tmp_path, build(), measured=False)
    assert next(read_states(tmp_path))[0] == STOP, "it is there no more"
