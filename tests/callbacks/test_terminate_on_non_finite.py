"""TerminateOnNonFinite: the loss at each call, the weights at each epoch."""

import keras
import numpy as np
import pytest

from callbacks import Checkpoint, NonFiniteError, TerminateOnNonFinite
from callbacks.finite import non_finite
from callbacks.state_file import newest_first, read_states

pytestmark = pytest.mark.both_backends

X = np.random.default_rng(0).normal(size=(12, 3)).astype("float32")
Y = np.arange(12) % 2


class Poison(keras.callbacks.Callback):
    """Makes a weight, or a slot, bad: before a step, or after the last."""

    def __init__(self, epoch, step, value, of="model"):
        super().__init__()
        self.when, self.value, self.of = (epoch, step), value, of

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        self.spoil(batch)

    def on_epoch_end(self, epoch, logs=None):
        self.spoil(3)

    def spoil(self, step):
        if (self.epoch, step) == self.when:
            model = self.model
            owner = model if self.of == "model" else model.optimizer
            variable = owner.variables[-1]
            variable.assign(np.full(variable.shape, self.value))


def fit(*callbacks, x=X, rate=0.01, epochs=4, dtype="float32"):
    keras.utils.set_random_seed(0)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(4, activation="relu", dtype=dtype),
            layers.Dense(2, dtype=dtype),
            layers.Activation("linear", dtype="float32"),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    adam = keras.optimizers.Adam(rate)
    if dtype == "mixed_float16":
        adam = keras.optimizers.LossScaleOptimizer(adam, 2.0**40)
    model.compile(adam, loss, auto_scale_loss=False)
    model.fit(
        x,
        Y,
        4,
        epochs=epochs,
        shuffle=False,
        verbose=0,
        callbacks=list(callbacks),
    )
    return model


def test_the_sums_tell():
    assert non_finite([np.ones(3), np.array([1.0, np.inf])]) == 1
    assert non_finite([np.array([np.inf, -np.inf])]) == 0
    assert non_finite([np.array([[np.nan]], "float16")]) == 0
    large = np.full(100, 3e38, "float32")
    with np.errstate(over="ignore"):
        assert not np.isfinite(large.sum())
    assert non_finite([large, np.arange(3), np.array("text")]) is None
    assert non_finite([keras.ops.cast([1.0, np.nan], "bfloat16")]) == 0


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_are_seen_at_the_end_of_their_epoch(value):
    guard = TerminateOnNonFinite()
    model = fit(Poison(1, 3, value), guard)
    assert len(model.history.history["loss"]) == 2
    assert np.isfinite(model.history.history["loss"]).all()
    assert (guard.found.epoch, guard.found.step) == (1, 3)
    assert guard.found.what == f"`{model.trainable_variables[-1].path}`"


def test_so_are_the_optimizers_variables():
    guard = TerminateOnNonFinite(raise_error=True)
    with pytest.raises(NonFiniteError, match="epoch 2, after its step 3"):
        fit(Poison(1, 3, np.inf, "optimizer"), guard)


def test_without_the_weights_only_the_loss_is_looked_at():
    guard = TerminateOnNonFinite(weights=False)
    fit(Poison(3, 3, np.nan), guard)
    assert guard.found is None
    fit(Poison(1, 1, np.nan), guard)  # a bias of the last layer
    first = guard.found
    assert (first.what, first.epoch, first.step) == ("the loss", 1, 2)


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="its ReLU makes NaN 0"
)
def test_a_finite_loss_over_dead_weights():
    x = X.copy()
    x[5] = np.nan
    seen = {}
    for name, guard in {
        "keras": keras.callbacks.TerminateOnNaN(),
        "ours": TerminateOnNonFinite(),
    }.items():
        model = fit(guard, x=x)
        seen[name] = model.history.history["loss"]
        kernel = keras.ops.convert_to_numpy(model.weights[0])
        assert np.isnan(kernel).any() and np.isfinite(seen[name]).all()
    assert len(seen["keras"]) == 4, "Keras' own has begun to see it"
    assert len(seen["ours"]) == 1


@pytest.mark.parametrize("raised", [True, False])
def test_a_bad_state_is_never_written(tmp_path, raised):
    guard = TerminateOnNonFinite(raise_error=raised)
    checkpoint = Checkpoint(tmp_path, interval=0, save_freq=1)
    try:
        fit(Poison(2, 1, np.nan), guard, checkpoint)
    except NonFiniteError:
        assert raised
    checkpoint.wait()
    places = [place for place, _ in read_states(tmp_path)]
    assert places == [(2, 1), (2, 0)]
    assert len(newest_first(tmp_path)) == 2


def test_nor_without_a_guard(tmp_path):
    checkpoint = Checkpoint(tmp_path, interval=0)
    fit(Poison(1, 3, np.inf, "optimizer"), checkpoint)
    assert [place for place, _ in read_states(tmp_path)] == [(1, 0)]


def test_steps_that_loss_scaling_skips_are_none_of_its_business():
    guard = TerminateOnNonFinite(raise_error=True)
    model = fit(guard, dtype="mixed_float16", epochs=10)
    scale = keras.ops.convert_to_numpy(model.optimizer.dynamic_scale)
    assert scale < 2.0**40, "no step was skipped"
    moved = keras.ops.convert_to_numpy(model.optimizer.iterations)
    assert 0 < moved < 30


def test_a_rate_that_explodes_ends_by_the_loss():
    guard = TerminateOnNonFinite()
    model = fit(guard, rate=1e30)
    assert len(model.history.history["loss"]) < 4
    assert guard.found is not None
