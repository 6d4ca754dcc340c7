"""Each study's verdicts, picture and, slowly, its claim from real numbers.

A verdict is named by the words it begins with; the rest are numbers.
"""

import copy

import numpy as np
import pytest

from recipes.studies import (
    activations,
    batch_normalization,
    depth,
    gradients,
    initializers,
    study,
)

pytestmark = [pytest.mark.both_backends, pytest.mark.by_hand_on_jax]
SEEDS = (0, 1)


def layers(ends, middle, deviation, over):
    """Return what a layer's activations are, five times."""
    bins = initializers.BINS
    return {
        "ends": [ends] * 5,
        "middle": [middle] * 5,
        "deviation": [deviation] * 5,
        "over_examples": list(over),
        "histogram": [[1 / bins] * bins] * 5,
    }


def falling(factor, first=1.0, number=10):
    return [first * factor**i for i in range(number)]


FALLING, LEVEL = (0.2, 0.05, 0.01, 0.003, 0.001), (0.2,) * 5
SPREAD = layers(0.02, 0.3, 0.15, FALLING)
OF_INITIALIZERS = {
    "N(0, 1)": [layers(0.7, 0.02, 0.4, LEVEL)] * 2,
    "N(0, 0.01²)": [layers(0.0, 1.0, 0.01, FALLING)] * 2,
    **{name: [SPREAD] * 2 for name in initializers.SPREADING},
}
OF_DEPTH = {
    arm: [falling(factor)] * 2
    for arm, factor in zip(depth.ARMS, (0.2, 0.9, 0.2, 0.7, 1.0), strict=True)
}
OF_GRADIENTS = {
    arm: [falling(factor)] * 2
    for arm, factor in zip(
        gradients.ARMS, (4, 1.1, 0.3, 0.95, 0.4, 1.0), strict=True
    )
}
LOOKS = batch_normalization.STEPS // batch_normalization.EVERY
SLOW, FAST = list(np.linspace(0.1, 0.96, LOOKS)), [0.5] + [0.99] * (LOOKS - 1)
OF_BATCH_NORMALIZATION = {
    arm: [[SLOW if arm.startswith("none") else FAST] * 16] * 2
    for arm in batch_normalization.ARMS
}


def reached(steps):
    """Return an activation that needs these steps at each rate."""
    found = {str(rate): [steps] * 2 for rate in activations.RATES}
    losses = [[1.0, 0.09]] * 2
    return {"steps": found, "rate": activations.RATES[-1], "losses": losses}


OF_ACTIVATIONS = {
    arm: reached(steps)
    for arm, steps in zip(
        activations.ARMS, (None, 300, 50, 50, 30, 40, 50, 30), strict=True
    )
}
SMALL = {
    initializers: OF_INITIALIZERS,
    depth: OF_DEPTH,
    gradients: OF_GRADIENTS,
    batch_normalization: OF_BATCH_NORMALIZATION,
    activations: OF_ACTIVATIONS,
}


def verdict(module, numbers, beginning, holding=""):
    """Return the one verdict that begins, and ends, so."""
    (found,) = (
        holds
        for sentence, holds in module.verdicts(numbers).items()
        if sentence.startswith(beginning) and sentence.endswith(holding)
    )
    return bool(found)


def exchanged(numbers, arm, other):
    """Return the numbers with one arm's in the place of another's."""
    return {**copy.deepcopy(numbers), arm: numbers[other]}


@pytest.mark.parametrize("module", SMALL)
def test_the_picture_is_drawn_of_numbers_alone(module, tmp_path):
    study._save(module.draw(SMALL[module]), tmp_path / "a.png")
    assert 5_000 < (tmp_path / "a.png").stat().st_size < 150_000


@pytest.mark.parametrize("module", SMALL)
def test_of_numbers_as_claimed_the_verdicts_hold(module):
    found = module.verdicts(SMALL[module])
    fourteen = [
        sentence for sentence in found if "14 times or more" in sentence
    ]
    assert [s for s, holds in found.items() if not holds] == fourteen


@pytest.mark.parametrize("module", SMALL)
def test_a_single_seed_is_judged_and_drawn(module):
    if module is activations:
        one = copy.deepcopy(OF_ACTIVATIONS)
        for arm in one.values():
            arm["losses"] = arm["losses"][:1]
            arm["steps"] = {r: s[:1] for r, s in arm["steps"].items()}
    else:
        one = {arm: seeds[:1] for arm, seeds in SMALL[module].items()}
    assert module.verdicts(one) and module.draw(one)


