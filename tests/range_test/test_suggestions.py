"""Suggestions on curves whose answers are known."""

import numpy as np
import pytest

import recipes
from recipes.range_test.curve import Curve, first_steps
from recipes.range_test.result import RangeTest
from recipes.range_test.smoothing import Smoothing
from recipes.range_test.suggestions import falls, steepest, suggested, valley

RATES = np.geomspace(1e-7, 10.0, 100)
PLACE = np.log10(RATES)
FIRST = first_steps(100)


def slope_at(center, width=0.5, low=0.1, high=2.3):
    """A fall from `high` to `low` around a logarithm of the rate."""
    return high - (high - low) / (1 + np.exp(-(PLACE - center) / width))


def bowl(center=-3.0, bottom=-1.0):
    """A fall that ends in a minimum, and explodes after it."""
    rise = np.where(PLACE > bottom, 3.0 * (PLACE - bottom) ** 2, 0.0)
    return slope_at(center) + rise


@pytest.mark.parametrize("center", [-4.0, -2.5, -1.0])
def test_the_steepest_point_of_a_sigmoid_is_its_center(center):
    found = steepest(RATES, slope_at(center), FIRST)
    assert PLACE[found] == pytest.approx(center, abs=0.09)


def test_noise_before_the_fall_is_not_the_steepest():
    curve = bowl()
    curve[20] += 1.5  # and down again: steeper than the fall
    assert PLACE[steepest(RATES, curve, FIRST)] == pytest.approx(-3, abs=0.09)


def test_the_valley_is_two_thirds_along():
    curve = np.full(100, 2.0)
    curve[40:71] = np.linspace(2.0, 0.5, 31)
    curve[71:] = 3.0
    # The flat part falls nowhere: the valley is from 40 to 70.
    assert valley(curve, FIRST) == 60


def test_a_valley_goes_on_over_a_bump():
    curve = np.full(100, 2.0)
    curve[40:71] = np.linspace(2.0, 0.5, 31)
    curve[71:] = 3.0
    curve[55] = 2.5  # one place less in the subsequence
    assert valley(curve, FIRST) == pytest.approx(60, abs=1)


def test_a_tenth_of_the_minimum():
    curve = bowl(bottom=-1.0)
    bottom = RATES[np.argmin(curve)]
    found = suggested(RATES, curve, FIRST)["minimum_tenth"]
    assert found == pytest.approx(bottom / 10)


def test_noise_alone_is_no_fall():
    for seed in range(50):
        noise = np.random.default_rng(seed).normal(2.3, 0.2, 100)
        mean = Smoothing()
        smoothed = np.array([mean.add(loss) for loss in noise])
        assert not falls(noise, smoothed, FIRST), seed
        fallen = np.where(np.arange(100) > 60, noise - 1.5, noise)
        mean = Smoothing()
        smoothed = np.array([mean.add(loss) for loss in fallen])
        assert falls(fallen, smoothed, FIRST), seed


def curve(losses, seed=0, stopped=None, stage=None):
    losses = np.asarray(losses, "float64")
    rates = RATES[: len(losses)]
    return Curve(seed, rates, losses, losses, stopped, stage)


def found(*curves):
    recipe = recipes.tabular_classifier()
    return RangeTest(recipe, "iris", list(curves), 1e-7, 10.0, 100)


def test_several_seeds_have_their_geometric_mean():
    some = found(curve(bowl(-4)), curve(bowl(-3), 1), curve(bowl(-2), 2))
    for name, each in some.suggestions.items():
        alone = [
            suggested(RATES, bowl(center), FIRST)[name]
            for center in (-4, -3, -2)
        ]
        wanted = np.prod(alone) ** (1 / 3)
        assert each.learning_rate == pytest.approx(wanted, rel=0.006)
        assert each.least == pytest.approx(min(alone), rel=0.006)
        assert each.most == pytest.approx(max(alone), rel=0.006)
    assert str(some).count(" to ") == 3


def test_every_change_is_one_that_replace_takes():
    some = found(curve(bowl()))
    recipe = recipes.tabular_classifier()
    assert set(some.suggestions) == {"steepest", "valley", "minimum_tenth"}
    for each in some.suggestions.values():
        changed = recipe.replace(**each.changes)
        before = recipe.optimizer.config["learning_rate"]
        rest = changed.optimizer.replace(learning_rate=before)
        assert rest == recipe.optimizer
        assert changed.optimizer.config["learning_rate"] == each.learning_rate
    assert some.suggestion is some.suggestions["valley"]
    assert some.recipe == recipe.replace(**some.suggestion.changes)


def test_no_fall_no_suggestion():
    some = found(curve(np.full(100, 2.3)), curve(np.full(100, 2.3), 1))
    assert some.suggestions == {} and some.suggestion is None
    assert some.recipe == recipes.tabular_classifier()
    assert "2 of 2 seeds" in str(some) and "nothing is suggested" in str(some)


def test_a_seed_that_never_fell_is_said_and_left_out():
    some = found(curve(bowl()), curve(np.full(100, 2.3), 1))
    assert "1 of 2 seeds had a loss that never fell" in str(some)
    assert "nothing is suggested" not in str(some)
    assert some.suggestion == found(curve(bowl())).suggestion
    assert some.told == 1 and str(some).count(" (of 1 of 2 seeds)") == 3
    assert " to " not in some.lines()[0]  # of one seed there is no range


def test_a_range_that_is_too_low_or_too_high_is_said():
    assert "give a higher `highest`" in str(found(curve(slope_at(-1.0))))
    early = curve([2.0, 9.0], stopped=float(RATES[2]))
    assert "give a lower `lowest`" in str(found(early))
    assert found(early).suggestion is None
    assert not found(curve(bowl())).notes


def test_the_stage_is_said():
    words = str(found(curve(bowl(), stage="head")))
    assert "The stage 'head' was tested" in words


def test_the_picture_has_all_marks():
    drawn = found(curve(bowl(), stopped=5.0), curve(bowl(-2.0), 1)).figure
    axes = drawn.axes[0]
    assert axes.get_xscale() == "log"
    words = [text.get_text() for text in axes.get_legend().get_texts()]
    assert any("valley" in each and "recommended" in each for each in words)
    for name in ("steepest", "minimum_tenth", "smoothed", "diverged at 5"):
        assert any(each.startswith(name) for each in words), (name, words)
    assert len(words) == 6  # each curve is named once
    found(curve([], stopped=1e-7)).figure.canvas.draw()
