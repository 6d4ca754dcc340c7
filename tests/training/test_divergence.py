"""A fit that diverges says where first: the layer, the step, the rows."""

import json

import keras
import numpy as np
import pytest

import recipes
from callbacks.state_file import read_states
from recipes import DivergedError, Part
from recipes.training.diverging.first_bad import first_bad

pytestmark = pytest.mark.both_backends

BAD = 37  # the row of the training split of which `Log` makes NaN


@keras.saving.register_keras_serializable(package="tests")
class Log(keras.layers.Layer):
    """The logarithm, of numbers that are below 8 but for a mistake."""

    def call(self, x):
        return keras.ops.log(8.0 - x)


def logged(inputs, layers):
    return layers.dense(Log(name="log_of")(layers.flatten(inputs)), 8)


def table(bad=False):
    rng = np.random.default_rng(0)
    x = np.clip(rng.normal(size=(150, 3)), -3, 3).astype("float32")
    if bad:
        x[BAD] = 1000
    y = np.arange(150) % 2
    rows = zip(np.split(x, (100, 125)), np.split(y, (100, 125)), strict=True)
    return dict(zip(("train", "validation", "test"), rows, strict=True))


def tiny(**changes):
    given = {
        "network": Part("mlp", units=(8,)),
        "normalization": None,
        "activation": "relu",
        "epochs": 4,
        "batch_size": 10,
        "early_stopping": None,
        "dropout": 0.0,
        "schedule": "constant",
        "optimizer": Part("sgd", learning_rate=0.01),
    }
    return recipes.tabular_classifier(**{**given, **changes})


def diverged(recipe, data, path, **how):
    with pytest.raises(DivergedError) as caught:
        recipe.fit(data, directory=path, verbose=False, **how)
    found = json.loads((path / "divergence.json").read_text())
    return str(caught.value), found["divergences"]


def test_the_row_and_the_layer_of_dead_weights_under_a_finite_loss(tmp_path):
    recipes.register("network", "logged", logged)
    words, (found,) = diverged(
        tiny(network="logged"), table(bad=True), tmp_path / "a"
    )
    assert (found["kind"], found["layer"]) == ("output", "log_of")
    assert found["bad"] == [BAD] and BAD in found["indices"]
    assert found["epoch"] == 1 and len(found["indices"]) == 10
    # The batch, computed from the order alone.
    order = recipes.data.order.epoch_order(0, 0, 100)
    step = int(np.flatnonzero(order == BAD)[0]) // 10
    assert found["step"] == step + 1
    assert found["indices"] == order[10 * step : 10 * step + 10].tolist()
    assert found["learning_rate"] == pytest.approx(0.01)
    lines = words.splitlines()
    assert 3 <= len(lines) <= 4
    assert "'log_of'" in lines[0] and f"row {BAD} of the training" in lines[1]
    if keras.backend.backend() == "tensorflow":
        assert found["seen"] != "the loss", "its ReLU has passed the NaN on"
        text = (tmp_path / "a" / "history.csv").read_text().splitlines()
        row = dict(zip(*(line.split(",") for line in text), strict=True))
        assert np.isfinite(float(row["loss"]))


def test_a_rate_that_explodes(tmp_path):
    recipe = tiny(optimizer=Part("sgd", learning_rate=1e25))
    words, (found,) = diverged(recipe, table(), tmp_path / "a")
    assert found["epoch"] == 1 and found["step"] <= 3
    assert found["kind"] in ("output", "loss", "gradient", "weight")
    assert "optimizer/learning_rate at 1e+25" in words
    assert "global_clipnorm=1.0" in words


class Spoil(keras.callbacks.Callback):
    """Makes the weights NaN in an epoch; a replay knows nothing of it."""

    uses_model = False

    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_end(self, epoch, logs=None):
        if epoch == self.epoch:
            variable = self.model.trainable_variables[0]
            variable.assign(np.full(variable.shape, np.inf))


@pytest.mark.by_hand_on_jax
@pytest.mark.slow
@pytest.mark.usefixtures("at_each_epoch")
def test_what_a_replay_does_not_come_to_is_a_range(tmp_path):
    path = tmp_path / "a"
    words, (found,) = diverged(
        tiny(), table(), path, callbacks=[Spoil(2)], save_freq=5
    )
    assert found["step"] is None and found["epoch"] == 3
    assert found["seen_after_step"] == 10
    assert "in epoch 3, by its step 10" in words
    states = list(read_states(path / "checkpoint"))
    assert states
    for _, state in states:
        assert all(np.isfinite(v).all() for v in state["variables"])
    # It is gone on with, and says what there was; the cause is gone.
    run = tiny().fit(table(), directory=path, save_freq=5, verbose=False)
    straight = tiny().fit(
        table(), directory=tmp_path / "b", save_freq=5, verbose=False
    )
    assert run.history == straight.history
    assert "rewinds" not in run.metrics


@keras.saving.register_keras_serializable(package="tests")
class Root(keras.layers.Layer):
    """Finite at 0, where its gradient is not."""

    def call(self, x):
        return keras.ops.sqrt(x * 0.0)


@pytest.mark.parametrize(
    "kind, layer, rows",
    [
        ("input", None, [1]),
        ("output", "log", [2]),
        ("loss", None, []),
        ("gradient", "first", []),
        ("weight", "second", []),
        ("optimizer", None, []),
    ],
)
def test_the_first_that_is_bad(kind, layer, rows):
    keras.utils.set_random_seed(0)
    between = {"output": Log(name="log"), "gradient": Root()}
    layers = [
        keras.Input((2,)),
        keras.layers.Dense(3, name="first"),
        between.get(kind, keras.layers.ReLU()),
        keras.layers.Dense(1, name="second"),
    ]
    model = keras.Sequential(layers)
    model.layers[0].set_weights([np.ones((2, 3)), np.zeros(3)])
    x, y = np.ones((4, 2), "float32"), np.ones((4, 1), "float32")
    if kind == "input":
        x[1] = np.nan
    if kind == "output":
        x[2] = 9
    loss = (lambda a, b: a / (0 * b)) if kind == "loss" else "mse"
    values = [np.array(v) for v in model.variables]
    after = list(zip(model.variables, values, strict=True))
    if kind == "weight":
        after[-1] = (after[-1][0], np.full(1, np.inf))
    if kind == "optimizer":
        after.append((keras.Variable([0.0], name="slot"), np.full(1, np.inf)))
    found = first_bad(model, loss, (x, y), after)
    assert (found["kind"], found["layer"]) == (kind, layer)
    assert found["rows"] == rows
    calls = [layer for layer in model.layers if "call" in vars(layer)]
    assert not calls, "the layers are left as they were"
