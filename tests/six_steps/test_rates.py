"""The step that finds the range of rates: what it says of its seeds."""

import pytest

import recipes
from recipes.six_steps.rates import PER_SEED, SHARE, find_center
from tests.six_steps.test_looking import work_of


@pytest.mark.parametrize("seeds", [1, 2])
def test_one_seed_has_no_least_and_most(seeds, tmp_path):
    recipe = recipes.tabular_classifier(epochs=2).resolve()
    work = work_of(recipe, recipes.data.load("iris"), tmp_path)
    each = SHARE * work.clock.budget / (seeds + 0.5)
    checked = {"seconds": each / PER_SEED, "rate": False, "mended": None}
    assert find_center(work, checked)["found"]
    (made,) = work.state.decisions
    numbers = made["numbers"]
    assert numbers["least"] <= numbers["rate"] <= numbers["most"]
    between = f"({numbers['least']:g} to {numbers['most']:g})"
    assert (between in made["words"]) == (seeds > 1)
    assert made["words"].startswith("One seed" if seeds == 1 else "2 seeds")
