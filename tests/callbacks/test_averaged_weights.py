"""AveragedWeights: linear regression by hand, and every end of a fit."""

import keras
import numpy as np
import pytest

from callbacks import AveragedWeights

pytestmark = pytest.mark.both_backends

RATE, MOMENTUM, BATCH, STEPS = 0.1, 0.8, 4, 3
RNG = np.random.default_rng(0)
X = RNG.normal(size=(BATCH * STEPS, 3)).astype("float32")
GOAL = np.array([[1.0], [-2.0], [0.5]], "float32")
Y = X @ GOAL
# The best for validation lies halfway: its loss falls, then rises.
VALIDATION = (X, X @ (0.5 * GOAL))


def by_hand(epochs, each=1):
    """Return the raw weights and the averages after every batch."""
    x, y = X.astype("float64"), Y.astype("float64")
    w, sums, average = np.zeros((3, 1)), 0, None
    raw, averages = [], []
    for step in range(epochs * STEPS):
        rows = slice(step % STEPS * BATCH, (step % STEPS + 1) * BATCH)
        sums = sums + 2 / BATCH * x[rows].T @ (x[rows] @ w - y[rows])
        if step % each == each - 1:
            w, sums = w - RATE * sums / each, 0
        started = average is not None and (step >= each or each == 1)
        average = MOMENTUM * average + (1 - MOMENTUM) * w if started else w
        raw.append(w)
        averages.append(average)
    return raw, averages


def loss_of(w, x, y):
    return float(np.square(x @ w - y).mean())


def build(per_call=1, use_ema=True, **options):
    model = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(
                1, use_bias=False, kernel_initializer="zeros", dtype="float32"
            ),
        ]
    )
    options = {"use_ema": use_ema, "ema_momentum": MOMENTUM, **options}
    optimizer = keras.optimizers.SGD(RATE, **options)
    model.compile(optimizer, "mse", steps_per_execution=per_call)
    return model


def fit(model, callbacks, epochs=4, validation=VALIDATION):
    return model.fit(
        X,
        Y,
        BATCH,
        epochs,
        validation_data=validation,
        validation_batch_size=len(X),
        shuffle=False,
        verbose=0,
        callbacks=callbacks,
    ).history


def close(found, expected, tolerance=1e-5):
    np.testing.assert_allclose(found, expected, tolerance, tolerance)


class Seen(keras.callbacks.Callback):
    """What stands in the model at each hook."""

    def on_train_begin(self, logs=None):
        self.epoch_begin, self.test_end, self.epoch_end = [], [], []

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch_begin.append(self.model.get_weights()[0])

    def on_test_end(self, logs=None):
        self.test_end.append(self.model.get_weights()[0])

    def on_epoch_end(self, epoch, logs=None):
        self.epoch_end.append(self.model.get_weights()[0])


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"per_call": STEPS},
        {"gradient_accumulation_steps": 2},
        {"ema_momentum": 0.0},
    ],
    ids=str,
)
def test_by_hand(options):
    seen, ours = Seen(), AveragedWeights()
    model = build(**options)
    history = fit(model, [ours, seen])
    raw, average = by_hand(4, options.get("gradient_accumulation_steps", 1))
    if options == {"ema_momentum": 0.0}:
        average = raw
    ends = range(STEPS - 1, 4 * STEPS, STEPS)
    close(seen.test_end, [average[i] for i in ends])
    close(seen.epoch_end, seen.test_end, 0)
    close(seen.epoch_begin[1:], [raw[i] for i in list(ends)[:-1]])
    losses = [loss_of(average[i], *VALIDATION) for i in ends]
    close(history["val_loss"], losses, 1e-4)
    close(model.get_weights()[0], average[-1])
    if options != {"ema_momentum": 0.0}:  # the control: they are two things
        assert abs(np.subtract(raw[-1], average[-1])).max() > 1e-2


def test_its_place_in_the_list_is_of_no_matter():
    found = []
    for first in (True, False):
        seen, ours = Seen(), AveragedWeights()
        fit(build(), [ours, seen] if first else [seen, ours])
        found.append((seen.test_end, seen.epoch_end))
    np.testing.assert_array_equal(*found)


