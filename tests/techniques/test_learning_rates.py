"""Learning rates by variable: against NumPy, and against another rate."""

import keras
import numpy as np
import pytest

from recipes import registry
from recipes.techniques.optimizers import SGD, Adam
from recipes.techniques.weight_decay import AdamW

pytestmark = pytest.mark.both_backends

RATE, DECAY, FACTOR = 0.25, 0.125, 0.5
generator = np.random.default_rng(0)
START = generator.normal(size=(2, 3, 2)).astype("float32")
GRADIENTS = generator.normal(size=(4, 2, 3, 2)).astype("float32")


def steps(optimizer, names=("slow", "fast"), gradients=GRADIENTS):
    """Apply gradients to two variables; return where they end."""
    variables = [
        keras.Variable(w, name=name)
        for w, name in zip(START, names, strict=True)
    ]
    for pair in gradients:
        tensors = [keras.ops.convert_to_tensor(g) for g in pair]
        optimizer.apply(tensors, variables)
    return [np.array(v, copy=True) for v in variables]


def make(name, rate=RATE, factor=None, **config):
    builder = registry.lookup("optimizer", name).builder()
    if factor is not None:
        pairs = [("slow", factor), ("fast", 1)]
        config["learning_rate_multipliers"] = pairs
    return builder(learning_rate=rate, weight_decay=DECAY, **config)


EVERY = pytest.mark.parametrize("name", registry.MENU["optimizer"])
OPTIONS = [("adamw", {"gradient_accumulation_steps": 2})]
OPTIONS += [("sgd", {"use_ema": True, "ema_overwrite_frequency": 3})]


@pytest.mark.parametrize(
    "name, config",
    [*((name, {}) for name in registry.MENU["optimizer"])] + OPTIONS,
)
def test_a_multiplier_is_another_learning_rate(name, config):
    """To the last bit: halves are exact."""
    slow, fast = steps(make(name, factor=FACTOR, **config))
    alone, _ = steps(make(name, RATE * FACTOR, **config))
    _, full = steps(make(name, **config))
    np.testing.assert_array_equal(slow, alone)
    np.testing.assert_array_equal(fast, full)
    assert abs(slow - steps(make(name, **config))[0]).max() > 1e-4


@EVERY
def test_zero_stands_still_decay_included(name):
    slow, fast = steps(make(name, factor=0))
    np.testing.assert_array_equal(slow, START[0])
    np.testing.assert_array_equal(fast, steps(make(name))[1])


@EVERY
def test_one_and_nothing_are_the_same(name):
    for a, b in zip(
        steps(make(name, factor=1)), steps(make(name)), strict=True
    ):
        np.testing.assert_array_equal(a, b)


def by_hand(kind, w, gradients, rate):
    w = w.astype("float64")
    m = v = np.zeros_like(w)
    for t, g in enumerate(gradients.astype("float64"), 1):
        if kind == "adamw":
            w = w - rate * DECAY * w
        if kind == "sgd":
            m = 0.9 * m - rate * g
            w = w + m
            continue
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        root = np.sqrt(v / (1 - 0.999**t)) + 1e-7
        w = w - rate * m / (1 - 0.9**t) / root
    return w


@pytest.mark.parametrize("kind", ["sgd", "adam", "adamw"])
def test_by_hand(kind):
    multipliers = [("slow", 0.1), ("fast", 1)]
    config = {"learning_rate_multipliers": multipliers}
    optimizer = {
        "sgd": lambda: SGD(RATE, momentum=0.9, **config),
        "adam": lambda: Adam(RATE, **config),
        "adamw": lambda: AdamW(RATE, weight_decay=DECAY, **config),
    }[kind]()
    found = steps(optimizer)
    for i, factor in enumerate((0.1, 1.0)):
        expected = by_hand(kind, START[i], GRADIENTS[:, i], RATE * factor)
        np.testing.assert_allclose(found[i], expected, 1e-4, 1e-5)
        wrong = by_hand(kind, START[i], GRADIENTS[:, i], RATE * 0.5)
        assert abs(found[i] - wrong).max() > 1e-2


def test_adam_divides_a_multiplied_gradient_away():
    """The control: why the rate is multiplied and not the gradient."""
    full = steps(make("adam"))[0]
    less = steps(make("adam"), gradients=GRADIENTS * FACTOR)[0]
    np.testing.assert_allclose(less, full, atol=1e-5)


def test_clipping_sees_the_gradients_as_they_are():
    whole = make("sgd", global_clipnorm=1.0)
    slow = make("sgd", factor=FACTOR, global_clipnorm=1.0)
    np.testing.assert_array_equal(steps(slow)[1], steps(whole)[1])


def test_a_newcomer_corrects_its_averages_by_its_own_age():
    """After 10,000 steps of others it begins as Adam does."""
    ones = np.ones((20, *GRADIENTS.shape[1:]), "float32")
    fresh = steps(Adam(0.01), gradients=ones)[0] - START[0]
    np.testing.assert_allclose(fresh, -0.2, rtol=1e-3)  # 20 steps of 0.01
    ratios = []
    for ages in ([("slow", 10_000)], []):
        late = Adam(0.01, first_iterations=ages)
        late.iterations.assign(10_000)
        far = steps(late, gradients=ones)[0] - START[0]
        ratios.append(float((far / fresh).mean()))
    assert abs(ratios[0] - 1) < 1e-3
    assert ratios[1] > 5  # the control: what it would be without


def model():
    inputs = keras.Input((2,))
    x = keras.layers.Dense(3, name="stem", activation="relu")(inputs)
    return keras.Model(inputs, keras.layers.Dense(1, name="head")(x))


PAIRS = [
    ("stem/kernel", 0.0),
    ("stem/bias", 0.5),
    ("head/kernel", 1.0),
    ("head/bias", 1.0),
]


def test_multipliers_survive_saving(tmp_path):
    network = model()
    ages = [("head/kernel", 3)]
    optimizer = AdamW(
        0.1, learning_rate_multipliers=PAIRS, first_iterations=ages
    )
    network.compile(optimizer, "mse")
    x, y = np.ones((4, 2), "float32"), np.ones((4, 1), "float32")
    network.fit(x, y, verbose=0)
    network.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert again.optimizer.multipliers == tuple(PAIRS)
    assert again.optimizer.first_iterations == tuple(ages)
    for each in (network, again):
        each.fit(x, y, verbose=0)
    for a, b in zip(network.variables, again.variables, strict=True):
        np.testing.assert_array_equal(np.asarray(a), np.asarray(b))


@pytest.mark.parametrize("factor", [-0.1, True, "0.1", float("nan"), None])
def test_what_is_no_multiplier(factor):
    with pytest.raises(ValueError, match="at least 0.*Received.*'slow'"):
        SGD(0.1, learning_rate_multipliers=[("slow", factor)])


def test_a_variable_without_a_multiplier_is_refused():
    with pytest.raises(ValueError, match="not in it: fast"):
        steps(SGD(0.1, learning_rate_multipliers=[("slow", 1)]))


def test_a_recipe_cannot_set_them():
    legal = registry.lookup("optimizer", "adamw").arguments()
    assert "weight_decay" in legal
    assert not {"learning_rate_multipliers", "first_iterations"} & set(legal)