@pytest.mark.parametrize(
    "module, arm, other, beginning",
    [
        (initializers, "N(0, 1)", "He", "N(0, 1)"),
        (initializers, "N(0, 0.01²)", "LeCun", "N(0, 0.01²)"),
        (initializers, "He", "N(0, 1)", "He: in the layer"),
        (initializers, "Xavier", "N(0, 0.01²)", "Xavier: in the layer"),
        (initializers, "LeCun", "N(0, 1)", "LeCun: but what is spread"),
        (depth, "tanh, N(0, 0.01²)", "tanh, Xavier", "tanh, N(0, 0.01²)"),
        (depth, "ReLU, Xavier", "ReLU, He", "ReLU, Xavier"),
        (depth, "ReLU, He", "ReLU, Xavier", "ReLU, He"),
        (gradients, "sigmoid, Xavier", "ReLU, He", "sigmoid, Xavier"),
        (gradients, "tanh, N(0, 1)", "tanh, Xavier", "tanh, N(0, 1)"),
        (gradients, "ReLU, He", "sigmoid, Xavier", "ReLU, He"),
        (gradients, "tanh, Xavier", "tanh, N(0, 1)", "tanh, Xavier"),
        (
            batch_normalization,
            "batch normalization, rate 0.01",
            "none, rate 0.01",
            "batch normalization, rate 0.01",
        ),
        (
            batch_normalization,
            "with Keras' epsilon, rate 0.05",
            "none, rate 0.05",
            "with Keras' epsilon",
        ),
    ],
)
def test_another_arms_numbers_do_not_satisfy(module, arm, other, beginning):
    """The control: what is claimed of one arm is false of another."""
    assert verdict(module, SMALL[module], beginning)
    wrong = exchanged(SMALL[module], arm, other)
    assert not verdict(module, wrong, beginning)


def test_one_deviation_that_is_not_faster_is_named():
    numbers = copy.deepcopy(OF_BATCH_NORMALIZATION)
    numbers["batch normalization, rate 0.05"][1][3] = SLOW
    (sentence,) = (
        s
        for s, holds in batch_normalization.verdicts(numbers).items()
        if s.startswith("batch normalization, rate 0.05") and not holds
    )
    assert "15 of 16" in sentence and "(not at 0.16)" in sentence


def test_the_same_steps_are_not_fewer():
    same = {arm: [[SLOW] * 16] * 2 for arm in batch_normalization.ARMS}
    assert not verdict(batch_normalization, same, "at the", "is fewer")
    never = {arm: [[[0.1] * LOOKS] * 16] for arm in batch_normalization.ARMS}
    assert not verdict(batch_normalization, never, "at the", "is fewer")


@pytest.mark.parametrize("steps", [50, 100, 600])
def test_of_other_steps_tanh_is_not_about_six_times_slower(steps):
    numbers = {**OF_ACTIVATIONS, "tanh": reached(steps)}
    assert not verdict(activations, numbers, "tanh needs", "about 6 times")
    several = verdict(activations, numbers, "tanh needs", "3 or more")
    assert several == (steps >= 150)
    assert verdict(activations, numbers, "at one rate") == (steps > 50)


def test_the_same_seeds_give_the_same_numbers():
    def measured(seed):
        return depth.measure([seed], lambda words: None)

    first = measured(3)
    assert measured(3) == first != measured(4)


@pytest.mark.slow
def test_one_training_twice_gives_the_same_numbers(monkeypatch):
    monkeypatch.setattr(activations, "ARMS", ("relu",))
    monkeypatch.setattr(activations, "RATES", (0.12, 0.25))
    first, again, other = (
        activations.measure([seed], lambda words: None) for seed in (0, 0, 1)
    )
    assert first == again != other


@pytest.mark.slow
@pytest.mark.parametrize("module", [initializers, depth, gradients])
def test_what_no_training_needs_holds(module):
    numbers = module.measure(SEEDS, lambda words: None)
    for sentence, holds in module.verdicts(numbers).items():
        assert holds, sentence


@pytest.mark.slow
def test_relu_is_sooner_than_sigmoid_and_at_one_rate_than_tanh(monkeypatch):
    with monkeypatch.context() as only:
        only.setattr(activations, "ARMS", ("sigmoid", "tanh", "relu"))
        found = activations.measure(activations.SEEDS, lambda words: None)
    numbers = {arm: found.get(arm, found["relu"]) for arm in activations.ARMS}
    assert verdict(activations, numbers, "sigmoid needs", "3 or more")
    assert verdict(activations, numbers, "at one rate for both")
    # As docs/studies.md says.
    assert not verdict(activations, numbers, "tanh needs", "3 or more")
    assert not verdict(activations, numbers, "tanh needs", "about 6 times")
    swapped = exchanged(numbers, "sigmoid", "relu")
    assert not verdict(activations, swapped, "sigmoid needs", "3 or more")


@pytest.mark.slow
def test_batch_normalization_is_faster_but_near_the_best_deviation():
    numbers = batch_normalization.measure(SEEDS[:1], lambda words: None)
    arms = {arm: np.array(seeds)[0] for arm, seeds in numbers.items()}
    for rate in ("0.01", "0.05"):
        with_it = arms[f"batch normalization, rate {rate}"].mean(axis=1)
        gain = with_it - arms[f"none, rate {rate}"].mean(axis=1)
        assert (gain > 0.01).sum() >= 13
        late = np.array(batch_normalization.DEVIATIONS)[gain <= 0.01]
        assert ((0.1 < late) & (late < 0.5)).all()
    assert verdict(batch_normalization, numbers, "at the", "is fewer")
    # As docs/studies.md says.
    assert not verdict(batch_normalization, numbers, "at the", "or more")
    assert not verdict(batch_normalization, numbers, "with Keras' epsilon")
