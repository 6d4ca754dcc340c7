"""16 trials at random, and 16 on a grid."""

import numpy as np
import pytest

from recipes.studies import random_search
from recipes.studies.random_search import L2, RATE, SEEDS, TRIALS

LOG, GRID, LINEAR = random_search.ARMS


def trials(*found):
    """Return a sweep: (loss, accuracy) of each; a last one diverged."""
    places = {"rate": 0.01, "l2": 1e-4}
    ended = [{**places, "loss": loss, "accuracy": a} for loss, a in found]
    return [*ended, {**places, "loss": None, "accuracy": None}]


SMALL = {
    LOG: [trials((0.1, 0.97), (2.3, 0.1)), trials((0.12, 0.96), (2.0, 0.2))],
    GRID: [trials((0.2, 0.94)), trials((0.15, 0.95))],
    LINEAR: [trials((1.5, 0.5)), trials((2.3, 0.1))],
}


def holds(numbers):
    return list(random_search.verdicts(numbers).values())


def test_of_numbers_as_claimed_the_verdicts_hold():
    assert holds(SMALL) == [True] * 3
    sentence = next(iter(random_search.verdicts(SMALL)))
    assert "96.5 ± 0.7 %" in sentence
    assert len(random_search.draw(SMALL).axes) == 5  # with a color bar


def test_another_arms_numbers_do_not_satisfy():
    assert holds({**SMALL, LOG: SMALL[LINEAR]}) == [False] * 3
    assert holds({**SMALL, GRID: SMALL[LOG]}) == [True, True, False]
    assert holds({**SMALL, LINEAR: SMALL[LOG]}) == [True, False, True]


def test_the_grid_lies_where_the_seed_says_and_covers_the_range():
    for seed in SEEDS:
        sides = [c.values for c in random_search._ranges(seed, GRID)]
        assert np.prod([len(side) for side in sides]) == TRIALS
        for side, (low, high) in zip(sides, (RATE, L2), strict=True):
            assert low <= min(side) and max(side) <= high
            ratios = np.divide(side[1:], side[:-1])
            np.testing.assert_allclose(ratios, (high / low) ** 0.25, rtol=0.02)
    again = random_search._ranges(0, GRID)
    assert again == random_search._ranges(0, GRID)
    assert again != random_search._ranges(1, GRID)


@pytest.mark.slow
def test_random_search_on_the_log_scale_finds_good_values():
    numbers = random_search.measure((0, 1), lambda words: None)
    found = {arm: [len(t) for t in seeds] for arm, seeds in numbers.items()}
    assert found == {arm: [TRIALS] * 2 for arm in random_search.ARMS}
    assert holds(numbers)[:2] == [True, True]
    swapped = {**numbers, LOG: numbers[LINEAR], LINEAR: numbers[LOG]}
    assert holds(swapped)[:2] == [False, False]
