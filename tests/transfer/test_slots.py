"""Slots over a new compile: as if there had been none."""

import keras
import numpy as np
import pytest

from recipes import registry
from recipes.techniques.optimizers import SGD, Adam
from recipes.techniques.weight_decay import AdamW
from recipes.transfer.slots import carry, slots_of

pytestmark = pytest.mark.both_backends

generator = np.random.default_rng(0)
START = generator.normal(size=(3, 2)).astype("float32")
GRADIENTS = generator.normal(size=(6, 3, 2)).astype("float32")
CUT = 3


def variable(name="kernel"):
    return keras.Variable(START, name=name)


def apply(optimizer, variables, gradients):
    for gradient in gradients:
        tensor = keras.ops.convert_to_tensor(gradient)
        optimizer.apply([tensor] * len(variables), variables)
    return np.array(variables[0], copy=True)


def cut_run(make, carried=True, restart=False):
    kernel, first, second = variable(), make(), make()
    apply(first, [kernel], GRADIENTS[:CUT])
    second.build([kernel])
    if carried:
        carry(first, second, restart)
    return apply(second, [kernel], GRADIENTS[CUT:])


def make(name, **config):
    builder = registry.lookup("optimizer", name).builder()
    return lambda: builder(learning_rate=0.1, **config)


KINDS = [(name, {}) for name in registry.MENU["optimizer"]]
KINDS += [
    ("sgd", {"momentum": 0.9}),
    ("adam", {"amsgrad": True}),
    ("adamw", {"use_ema": True, "ema_overwrite_frequency": 2}),
    ("adamw", {"gradient_accumulation_steps": 2}),
    ("rmsprop", {"momentum": 0.9, "centered": True}),
]


@pytest.mark.parametrize("name, config", KINDS)
def test_a_run_cut_in_two_is_the_straight_run(name, config):
    built = make(name, **config)
    straight = apply(built(), [variable()], GRADIENTS)
    np.testing.assert_array_equal(cut_run(built), straight)
    lost = cut_run(built, carried=False)
    stateless = name in ("sgd", "sgdw") and not config
    assert (abs(lost - straight).max() > 1e-4) != stateless


@pytest.mark.parametrize("name", ["adamw", "lamb", "adamax", "adafactor"])
def test_the_count_may_restart_and_each_age_stays(name):
    straight = apply(make(name)(), [variable()], GRADIENTS)
    found = cut_run(make(name), restart=True)
    np.testing.assert_allclose(found, straight, rtol=1e-6)


def test_a_restarted_schedule_begins_anew():
    """The rate of each step is 0.1, 0.2, 0.3, and again."""
    rates = keras.optimizers.schedules.PiecewiseConstantDecay(
        [0, 1, 2], [0.1, 0.2, 0.3, 0.4]
    )
    ends = [cut_run(lambda: SGD(rates), restart=r) for r in (True, False)]
    for end, after in zip(ends, ([0.1, 0.2, 0.3], [0.4] * 3), strict=True):
        steps = [0.1, 0.2, 0.3, *after]
        expected = START - np.tensordot(steps, GRADIENTS, 1)
        np.testing.assert_allclose(end, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("restart", [True, False])
def test_who_joins_begins_young_and_who_leaves_is_gone(restart):
    head, body, gone = variable("head"), variable("body"), variable("gone")
    first, second = Adam(0.1, use_ema=True), Adam(0.1, use_ema=True)
    apply(first, [head, gone], GRADIENTS[:CUT])
    second.build([body, head])
    report = carry(first, second, restart)
    assert report == (("head",), ("body",), ("gone",))
    average = slots_of(second)["body", 0, "_model_variables_moving_average"]
    np.testing.assert_array_equal(np.asarray(average), START)
    alone = apply(Adam(0.1), [variable()], GRADIENTS[CUT:])
    found = apply(second, [body, head], GRADIENTS[CUT:])
    np.testing.assert_allclose(found, alone, rtol=1e-5)
    straight = apply(Adam(0.1), [variable()], GRADIENTS)
    np.testing.assert_allclose(np.asarray(head), straight, rtol=1e-5)


def test_ages_hold_over_two_cuts():
    """Joined at 2 of 6 updates; two more compiles do not change its age."""
    head, body = variable("head"), variable("body")
    optimizer, trained = Adam(0.1), [head]
    for restart, part in zip((None, False, True), range(0, 6, 2), strict=True):
        if restart is not None:
            old, optimizer, trained = optimizer, Adam(0.1), [body, head]
            optimizer.build(trained)
            carry(old, optimizer, restart)
        apply(optimizer, trained, GRADIENTS[part : part + 2])
    expected = apply(Adam(0.1), [variable()], GRADIENTS[2:])
    np.testing.assert_allclose(np.asarray(body), expected, rtol=1e-5)
    ages = dict(optimizer.first_iterations)
    assert ages == {"head": -4, "body": -2}


def test_variables_of_one_path_are_told_apart():
    twins = [variable(), keras.Variable(START + 1, name="kernel")]
    first, second = Adam(0.1), Adam(0.1)
    tensors = [keras.ops.convert_to_tensor(g) for g in GRADIENTS[:2]]
    first.apply(tensors, twins)
    second.build(twins)
    carry(first, second)
    for a, b in zip(first.variables, second.variables, strict=True):
        np.testing.assert_array_equal(np.asarray(a), np.asarray(b))
    assert [key[1] for key in slots_of(second)] == [0, 1] * 2


X = generator.normal(size=(12, 2)).astype("float32")
Y = X.sum(1, keepdims=True)


def fitted(scaled, carried, epochs):
    keras.utils.set_random_seed(0)
    inputs = keras.Input((2,))
    network = keras.Model(inputs, keras.layers.Dense(1)(inputs))
    rates = keras.optimizers.schedules.CosineDecay(0.1, 12)
    for number, length in enumerate(epochs):
        old, optimizer = getattr(network, "optimizer", None), AdamW(rates)
        if scaled:
            optimizer = keras.optimizers.LossScaleOptimizer(
                optimizer, initial_scale=8.0, dynamic_growth_steps=3
            )
        network.compile(optimizer, "mse")
        if number and carried:
            network.optimizer.build(network.trainable_variables)
            carry(old, network.optimizer)
        network.fit(X, Y, 4, epochs=length, shuffle=False, verbose=0)
    return np.asarray(network.trainable_variables[0])


@pytest.mark.parametrize("scaled", [False, True])
def test_in_a_fit(scaled):
    straight = fitted(scaled, True, [4])
    np.testing.assert_array_equal(fitted(scaled, True, [2, 2]), straight)
    assert abs(fitted(scaled, False, [2, 2]) - straight).max() > 1e-4


def test_what_is_refused():
    built = Adam(0.1)
    built.build([variable()])
    with pytest.raises(ValueError, match="must be built.*new.built=False"):
        carry(built, Adam(0.1))
    other = SGD(0.1)
    other.build([variable()])
    with pytest.raises(ValueError, match="of its kind.*Adam and SGD"):
        carry(built, other)
