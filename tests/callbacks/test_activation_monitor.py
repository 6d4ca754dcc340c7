"""ActivationMonitor: its numbers against NumPy, its findings against causes."""

import json

import keras
import numpy as np
import pytest
from keras import layers, ops

from callbacks import ActivationMonitor
from callbacks.monitor_figures import histograms
from callbacks.probing import activation_of, walk

pytestmark = pytest.mark.both_backends

RNG = np.random.default_rng(0)
X = RNG.normal(size=(64, 100)).astype("float32")


def normal(deviation, seed=0):
    return keras.initializers.RandomNormal(0.0, deviation, seed=seed)


def deep(activation, initializers, bias="zeros", depth=5):
    """A net of `depth` layers of 100 and an output of 3, not trained."""
    if not isinstance(initializers, list):
        initializers = [initializers] * depth
    hidden = [
        layers.Dense(
            100,
            activation,
            kernel_initializer=initializer,
            bias_initializer=bias,
            name=f"hidden{number}",
        )
        for number, initializer in enumerate(initializers, 1)
    ]
    output = layers.Dense(3, kernel_initializer=normal(0.1), name="output")
    return keras.Sequential([keras.Input((100,)), *hidden, output])


def looked_at(model, inputs=X, **given):
    """Return a monitor with one record of a model that is not trained."""
    monitor = ActivationMonitor(inputs, **given)
    monitor.set_model(model)
    monitor.set_params({})
    monitor.on_train_begin()
    monitor.on_epoch_begin(0)
    return monitor


def test_the_numbers_are_those_of_numpy():
    model = keras.Sequential(
        [
            keras.Input((100,)),
            layers.Dense(30, "relu", kernel_initializer=normal(0.1, 1)),
            layers.Dropout(0.5),
            layers.Dense(20, kernel_initializer=normal(0.5, 2)),
            layers.Activation("tanh", name="bent"),
            layers.Dense(9, "sigmoid", kernel_initializer=normal(2.0, 3)),
            layers.Dense(2),
        ]
    )
    weights = model.get_weights()
    weights[1][:4] = -99.0  # four units are dead
    model.set_weights(weights)
    record = looked_at(model, bins=10).records[0]
    a = np.maximum(X @ weights[0] + weights[1], 0)
    b = np.tanh(a @ weights[2] + weights[3])
    c = 1 / (1 + np.exp(-(b @ weights[4] + weights[5])))
    rows = list(record["layers"].values())
    assert list(record["layers"])[1] == "bent" and len(rows) == 3
    for row, values, edges in zip(
        rows,
        (a, b, c),
        (np.linspace(-6, 6, 11), np.linspace(-1, 1, 11), np.linspace(0, 1, 11)),
        strict=True,
    ):
        assert row["mean"] == pytest.approx(values.mean(), rel=1e-4, abs=1e-6)
        assert row["deviation"] == pytest.approx(values.std(), rel=1e-4)
        assert row["edges"] == edges.tolist()
        expected = np.histogram(np.clip(values, edges[0], edges[-1]), edges)[0]
        # A value on an edge may fall to either side.
        assert np.abs(np.array(row["histogram"]) - expected).max() <= 1
        assert sum(row["histogram"]) == values.size
        assert row["units"] == values.shape[1]
    dead = (a == 0).all(axis=0).mean()
    assert rows[0]["dead"] == pytest.approx(dead) and dead >= 4 / 30
    saturated = (np.abs(b) > 0.95).mean()
    assert rows[1]["saturated"] == pytest.approx(saturated, abs=1e-3)
    saturated = ((c < 0.05) | (c > 0.95)).mean()
    assert rows[2]["saturated"] == pytest.approx(saturated, abs=1e-2)
    assert 0.1 < saturated < 0.9
    assert rows[0]["saturated"] is rows[1]["dead"] is rows[2]["dead"] is None


