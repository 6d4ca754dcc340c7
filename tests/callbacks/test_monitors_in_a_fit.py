"""Monitors in a fit: it is the same with them, and they remember."""

import copy
import json

import keras
import numpy as np
import pytest
from keras import layers

from callbacks import ActivationMonitor, Checkpoint, GradientMonitor

pytestmark = [pytest.mark.both_backends, pytest.mark.by_hand_on_jax]

RNG = np.random.default_rng(0)
X = RNG.normal(size=(48, 6)).astype("float32")
Y = RNG.integers(0, 3, 48), (X[:, :1] > 0).astype("float32")
FEW = X[:16]
FEW_Y = Y[0][:16], Y[1][:16]
EPOCHS, STEPS = 3, 6


def build(per_call=1):
    """All kinds of state; two outputs, penalties, a model inside."""

    def kernel(seed):
        return {"kernel_initializer": keras.initializers.HeNormal(seed)}

    x = keras.Input((6,))
    inner = keras.Sequential(
        [
            keras.Input((8,)),
            layers.Dense(
                8, "relu", name="b", activity_regularizer="l2", **kernel(2)
            ),
            layers.BatchNormalization(momentum=0.8, name="norm"),
        ],
        name="inner",
    )
    dense = layers.Dense(
        8, "tanh", name="a", kernel_regularizer="l2", **kernel(1)
    )
    h = dense(x)
    h = layers.Dropout(0.3, seed=5)(inner(h))
    h = layers.GaussianNoise(0.1, seed=6)(h)
    outputs = [
        layers.Dense(3, name="kind", **kernel(3))(h),
        layers.Dense(1, "sigmoid", name="sign", **kernel(4))(h),
    ]
    model = keras.Model(x, outputs)
    losses = [
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        "mse",
    ]
    model.compile(
        keras.optimizers.Adam(0.02),
        losses,
        metrics=[["accuracy"], ["mae"]],
        steps_per_execution=per_call,
    )
    return model


def monitors(frequency):
    return [
        ActivationMonitor(FEW, frequency),
        GradientMonitor(FEW, list(FEW_Y), frequency),
    ]


def fit(model, callbacks=(), epochs=EPOCHS, begin=0):
    return model.fit(
        X,
        list(Y),
        8,
        epochs=epochs,
        initial_epoch=begin,
        shuffle=False,
        validation_data=(X, list(Y)),
        verbose=0,
        callbacks=list(callbacks),
    ).history


def state(model):
    variables = [*model.variables, *model.optimizer.variables]
    return [np.array(keras.ops.convert_to_numpy(v)) for v in variables]


def same(one, other):
    history = one[0] == other[0]
    pairs = zip(one[1], other[1], strict=True)
    return history and all(np.array_equal(a, b) for a, b in pairs)


@pytest.fixture(scope="module")
def without():
    model = build()
    return fit(model), state(model)


@pytest.fixture(scope="module")
def with_epochs():
    model, found = build(), monitors("epoch")
    return (fit(model, found), state(model)), found


@pytest.fixture(scope="module")
def with_steps():
    model, found = build(), monitors(4)
    return (fit(model, found), state(model)), found


def test_a_fit_is_the_same_with_and_without(without, with_epochs):
    assert same(without, with_epochs[0])


@pytest.mark.slow
def test_it_is_with_looks_between_steps(without, with_steps):
    assert same(without, with_steps[0])


class Trains(keras.callbacks.Callback):
    """A look as it must not be: what it calls moves statistics and seeds."""

    def on_epoch_end(self, epoch, logs=None):
        self.model(FEW, training=True)


def test_a_look_as_in_training_would_change_it(without):
    model = build()
    assert not same(without, (fit(model, [Trains()]), state(model)))


def moments(monitor):
    return [(each["epoch"], each["step"]) for each in monitor.records]


def test_looks_come_at_the_ends_of_epochs(with_epochs):
    for monitor in with_epochs[1]:
        assert moments(monitor) == [(0, 0), (1, 6), (2, 6), (3, 6)]


@pytest.mark.slow
def test_looks_come_after_steps(with_steps):
    for monitor in with_steps[1]:
        assert moments(monitor) == [(0, 0), (1, 4), (2, 2), (2, 6), (3, 4)]
        text = json.dumps(monitor.records, allow_nan=False)
        assert json.loads(text) == monitor.records


@pytest.mark.slow
def test_looks_at_the_same_step_find_the_same(with_epochs, with_steps):
    for one, other in zip(with_epochs[1], with_steps[1], strict=True):
        assert one.records[2] == other.records[3]
        assert one.records[1] != one.records[2]


def test_with_epochs_there_is_no_hook_on_the_step():
    plain = keras.callbacks.Callback.on_train_batch_end
    for monitor in monitors("epoch"):
        assert "on_train_batch_end" not in vars(monitor)
        assert type(monitor).on_train_batch_end is plain
    for monitor in monitors(4):
        assert "on_train_batch_end" in vars(monitor)


def small(per_call=1):
    """A model that is compiled in no time, and what fits it."""
    model = keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(8, "sigmoid", name="a"),
            layers.Dense(1, name="sign"),
        ]
    )
    model.compile("sgd", "mse", steps_per_execution=per_call)
    return model


