"""GradientMonitor: its numbers against NumPy, its findings against causes."""

import json

import keras
import numpy as np
import pytest
from keras import layers

from callbacks import GradientMonitor

pytestmark = pytest.mark.both_backends

RNG = np.random.default_rng(0)
X = RNG.normal(size=(64, 100)).astype("float32")
Y = RNG.integers(0, 3, 64)
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def normal(deviation, seed=0):
    return keras.initializers.RandomNormal(0.0, deviation, seed=seed)


def deep(activation, deviation, depth=5, output=0.1, rate=0.1):
    hidden = [
        layers.Dense(
            100,
            activation,
            kernel_initializer=normal(deviation, number),
            name=f"hidden{number}",
        )
        for number in range(1, depth + 1)
    ]
    last = layers.Dense(3, kernel_initializer=normal(output), name="output")
    model = keras.Sequential([keras.Input((100,)), *hidden, last])
    model.compile(keras.optimizers.SGD(rate), LOSS)
    return model


def looked_at(model, inputs=X, targets=Y):
    """Return a monitor with one record of a model that is not trained."""
    monitor = GradientMonitor(inputs, targets)
    monitor.set_model(model)
    monitor.set_params({})
    monitor.on_train_begin()
    monitor.on_epoch_begin(0)
    return monitor


def kinds(monitor):
    return {(each["kind"], each["layer"]) for each in monitor.findings}


def test_the_numbers_are_those_of_a_backward_pass_in_numpy():
    """softmax(tanh(x a + b) c + d), cross-entropy, and L2 of 0.01 on c."""
    model = keras.Sequential(
        [
            keras.Input((100,)),
            layers.Dense(7, "tanh", kernel_initializer=normal(0.1), name="one"),
            layers.Dropout(0.9),
            layers.Dense(
                3,
                kernel_initializer=normal(0.5),
                kernel_regularizer=keras.regularizers.L2(0.01),
                name="two",
            ),
        ]
    )
    model.compile(keras.optimizers.SGD(0.25), LOSS)
    record = looked_at(model).records[0]
    a, b, c, d = (w.astype("float64") for w in model.get_weights())
    h = np.tanh(X @ a + b)
    z = h @ c + d
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(64), Y]).mean() + 0.01 * (c**2).sum()
    delta = (p - np.eye(3)[Y]) / 64
    grad_c, grad_d = h.T @ delta + 0.02 * c, delta.sum(axis=0)
    back = (delta @ c.T) * (1 - h**2)
    grad_a, grad_b = X.T @ back, back.sum(axis=0)
    assert record["loss"] == pytest.approx(loss, rel=1e-4)
    assert record["learning_rate"] == 0.25
    assert list(record["layers"]) == ["one", "two"]
    for name, gradients, weights in (
        ("one", (grad_a, grad_b), (a, b)),
        ("two", (grad_c, grad_d), (c, d)),
    ):
        gradient, weight = (
            np.sqrt(sum((each**2).sum() for each in arrays))
            for arrays in (gradients, weights)
        )
        row = record["layers"][name]
        assert row["gradient"] == pytest.approx(gradient, rel=1e-3)
        assert row["weight"] == pytest.approx(weight, rel=1e-4)
        assert row["ratio"] == pytest.approx(gradient / weight, rel=1e-3)
        assert row["update"] == pytest.approx(row["ratio"] / 4)
        assert row["kernel"]


def test_gradients_vanish_through_small_sigmoids():
    monitor = looked_at(deep("sigmoid", 0.01))
    assert kinds(monitor) == {("vanishing", "hidden1")}
    (finding,) = monitor.findings
    assert finding["gradient"] < 1e-3 * finding["last_gradient"]
    assert finding["last"] == "output"
    assert "'hidden1'" in monitor.words()[0] and "epoch 0" in monitor.words()[0]


def test_large_weights_explode():
    found = kinds(looked_at(deep("relu", 3.0, output=3.0)))
    assert ("exploding", "hidden1") in found
    assert {kind for kind, _ in found} == {"exploding"}


def test_a_gradient_that_grows_backwards_explodes():
    model = deep("linear", 0.3, output=0.3)
    model.layers[0].kernel.assign(model.layers[0].kernel * 1e-5)
    found = looked_at(model).findings
    (compared,) = (each for each in found if "last" in each)
    assert (compared["kind"], compared["layer"]) == ("exploding", "hidden1")
    assert compared["gradient"] > 1e3 * compared["last_gradient"]
    assert kinds(looked_at(deep("linear", 0.1, output=0.1))) == set()


@pytest.mark.parametrize(
    "activation, deviation, output",
    [
        ("relu", 0.1414, 0.1),
        ("relu", 0.1414, 1e-6),
        ("tanh", 0.1, 0.1),
        ("elu", 0.1, 1e-6),
    ],
)
def test_healthy_networks_stay_silent(activation, deviation, output):
    """Also where the output layer begins near 0, so that all is small."""
    assert looked_at(deep(activation, deviation, output=output)).words() == []


def test_an_output_of_zeros_is_silent_before_the_first_step_alone():
    model = deep("relu", 0.1414, output=0.0)
    monitor = looked_at(model)
    assert monitor.records[0]["layers"]["hidden1"]["gradient"] == 0
    assert monitor.words() == []
    monitor.on_epoch_end(0)  # nothing has moved
    assert kinds(monitor) == {("vanishing", "hidden1")}


def test_what_is_not_finite_explodes_and_stays_plain():
    model = deep("relu", 0.1, depth=2)
    weights = model.get_weights()
    weights[2][0, 0] = np.inf
    model.set_weights(weights)
    monitor = looked_at(model)
    assert ("exploding", "hidden2") in kinds(monitor)
    assert any("'hidden2' has weights of" in words for words in monitor.words())
    json.dumps(monitor.records + monitor.findings, allow_nan=False)


def test_tiny_norms_are_not_lost():
    """1e-25 squared is 0 in float32."""
    model = deep("linear", 1e-6, depth=4, output=0.1)
    row = looked_at(model).records[0]["layers"]["hidden1"]
    assert 0 < row["gradient"] < 1e-12


@pytest.mark.parametrize(
    "wrong",
    [
        {"targets": Y[:3]},
        {"targets": None},
        {"inputs": []},
        {"frequency": -1},
    ],
)
def test_illegal_arguments(wrong):
    with pytest.raises(ValueError, match=f"`{next(iter(wrong))}`.*Received"):
        GradientMonitor(**{"inputs": X, "targets": Y, **wrong})


@pytest.mark.parametrize(
    "inputs, targets", [(X[:, :7], Y), (X, np.zeros((64, 2, 5), "float32"))]
)
def test_a_batch_that_does_not_fit_is_said_before_the_first_step(
    inputs, targets
):
    model = deep("relu", 0.1, depth=1)
    weights = model.get_weights()
    monitor = GradientMonitor(inputs, targets)
    with pytest.raises(ValueError, match="GradientMonitor: the model"):
        model.fit(X, Y, verbose=0, callbacks=[monitor])
    for one, other in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_picture_has_a_line_per_layer():
    monitor = looked_at(deep("relu", 0.1414))
    (axes,) = monitor.figure().axes
    assert len(axes.lines) == 6 and axes.get_yscale() == "log"
    with pytest.raises(ValueError, match="fit a model"):
        GradientMonitor(X, Y).figure()