def test_units_of_maps_are_channels():
    bias = keras.initializers.Constant([-99.0, 0.5, 0.5, -99.0, -99.0])
    model = keras.Sequential(
        [
            keras.Input((6, 6, 2)),
            layers.Conv2D(5, 3, activation="relu", bias_initializer=bias),
        ]
    )
    model.layers[0].name = "maps"
    monitor = looked_at(model, RNG.normal(size=(20, 6, 6, 2)))
    (row,) = monitor.records[0]["layers"].values()
    assert row["units"] == 5 and row["dead"] == pytest.approx(0.6)
    (finding,) = monitor.findings
    assert finding["kind"] == "dead" and finding["layer"] == "maps"
    assert "60 % of the 5 units of 'maps' (relu)" in monitor.words()[0]


def test_sigmoids_with_large_weights_saturate():
    monitor = looked_at(deep("sigmoid", normal(1.0)))
    found = {(each["kind"], each["layer"]) for each in monitor.findings}
    assert found == {("saturated", f"hidden{i}") for i in range(1, 6)}
    assert all(each["share"] > 0.5 for each in monitor.findings)
    assert "epoch 0" in monitor.words()[0]


def test_tanh_with_large_weights_saturates():
    found = looked_at(deep("tanh", normal(1.0))).findings
    assert {each["kind"] for each in found} == {"saturated"}


def test_relu_with_a_large_negative_bias_is_dead():
    bias = keras.initializers.Constant(-50.0)
    found = looked_at(deep("relu", normal(0.1), bias)).findings
    assert {(each["kind"], each["share"]) for each in found} == {("dead", 1.0)}
    assert len(found) == 5


@pytest.mark.parametrize(
    "activation, deviation",
    [
        ("sigmoid", 0.01),  # gradients vanish, but nothing is at its limits
        ("sigmoid", 0.1),
        ("tanh", 0.1),
        ("relu", 0.1414),  # He
        ("leaky_relu", 0.1414),
        ("elu", 0.1),
        ("gelu", 0.1414),
    ],
)
def test_healthy_networks_stay_silent(activation, deviation):
    initializers = [normal(deviation, seed) for seed in range(5)]
    monitor = looked_at(deep(activation, initializers))
    assert monitor.words() == [] and len(monitor.records[0]["layers"]) == 5


def test_what_is_not_finite_is_said_and_stays_plain():
    model = deep("relu", normal(0.1), depth=2)
    weights = model.get_weights()
    weights[2][0, 0] = np.inf
    model.set_weights(weights)
    monitor = looked_at(model)
    assert [each["kind"] for each in monitor.findings] == ["not finite"]
    assert monitor.findings[0]["layer"] == "hidden2"
    json.dumps(monitor.records + monitor.findings, allow_nan=False)


def test_outputs_may_saturate_and_few_examples_may_be_dead():
    model = keras.Sequential(
        [
            keras.Input((100,)),
            layers.Dense(4, "sigmoid", kernel_initializer=normal(3.0)),
        ]
    )
    monitor = looked_at(model)
    (row,) = monitor.records[0]["layers"].values()
    assert row["output"] and row["saturated"] > 0.5 and not monitor.findings
    bias = keras.initializers.Constant(-50.0)
    dead = deep("relu", normal(0.1), bias)
    assert looked_at(dead, X[:16]).findings
    assert not looked_at(dead, X[:15]).findings


