"""One ravine, and which way optimizers go down it."""

import numpy as np
import pytest

from recipes.studies import optimizers

pytestmark = [pytest.mark.both_backends, pytest.mark.by_hand_on_jax]


def walked(rate, steps, zigzag, calm):
    """Return two seeds of an arm; its path is straight."""
    path = np.linspace((-2.5, 0.5), (0, 0), steps + 1).tolist()
    at = {"0.01": [calm] * 2, "0.038": [zigzag + 1] * 2}
    both = {"steps": [steps] * 2, "zigzag": [zigzag] * 2}
    return {"rate": rate, **both, "zigzag_at": at, "path": path}


SMALL = {
    "gradient descent": walked(0.038, 40, 30.0, 5.0),
    "SGD, batches of 64": walked(0.03, 55, 29.0, 40.0),
    "SGD, batches of 8": walked(0.01, 120, 60.0, 60.0),
    "momentum": walked(0.005, 38, 4.0, 3.0),
    "AdaGrad": walked(1.6, 29, 3.6, 0.0),
    "Adam": walked(0.4, 34, 3.1, 0.0),
}


def holds(numbers):
    return list(optimizers.verdicts(numbers).values())


def test_of_numbers_as_claimed_the_verdicts_hold():
    assert holds(SMALL) == [True] * 4
    sentence = next(iter(optimizers.verdicts(SMALL)))
    assert "4 ± 0" in sentence and "30 ± 0" in sentence
    assert len(optimizers.draw(SMALL).axes) == 6


def test_the_arm_without_it_does_not_satisfy():
    without = {**SMALL, "momentum": SMALL["gradient descent"]}
    assert holds(without) == [False, False, False, True]
    whole = {**SMALL, "SGD, batches of 8": SMALL["gradient descent"]}
    assert holds(whole) == [True, True, True, False]


def test_the_loss_is_the_ravine_of_least_squares():
    start, x, y = optimizers._problem(3)
    for point in (start, np.array([0.3, -0.2])):
        by_rows = 0.5 * np.mean((x @ point - y) ** 2)
        at_bottom = 0.5 * np.mean(y**2)
        np.testing.assert_allclose(
            by_rows - at_bottom, optimizers.loss(point), rtol=1e-9
        )
    along, across = np.linalg.eigvalsh(x.T @ x / len(x))
    np.testing.assert_allclose(across / along, optimizers.STEEP)


def test_turns_are_counted_by_hand():
    square = np.array([(-2.0, 0), (-1, 0), (-1, 1), (-2, 1)])
    assert optimizers._zigzag(square) == pytest.approx(1.0)
    forth = np.array([(-2.0, 0), (-1, 0), (-2, 0), (-1, 0)])
    assert optimizers._zigzag(forth) == pytest.approx(2.0)
    straight = np.array([(-2.0, 0), (-1.5, 0), (-1, 0)])
    assert optimizers._zigzag(straight) == 0


def test_at_the_goal_is_to_stay_there():
    path = np.array([(-2.0, 0), (0, 0), (-1, 0), (0.01, 0), (0, 0)])
    assert optimizers._steps(path) == 3


def test_a_path_of_gradient_descent_is_that_of_the_formula(monkeypatch):
    monkeypatch.setattr(optimizers, "STEPS", 5)
    start, x, y = problem = optimizers._problem(0)
    arm = optimizers.ARMS["gradient descent"][:-1]
    (path,) = optimizers._walk([problem], [0], 0.03, *arm)
    hessian = x.T @ x / len(x)
    expected = [start]
    for _ in range(5):
        expected.append(expected[-1] - 0.03 * hessian @ expected[-1])
    np.testing.assert_allclose(path, expected, atol=1e-5)


@pytest.mark.slow
def test_momentum_zigzags_less_each_at_its_best_rate(monkeypatch):
    """As docs/studies.md says, not where gradient descent has no zigzag.

    The control: with a momentum of 0 it does not.
    """
    seeds = (0, 1, 2)
    numbers = optimizers.measure(seeds, lambda words: None)
    assert holds(numbers) == [True, True, False, True]
    how = ("SGD", {"momentum": 0.0}, optimizers.ROWS, optimizers.RATES)
    monkeypatch.setattr(optimizers, "ARMS", {"momentum": how})
    without = {**numbers, **optimizers.measure(seeds, lambda words: None)}
    assert holds(without) == [False, False, False, True]


@pytest.mark.slow
def test_the_same_seeds_give_the_same_numbers(monkeypatch):
    arm = "SGD, batches of 64"
    how = {arm: (*optimizers.ARMS[arm][:-1], (0.01, 0.02))}
    monkeypatch.setattr(optimizers, "ARMS", how)
    first, again, other, both = (
        optimizers.measure(seeds, lambda words: None)[arm]["zigzag_at"]["0.01"]
        for seeds in ((0,), (0,), (1,), (0, 1))
    )
    assert first == again != other
    assert both == first + other