def test_float16_with_loss_scaling():
    model = build()
    inner = model.optimizer
    model.compile(keras.optimizers.LossScaleOptimizer(inner), "mse")
    seen = Seen()
    fit(model, [AveragedWeights(), seen])
    close(seen.test_end[-1], by_hand(4)[1][-1])
    close(model.get_weights()[0], seen.test_end[-1], 0)


class Stop(keras.callbacks.Callback):
    """Stop in the middle of the third epoch."""

    def on_train_batch_end(self, batch, logs=None):
        if len(self.model.history.epoch) == 2 and batch == 1:
            self.model.stop_training = True


def stopping(patience, **options):
    return keras.callbacks.EarlyStopping(patience=patience, **options)


def best(patience=99):
    return stopping(patience, restore_best_weights=True)


@pytest.mark.parametrize(
    "others, kept",
    [
        ((), "last epoch"),
        ((best(1),), "best"),
        ((best(),), "best"),
        ((stopping(1),), "last epoch"),
        ((Stop(),), "last epoch"),
        ((Stop(), best()), "best"),
    ],
    ids=["end", "restored", "best", "stopped", "mid-epoch", "mid-epoch, best"],
)
def test_however_the_fit_ends(others, kept):
    ours, model = AveragedWeights(), build()
    # One that reads the weights stands before ours, one that stops behind.
    history = fit(model, [*others[-1:], ours, *others[:-1]], 9)
    losses, average = history["val_loss"], by_hand(9)[1]
    epoch = int(np.argmin(losses)) if kept == "best" else len(losses) - 1
    step = epoch * STEPS + STEPS - 1
    if Stop in map(type, others):
        assert epoch == 2
        step -= 1  # stopped before the epoch's last one
    elif kept == "best":
        assert 0 < epoch < len(losses) - 1
    close(model.get_weights()[0], average[step])
    score = model.evaluate(*VALIDATION, batch_size=len(X), verbose=0)
    assert score == losses[epoch]  # to the last bit
    assert ours.raw_weights is None


@pytest.mark.parametrize(
    "callbacks, kept",
    [
        (lambda: [best(1)], "best"),
        (
            lambda: [
                keras.callbacks.SwapEMAWeights(swap_on_epoch=True),
                stopping(1),
            ],
            "last epoch",
        ),
    ],
    ids=["none", "SwapEMAWeights"],
)
def test_without_it_a_fit_ends_on_other_weights(callbacks, kept):
    model = build()
    losses = fit(model, callbacks(), 9)["val_loss"]
    epoch = int(np.argmin(losses)) if kept == "best" else len(losses) - 1
    after = epoch * STEPS + STEPS - 1
    assert len(losses) < 9
    error = abs(model.get_weights()[0] - by_hand(9)[1][after]).max()
    assert error > 1e-2


@pytest.mark.parametrize("validation", [VALIDATION, None])
def test_a_checkpoint_has_the_averages(validation, tmp_path):
    path = tmp_path / "best.keras"
    monitor = "val_loss" if validation else "loss"
    saver = keras.callbacks.ModelCheckpoint(path, monitor, save_best_only=True)
    history = fit(build(), [AveragedWeights(), saver], 9, validation)
    loaded = keras.saving.load_model(path)
    best = int(np.argmin(history[monitor]))
    close(loaded.get_weights()[0], by_hand(9)[1][best * STEPS + STEPS - 1])
    if validation:
        score = loaded.evaluate(*VALIDATION, batch_size=len(X), verbose=0)
        assert score == history["val_loss"][best]


def test_raw_weights_can_be_put_back():
    """As a resumed fit does."""
    seen = Seen()

    class Resume(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            ours.raw_weights = [5 * GOAL]

    ours = AveragedWeights()
    fit(build(), [ours, Resume(), seen], 1)
    close(seen.epoch_begin[0], 5 * GOAL)


def test_a_second_fit():
    model = build()
    for _ in range(2):
        fit(model, [AveragedWeights()], 1)
        model.evaluate(*VALIDATION, verbose=0)
    weights = model.get_weights()[0]
    model.evaluate(*VALIDATION, callbacks=[AveragedWeights()], verbose=0)
    close(model.get_weights()[0], weights, 0)


def test_an_optimizer_without_averages_is_refused():
    with pytest.raises(ValueError, match="use_ema=True.*Received: SGD"):
        fit(build(use_ema=False), [AveragedWeights()])
