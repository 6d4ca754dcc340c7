"""A pretrained network, by the number of examples."""

import numpy as np
import pytest

from recipes.studies import transfer

SMALL = {
    "frozen": {"1": [0.83, 0.84], "5": [0.93, 0.93], "20": [0.97, 0.98]},
    "full": {"1": [0.81, 0.83], "5": [0.95, 0.94], "20": [0.98, 0.99]},
    "scratch": {"1": [0.4, 0.5], "5": [0.7, 0.8], "20": [0.93, 0.92]},
}


def holds(numbers):
    return list(transfer.verdicts(numbers).values())


def test_of_numbers_as_claimed_the_verdicts_hold():
    assert holds(SMALL) == [True] * 6
    assert "83.5 ± 0.7 % frozen" in next(iter(transfer.verdicts(SMALL)))
    assert len(transfer.draw(SMALL).axes[0].lines) == 3


def test_another_arms_numbers_do_not_satisfy():
    frozen, full = {**SMALL, "full": SMALL["frozen"]}, SMALL["full"]
    assert holds(frozen)[:2] == [False, False]
    assert holds({**SMALL, "scratch": full})[2:] == [False] * 4
    same = {**SMALL["scratch"], "20": SMALL["scratch"]["1"]}
    assert not holds({**SMALL, "scratch": same})[-1]


def test_of_a_seed_all_arms_have_the_same_digits():
    few, many = (transfer.splits(n, 0, validation=10) for n in (1, 20))
    for found, count in ((few, 1), (many, 20)):
        assert np.bincount(found["train"][1]).tolist() == [count] * 10
        assert [len(found[r][1]) for r in ("validation", "test")] == [10, 500]
        learned = {x.tobytes() for x in found["train"][0]}
        assert not learned & {x.tobytes() for x in found["test"][0]}
    assert np.array_equal(few["test"][0], many["test"][0])
    other = transfer.splits(1, 1, validation=10)
    assert not np.array_equal(few["test"][0], other["test"][0])


@pytest.mark.slow
def test_pretrained_is_ahead_of_scratch_and_less_with_more_examples():
    numbers = transfer.measure((0,), lambda words: None)
    assert holds(numbers)[1:] == [True] * 5
    without = {**numbers, "full": numbers["scratch"]}
    assert holds(without)[1:] == [False] * 5