class Block(layers.Layer):
    """A layer of one's own, which hides what is inside."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = layers.Dense(100, "relu")

    def call(self, x):
        return x + self.inner(x)


class Holder(layers.Layer):
    """A layer that holds a whole model, as a frozen backbone does."""

    def __init__(self, model, **kwargs):
        super().__init__(**kwargs)
        self.model = model

    def call(self, x):
        return self.model(x, training=False)


class Written(keras.Model):
    """A model as a class, that calls a layer twice."""

    def __init__(self):
        super().__init__()
        self.twice = layers.Dense(100, "tanh", name="twice")
        self.rest = Block(name="rest")
        self.ends = layers.Dense(1, name="ends")

    def call(self, x):
        return self.ends(self.rest(self.twice(self.twice(x))))


def nested():
    inner = keras.Sequential(
        [keras.Input((100,)), layers.Dense(100, "elu", name="b")], name="inner"
    )
    held = keras.Sequential(
        [keras.Input((100,)), layers.Dense(100), layers.ReLU(name="d")]
    )
    x = keras.Input((100,))
    y = layers.Dense(100, layers.LeakyReLU(), name="a")(x)
    y = Holder(held, name="held")(inner(y))
    y = ops.sigmoid(y)
    y = Block(name="own")(y)
    y = layers.Reshape((10, 10))(y)
    y = layers.TimeDistributed(layers.Dense(4, "tanh"), name="each")(y)
    y = layers.GRU(3, name="gru")(y)
    return keras.Model(x, layers.Dense(2, name="e")(y))


def test_nested_models_and_models_as_classes_are_walked():
    found = looked_at(nested()).records[0]["layers"]
    kinds = {
        name.split("sigmoid")[0]: row["activation"]
        for name, row in found.items()
    }
    assert kinds == {
        "a": "leakyrelu",
        "inner/b": "elu",
        "held/d": "relu",
        "": "sigmoid",
        "own": "layer",
        "each": "tanh",
        "gru": "recurrent",
    }
    model = Written()
    model(X)
    found = looked_at(model).records[0]["layers"]
    assert list(found) == ["twice", "twice#2", "rest"]


def test_the_model_is_as_it_was_after_a_look():
    model = nested()
    before = [(layer, set(vars(layer))) for _, layer in walk(model)]
    weights = model.get_weights()
    looked_at(model)
    assert all(set(vars(layer)) == names for layer, names in before)
    for one, other in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_activations_are_known_by_name():
    for layer, name in (
        (layers.PReLU(), "prelu"),
        (layers.Conv1D(2, 3, activation="silu"), "silu"),
        (layers.Activation("hard_sigmoid"), "hardsigmoid"),
        (layers.Activation(lambda x: x), "<lambda>"),
        (layers.BatchNormalization(), None),
        (layers.Activation("linear"), None),
        (layers.Flatten(), None),
    ):
        assert activation_of(layer) == name


def test_edges_of_ones_own():
    monitor = looked_at(deep("tanh", normal(0.1), depth=1), bins=[-1, 0, 0.5])
    row = monitor.records[0]["layers"]["hidden1"]
    assert row["edges"] == [-1.0, 0.0, 0.5]
    assert sum(row["histogram"]) == 6400 and len(row["histogram"]) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"inputs": np.zeros((0, 4))},
        {"inputs": 3.0},
        {"inputs": None},
        {"inputs": [np.zeros((3, 1)), np.zeros((2, 1))]},
        {"frequency": 0},
        {"frequency": True},
        {"frequency": "batch"},
        {"frequency": 2.5},
        {"bins": 0},
        {"bins": [1.0, 0.0]},
        {"bins": [0.0, np.inf]},
        {"bins": "many"},
    ],
)
def test_illegal_arguments(wrong):
    with pytest.raises(ValueError, match=f"`{next(iter(wrong))}`.*Received"):
        ActivationMonitor(**{"inputs": X, **wrong})


def test_the_picture_has_a_row_per_layer():
    monitor = looked_at(deep("relu", normal(0.1)))
    figure = monitor.figure()
    assert len(figure.axes) == 5
    assert "0% dead" in figure.axes[0].texts[0].get_text()
    assert figure.axes[0].get_title() == "before"
    first = monitor.records[0]
    later = [{**first, "epoch": 1, "step": step} for step in (2, 4)]
    titles = [a.get_title() for a in histograms([first, *later]).axes[:3]]
    assert titles == ["before", "epoch 1, step 2", "epoch 1, step 4"]
    with pytest.raises(ValueError, match="fit a model"):
        ActivationMonitor(X).figure()
