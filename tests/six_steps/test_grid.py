"""Rates and decays: what is tried, widened, and taken of equal scores."""

import math
from types import SimpleNamespace

import pytest

from recipes.six_steps import grid
from recipes.six_steps.work import Work


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
    assert rows[0]["rate"] == min(rates), "by order alone it would be an edge"
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
