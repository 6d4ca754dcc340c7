"""The rule by which a change is kept, and the pace."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import recipes
from recipes.six_steps.again import promising
from recipes.six_steps.pace import Pace
from recipes.six_steps.seeds import Measured, beyond_noise, gains

RECIPE = recipes.tabular_classifier()


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=8))
def test_the_rule_is_a_paired_t_test_at_2(found):
    with np.errstate(all="ignore"):
        deviation = np.std(found, ddof=1)
        t = np.mean(found) / (deviation / math.sqrt(len(found)))
    if deviation > 1e-6 and abs(t - 2) > 1e-6:
        assert beyond_noise(found) == (t > 2)


def test_the_statistic_is_the_one_of_scipy():
    old, new = [0.5, 0.4, 0.45], [0.41, 0.33, 0.38]
    t = stats.ttest_rel(old, new).statistic
    assert t > 2 and beyond_noise(gains(new, old, "min"))
    assert not beyond_noise(gains(new, old, "max"))
    assert not beyond_noise([0.1]), "one seed tells nothing"
    assert not beyond_noise([0.0, 0.0, 0.0])


def kept_of(drawn, seeds):
    """Return how many rows of gains are kept at once, and in the end."""
    first = [beyond_noise(list(row[:seeds])) for row in drawn]
    both = [
        now or (promising(list(row[:seeds])) and beyond_noise(list(row)))
        for now, row in zip(first, drawn, strict=True)
    ]
    return np.mean(first), np.mean(both)


@pytest.mark.parametrize("seeds", [2, 3, 5])
def test_noise_alone_is_kept_as_often_as_the_docs_say(seeds):
    drawn = np.random.default_rng(seeds).normal(size=(5000, 2 * seeds))
    first, both = kept_of(drawn, seeds)
    told = {2: 0.148, 3: 0.092, 5: 0.058}[seeds]
    assert stats.t.sf(2, seeds - 1) == pytest.approx(told, abs=5e-4)
    assert first == pytest.approx(told, abs=0.015)
    told = {2: 0.17, 3: 0.11, 5: 0.07}[seeds]
    assert both == pytest.approx(told, abs=0.015)
    # Without the noise in the rule half of it would be.
    alone = (drawn[:, :seeds].mean(axis=1) > 0).mean()
    assert alone == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("seeds, told", [(2, 0.62), (3, 0.49), (5, 0.36)])
def test_ten_changes_of_noise_keep_one_as_often_as_the_docs_say(seeds, told):
    random = np.random.default_rng(seeds)
    tunes = 1000
    found = 0
    for _ in range(tunes):
        winner = random.normal(size=2 * seeds)
        drawn = winner - random.normal(size=(10, 2 * seeds))
        found += kept_of(drawn, seeds)[1] > 0
    assert found / tunes == pytest.approx(told, abs=0.05)


def test_a_true_gain_is_kept():
    drawn = np.random.default_rng(0).normal(1.0, 1.0, size=(5000, 6))
    first, both = kept_of(drawn, 3)
    assert first == pytest.approx(0.50, abs=0.02)
    assert both == pytest.approx(0.70, abs=0.02), "a second look finds more"
    assert kept_of(drawn + 1.0, 3)[1] > 0.97


def test_promising_is_a_t_between_1_and_2():
    for row in np.random.default_rng(1).normal(0.5, 1.0, size=(300, 3)):
        t = stats.ttest_1samp(row, 0).statistic
        assert promising(list(row)) == (1 < t <= 2)


def test_a_measured_recipe_survives_its_json():
    found = Measured(RECIPE, "x", (0.1, 0.2), None, {"epochs": 3}, 2, 1.5)
    again = Measured.from_dict(found.to_dict(), recipes.Recipe.from_json)
    assert again == found and again.mean == pytest.approx(0.15)
    assert Measured(RECIPE, "x", ()).about() is None
    assert Measured(RECIPE, "x", (0.5,)).about()["deviation"] is None


def test_the_pace_is_found_again():
    def seconds(first, epochs):
        return 6.0 * first + 1.5 + 0.4 * epochs

    rows = [[f, n, seconds(f, n)] for n in (2, 5, 10) for f in (1, 0, 0, 0, 0)]
    expected = Pace(rows).sweep(3, 20)
    assert expected == pytest.approx(6 + 3 * (1.5 + 8), rel=0.1)
    # One length alone leaves it open; it is not taken for free.
    alone = Pace([row for row in rows if row[1] == 2]).sweep(3, 20)
    assert 20 < alone < 70


def test_the_pace_follows_a_machine_that_slows_down():
    rows = [[0, n, n * 0.1] for n in (1, 2, 3) * 20]
    rows += [[0, n, n * 0.3] for n in (1, 2, 3) * 40]
    assert Pace(rows).sweep(1, 10) == pytest.approx(3.0, rel=0.3)
