"""Seven layers of 100 on 300 digits: the gap, and what narrows it."""

import pytest

from recipes.studies import overfitting


def scores(train, test):
    """Return two seeds of an arm."""
    return [
        {"train": train, "test": t, "gap": train - t}
        for t in (test - 0.01, test + 0.01)
    ]


SMALL = {
    "nothing": scores(1.0, 0.90),
    "L2": scores(0.98, 0.94),
    "dropout": scores(1.0, 0.93),
}


def holds(numbers):
    return list(overfitting.verdicts(numbers).values())


def test_of_numbers_as_claimed_the_verdicts_hold():
    assert holds(SMALL) == [True] * 6
    sentence = next(iter(overfitting.verdicts(SMALL)))
    assert "100 ± 0 %" in sentence and "90 ± 1 %" in sentence
    assert overfitting.draw(SMALL).axes


def test_the_arm_without_it_does_not_satisfy():
    for place, arm in ((1, "L2"), (3, "dropout")):
        without = {**SMALL, arm: SMALL["nothing"]}
        assert holds(without)[place : place + 2] == [False, False]
    assert not holds({**SMALL, "L2": SMALL["nothing"]})[5]
    assert not holds({**SMALL, "nothing": scores(1.0, 0.97)})[0]
    assert not holds({**SMALL, "nothing": scores(0.9, 0.7)})[0]


def test_what_tests_is_not_learned_from():
    found = overfitting._splits(0)
    assert [len(y) for _, y in found.values()] == [300, 200, 1297]
    rows = [{row.tobytes() for row in x} for x, _ in found.values()]
    assert not rows[0] & rows[2] and not rows[0] & rows[1]


@pytest.mark.slow
def test_l2_and_dropout_narrow_the_gap():
    numbers = overfitting.measure((0, 1, 2), lambda words: None)
    # As docs/studies.md says, L2 does not lower train accuracy here.
    assert holds(numbers) == [True] * 5 + [False]


@pytest.mark.slow
def test_three_arms_with_nothing_are_alike(monkeypatch):
    """The control, and the same numbers from the same seed."""
    monkeypatch.setattr(
        overfitting, "ARMS", {"nothing": {}, "L2": {}, "dropout": {}}
    )
    numbers = overfitting.measure((0,), lambda words: None)
    assert numbers["nothing"] == numbers["L2"] == numbers["dropout"]
    assert holds(numbers)[0] and holds(numbers)[1:] == [False] * 5
