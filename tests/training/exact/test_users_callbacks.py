"""A user's own callbacks go on too, in the middle of an epoch as well."""

import keras
import pytest

import recipes
from recipes import Part

pytestmark = [pytest.mark.both_backends, pytest.mark.by_hand_on_jax]
SLOW = pytest.mark.slow


class Remembering(keras.callbacks.Callback):
    """Has a state that it says; the rest of these have none."""

    def get_state(self):
        return dict(vars(self)["kept"])

    def set_state(self, state):
        self.kept = dict(state)


class Counting(Remembering):
    """Counts batches: of the run, and of the epoch."""

    def on_train_begin(self, logs=None):
        self.kept = {"run": 0, "epoch": 0, "losses": 0.0}

    def on_epoch_begin(self, epoch, logs=None):
        self.kept |= {"epoch": 0, "losses": 0.0}

    def on_train_batch_end(self, batch, logs=None):
        self.kept["run"] += 1
        self.kept["epoch"] += 1
        self.kept["losses"] += float(logs["loss"])

    def on_epoch_end(self, epoch, logs=None):
        logs.update(self.kept)


class Decaying(keras.callbacks.Callback):
    """Sets the learning rate and the weights at each step."""

    def on_train_batch_end(self, batch, logs=None):
        optimizer = self.model.optimizer
        rate = float(keras.ops.convert_to_numpy(optimizer.learning_rate))
        optimizer.learning_rate = 0.9 * rate
        for variable in self.model.trainable_variables:
            variable.assign(0.99 * variable)


def plateau():
    return keras.callbacks.ReduceLROnPlateau(patience=0, min_delta=1.0)


def scheduler():
    return keras.callbacks.LearningRateScheduler(
        lambda epoch, rate: rate * 0.5**epoch
    )


def stopping():
    return keras.callbacks.EarlyStopping(
        "val_accuracy", patience=9, restore_best_weights=True
    )


def recipe(**fields):
    given = {
        "network": Part("mlp", units=(4,)),
        "schedule": "constant",
        "batch_size": 16,
        "epochs": 3,
        "early_stopping": None,
    }
    return recipes.tabular_classifier(**{**given, **fields})


@pytest.mark.slow
@pytest.mark.parametrize(
    "callback",
    [
        Counting,
        pytest.param(Decaying, marks=SLOW),
        pytest.param(plateau, marks=SLOW),
        pytest.param(scheduler, marks=SLOW),
        pytest.param(stopping, marks=SLOW),
    ],
    ids=["counting", "decaying", "plateau", "scheduler", "stopping"],
)
def test_a_users_callback_goes_on(cutter, callback):
    cutter.check(
        recipe(),
        "iris",
        [(1, 0), (1, 4)],
        save_freq=2,
        callbacks=lambda: [callback()],
    )


@SLOW
def test_how_often_it_is_written_may_change(cutter):
    """What one call on the backend computes stays as it was begun."""
    straight = cutter.straight(recipe(), "iris", [(1, 4)], save_freq=2)
    for how in ({}, {"save_freq": 1}, {"save_freq": 3}):
        end, begun = cutter.go_on(recipe(), "iris", (1, 4), **how)
        assert begun == (1, 4) and end.differences(straight) == []