def fit_small(model, callbacks, epochs=1, begin=0):
    given = {"initial_epoch": begin, "verbose": 0, "callbacks": callbacks}
    model.fit(X, Y[1], 8, epochs=epochs, **given)


def test_a_call_of_several_steps_has_one_look():
    monitor = ActivationMonitor(FEW, 2)
    fit_small(small(per_call=3), [monitor], 2)
    expected = [(0, 0), *((e, s) for e in (1, 2) for s in (3, 6))]
    assert moments(monitor) == expected


@pytest.mark.parametrize("frequency", ["epoch", 4])
def test_copies_are_on_their_own(frequency):
    found = [
        ActivationMonitor(FEW, frequency),
        GradientMonitor(FEW, FEW_Y[1], frequency),
    ]
    copied = copy.deepcopy(found)
    fit_small(small(), copied)
    assert all(len(monitor.records) == 2 for monitor in copied)
    assert all(monitor.records == [] for monitor in found)
    later = copy.deepcopy(copied)  # of what a fit has gone through
    fit_small(small(), later, 2, begin=1)
    assert all(len(monitor.records) == 2 for monitor in copied)
    assert all(len(monitor.records) > 2 for monitor in later)


@pytest.mark.parametrize(
    "frequency, save",
    [("epoch", "epoch"), pytest.param(4, 2, marks=pytest.mark.slow)],
)
def test_records_survive_a_resume(frequency, save, request, tmp_path):
    """The fit is stopped after its second epoch, or in it."""
    name = "with_epochs" if frequency == "epoch" else "with_steps"
    straight = request.getfixturevalue(name)

    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if save == "epoch" and epoch == 1:
                raise KeyboardInterrupt

        def on_train_batch_end(self, batch, logs=None):
            if save != "epoch" and (self.epoch, batch) == (1, 4):
                raise KeyboardInterrupt

        def on_epoch_begin(self, epoch, logs=None):
            self.epoch = epoch

    def checkpoint(found):
        return Checkpoint(tmp_path, found, save_freq=save)

    first = monitors(frequency)
    with pytest.raises(KeyboardInterrupt):
        guard = checkpoint(first)
        fit(build(), [*first, guard, Stop()])
    guard.wait()
    again = monitors(frequency)
    guard, model = checkpoint(again), build()
    begin = guard.initial_epoch(EPOCHS)
    assert begin == (2 if save == "epoch" else 1)
    if guard.initial_step:
        model.test_on_batch(X[:8], [Y[0][:8], Y[1][:8]])
    history = resumed(model, [*again, guard], begin, guard.initial_step)
    for one, other in zip(again, straight[1], strict=True):
        assert one.records == other.records
    # Keras sums each output's own loss over epochs: that is another matter.
    whole = straight[0][0]["loss"], straight[0][1]
    assert same((history["loss"], state(model)), whole)


def resumed(model, callbacks, begin, step):
    """Go on with the batches from `step` of an epoch."""

    def batches():
        epoch = begin
        while True:
            for number in range(step if epoch == begin else 0, STEPS):
                rows = slice(8 * number, 8 * number + 8)
                yield X[rows], (Y[0][rows], Y[1][rows])
            epoch += 1

    return model.fit(
        batches(),
        steps_per_epoch=STEPS,
        epochs=EPOCHS,
        initial_epoch=begin,
        shuffle=False,
        validation_data=(X, list(Y)),
        verbose=0,
        callbacks=callbacks,
    ).history


def test_without_their_state_records_begin_anew(tmp_path):
    """The control of the test above: a Checkpoint that does not know them."""

    def fit_for(epochs, known):
        monitor, model = ActivationMonitor(FEW), small()
        guard = Checkpoint(tmp_path / str(known), [monitor] if known else [])
        begin = guard.initial_epoch(epochs)
        fit_small(model, [monitor, guard], epochs, begin)
        return [each["epoch"] for each in monitor.records]

    for known, expected in ((True, [0, 1, 2]), (False, [2])):
        assert fit_for(1, known) == [0, 1]
        assert fit_for(2, known) == expected


def test_a_fit_from_its_first_epoch_begins_anew():
    monitor, model = ActivationMonitor(FEW), small()
    fit_small(model, [monitor], 2)
    fit_small(model, [monitor], 3, begin=2)
    assert [each["epoch"] for each in monitor.records] == [0, 1, 2, 3]
    fit_small(model, [monitor])
    assert [each["epoch"] for each in monitor.records] == [0, 1]


def test_words_name_the_layer_and_the_epochs():
    monitor, model = ActivationMonitor(FEW), small()
    model.layers[0].kernel.assign(model.layers[0].kernel * 100)
    fit_small(model, [monitor], 2)
    (words,) = monitor.words()
    assert words.startswith("saturated: ") and "'a' (sigmoid)" in words
    assert words.endswith("(epochs 0 to 2, these numbers of 2; 3 of 3 looks)")


def test_what_is_not_built_has_no_look_before_the_first_step():
    model = keras.Sequential([layers.Dense(8, "relu"), layers.Dense(1)])
    model.compile("sgd", "mse")
    monitors = [ActivationMonitor(FEW), GradientMonitor(FEW, FEW_Y[1])]
    fit_small(model, monitors)
    looks = [each["epoch"] for each in monitors[1].records]
    assert looks in ([1], [0, 1])  # JAX builds before the fit begins
    assert len(monitors[0].records) == len(looks)
