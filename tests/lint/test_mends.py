"""Mends lead to an end: none brings back what another has mended."""

import importlib.util
import itertools
from pathlib import Path

import pytest

import recipes
from recipes import Part
from recipes.lint.watching import USUAL
from recipes.tasks import TASKS

_spec = importlib.util.spec_from_file_location(
    "lint_settings", Path(__file__).with_name("settings.py")
)
settings = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(settings)
CASES, DATA, stopping = settings.CASES, settings.DATA, settings.stopping
TABLE = recipes.tabular_classifier


def mended_one_by_one(recipe, data, most=12):
    """Run README's loop; return the codes of what it mended."""
    data, mended = DATA.get(data, data), []
    while findings := recipe.lint(data):
        mended.append(findings[0].code)
        assert len(mended) <= most, mended
        recipe = recipe.replace(**findings[0].changes)
    return mended


@pytest.mark.slow
@pytest.mark.parametrize("epochs", [None, 1, 3, 10])
def test_the_loop_ends_for_every_pair_of_mistakes(epochs):
    """With any number of epochs, on any data that a rule needs."""
    short = {} if epochs is None else {"epochs": epochs}
    pairs = itertools.combinations if short else itertools.permutations
    for first, second in pairs(CASES, 2):
        (one, _, data), (two, _, other) = CASES[first], CASES[second]
        recipe = TABLE(**{**one, **two, **short})
        mended = mended_one_by_one(recipe, other or data)
        assert (
            len(mended) == len(set(mended))
            or max(map(mended.count, mended)) <= 2
        ), (first, second, mended)


def test_the_loop_ends_where_it_once_did_not():
    plateau = {"schedule": "reduce_on_plateau"}
    for patience in (1, 4, 10):
        recipe = TABLE(epochs=10, **plateau, **stopping(patience=patience))
        assert mended_one_by_one(recipe, None)
    average = "exponential_moving_average"
    recipe = TABLE(epochs=1, batch_size=115, weight_average=average)
    assert "average-memory" in mended_one_by_one(recipe, "wine")


class Deaf:
    """A recipe that no mend changes."""

    def lint(self, data):
        return TABLE(dropout=0.6).lint(data)

    def replace(self, **changes):
        return self


def test_a_loop_without_end_is_seen():
    with pytest.raises(AssertionError):
        mended_one_by_one(Deaf(), None)


def test_an_unknown_monitor_leaves_nothing_of_itself():
    """`val_loss` with mode "max" would keep the worst epoch."""
    part = {"monitor": "val_f1", "mode": "max", "patience": 3}
    scale = {"min_delta": 0.01, "baseline": 0.9}
    (finding,) = TABLE(**stopping(**part, **scale)).lint()
    mended = TABLE().replace(**finding.changes)
    assert mended.early_stopping == Part(
        "early_stopping", patience=3, monitor="val_loss"
    )


def test_the_usual_patience_is_that_of_the_recipe_functions():
    for task in TASKS:
        assert getattr(recipes, task)().early_stopping == USUAL.get(task)
