"""The choice over seeds: what there is time for, and what would do."""

from types import SimpleNamespace

import pytest

import recipes
from recipes.six_steps.choosing import TRIFLE, _affordable, would_do
from recipes.six_steps.pace import Pace
from tests.six_steps.conftest import work_of

RECIPE = recipes.tabular_classifier(epochs=20)
TWO = ["as given", "best of the grid"]


def at(work, budget, spent):
    """Let a budget be spent in part, as a clock has it."""
    work.clock = SimpleNamespace(
        budget=budget, spent=spent, left=budget - spent
    )


@pytest.mark.parametrize("once, epoch", [(5.0, 3.0), (2.0, 0.1), (0.1, 0.01)])
def test_the_budget_that_is_said_is_enough(once, epoch, tmp_path):
    work = work_of(RECIPE, None, tmp_path)
    work.pace = Pace([[1, 2, once + 2 * epoch], [0, 2, 2 * epoch]])
    fit = work.pace.sweep(1, 20)
    at(work, 2 * fit, fit)
    assert _affordable(work, TWO) == [[], 0]
    enough = would_do(work)
    alone = fit + work.pace.sweep(4, 20) + work.reserve(20)
    # The last fit of now, and the coarse grid of then, come before the choice.
    for budget, does in ((enough, True), (alone, False)):
        at(work, budget, 2 * fit + TRIFLE * budget)
        assert (_affordable(work, TWO) == [TWO, 2]) == does
