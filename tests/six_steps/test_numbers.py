"""Budgets, pace, grids and the rule by which a change is kept."""

import math
import re
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import recipes
from recipes.errors import RecipeError
from recipes.six_steps import grid
from recipes.six_steps.again import promising
from recipes.six_steps.budget import said, seconds_of
from recipes.six_steps.pace import Pace
from recipes.six_steps.seeds import Measured, beyond_noise, gains
from recipes.six_steps.work import Work

RECIPE = recipes.tabular_classifier()


@pytest.mark.parametrize(
    "budget, seconds",
    [
        ("90s", 90),
        ("10m", 600),
        ("2h", 7200),
        ("0.5m", 30),
        (" 7 ".strip(), 7),
        (12.5, 12.5),
        (np.float64(3.0), 3),
        ("10 m", 600),
        ("10M", 600),
        ("10min", 600),
        ("30 Sec", 30),
        ("1h30m", 5400),
        ("1h 30 min 5s", 5405),
        ("1m30s", 90),
        ("8760h", 31536000),
    ],
)
def test_a_budget_is_seconds(budget, seconds):
    assert seconds_of(budget) == seconds


@pytest.mark.parametrize(
    "budget",
    [0, -1, "0s", "-3m", "", "m", "10 days", "1e3", "٣m", "1d", math.nan]
    + [math.inf, True, None, [], 10**400, "1" * 400, b"10m", "1h30"]
    + ["999999999h", "8761h", "30m1h", "1h1h", "h1", "1.h", "1 h m", "1hm"]
    + ["1mi", "1mins", "1ſ", "0h0m", 4e7],
)
def test_what_is_no_budget_is_refused(budget):
    with pytest.raises(RecipeError, match="`budget` must be"):
        seconds_of(budget)


TEXTS = st.text(max_size=8) | st.text("0123456789. smhSMHinec", max_size=9)


@given(st.one_of(TEXTS, st.floats(), st.integers()))
def test_any_budget_is_seconds_or_refused(budget):
    try:
        found = seconds_of(budget)
    except RecipeError as error:
        assert repr(budget) in str(error)
        return
    assert 0 < found < math.inf
    if isinstance(budget, str):  # an independent reading
        text = "".join(budget.split()).lower()
        for unit in (("min", "*60+"), ("sec", "+"), ("h", "*3600+")):
            text = text.replace(*unit)
        terms = text.replace("m", "*60+").replace("s", "+").strip("+")
        total = sum(
            math.prod(map(float, term.split("*"))) for term in terms.split("+")
        )
        assert found == pytest.approx(total)


@given(st.floats(0, 1e6))
def test_seconds_in_words_are_the_seconds(seconds):
    units = {"s": 1, "min": 60, "h": 3600}
    pairs = re.findall(r"([\d.e+-]+) (s|min|h)", said(seconds))
    total = sum(float(number) * units[unit] for number, unit in pairs)
    assert total == pytest.approx(seconds, abs=61 if seconds > 3600 else 0.6)


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


def test_the_coarse_grid_reaches_well_below_the_center():
    for rates, decays in grid.coarse(0.01, 1e-3):
        assert min(rates) <= 0.001 and max(rates) >= 0.01
        assert 1e-3 in decays
    assert grid.coarse(0.01, 0.0)[0][1] == (0.0, 0.01, 0.1)
    assert grid.coarse(0.01, None)[0][1] == (None,)
    assert max(grid.coarse(0.01, 0.5)[0][1]) == 1.0


def landscape(best_rate, best_decay):
    """Return a score that is least at some place, and matters in both."""

    def score(rate, decay):
        off = math.log(rate / best_rate) ** 2
        if decay and best_decay:
            off += math.log(decay / best_decay) ** 2
        return 1.0 + off

    return score


def rows_of(score, rates, decays):
    rows = [
        {"rate": r, "decay": d, "score": score(r, d)}
        for r in rates
        for d in decays
    ]
    return sorted(rows, key=lambda row: row["score"])


@pytest.mark.parametrize("rate", [1e-3, 4e-3, 0.01, 0.04, 0.1])
@pytest.mark.parametrize("decay", [1e-4, 1e-2])
def test_widening_walks_to_the_best_and_stops(rate, decay):
    score = landscape(rate, decay)
    rows = rows_of(score, *grid.finer(0.01, 1e-3)[0])
    for _ in range(12):
        further = grid.beyond(rows)
        if further is None:
            break
        more = rows_of(score, *further[:2])
        rows = sorted([*rows, *more], key=lambda row: row["score"])
    assert further is None, "it ends by itself"
    assert rate / 2.1 <= rows[0]["rate"] <= rate * 2.1
    assert decay / 3.5 <= rows[0]["decay"] <= decay * 3.5


def test_a_best_inside_is_not_widened():
    rows = rows_of(landscape(0.01, 1e-3), *grid.finer(0.01, 1e-3)[0])
    assert grid.beyond(rows) is None


def test_a_decay_that_hardly_matters_is_not_widened():
    score = landscape(0.01, None)
    rows = rows_of(score, *grid.finer(0.01, 1e-3)[0])
    rows.sort(key=lambda row: (row["score"], row["decay"]))
    assert rows[0]["decay"] < 1e-3 and grid.beyond(rows) is None
    rows[0]["score"] -= 0.1
    assert "weight decay" in grid.beyond(rows)[2]


def test_ties_make_no_edge_and_the_middle_comes_first():
    rates, decays = grid.finer(0.01, 1e-3)[0]
    rows = [
        {"rate": r, "decay": d, "score": 0.963, "loss": 0.5}
        for r in rates
        for d in decays
    ]
    assert rows[0]["rate"] == min(rates), "by order alone it were an edge"
    assert grid.beyond(rows) is None
    first = grid.middle_first(rows)[0]
    assert min(rates) < first["rate"] < max(rates) and first["decay"] == 1e-3
    rows[0]["loss"] = 0.4  # better, by what breaks the tie
    assert "lower edge of the learning rate" in grid.beyond(rows)[2]


@pytest.mark.parametrize("direction", ["min", "max"])
def test_the_loss_decides_between_equal_scores(direction):
    work = SimpleNamespace(direction=direction)
    rows = [
        {"score": score, "loss": loss}
        for score, loss in [(0.9, 0.3), (0.9, 0.2), (0.9, None), (0.8, 0.1)]
    ]
    ordered = sorted(rows, key=lambda row: Work.rank(work, row))
    worst = rows[3]
    ends = ordered[-1] if direction == "max" else ordered[0]
    assert ends is worst
    ordered.remove(worst)
    assert [row["loss"] for row in ordered] == [0.2, 0.3, None]
    assert grid.ties([{"score": 1}, {"score": 2}]) == ""
    assert "2 with the best score that with the least" in grid.ties(rows[1::-1])
    assert "in the middle" in grid.ties([rows[0], rows[0]])


def test_the_second_best_has_another_rate():
    rows = rows_of(landscape(0.01, 1e-2), *grid.finer(0.01, 1e-3)[0])
    first, second = grid.two_best(rows)
    assert first is rows[0] and second["rate"] != first["rate"]
    assert grid.two_best(rows[:1]) == rows[:1]
