"""The step that finds the range of rates: what it says of its seeds."""

import recipes
from recipes.six_steps.rates import PER_SEED, SHARE, find_center
from tests.six_steps.conftest import work_of


def test_one_seed_has_no_least_and_most(tmp_path):
    recipe = recipes.tabular_classifier(epochs=2).resolve()
    work = work_of(recipe, recipes.data.load("iris"), tmp_path)
    each = SHARE * work.clock.budget / 1.5
    checked = {"seconds": each / PER_SEED, "rate": False, "mended": None}
    assert find_center(work, checked)["found"]
    (made,) = work.state.decisions
    rate = made["numbers"]["rate"]
    assert made["words"].startswith("One seed: ")
    assert f"speaks for {rate:g}; the recipe has" in made["words"]
