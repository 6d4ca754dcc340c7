"""A penalty's strength is a dial of the group, or parts it from others."""

import inspect

import keras
import pytest

import recipes
from recipes import Part, registry
from recipes.menu.weights import REGULARIZERS
from recipes.training.plan import load_for, make_plan
from recipes.tuning.vectorized.alike import likeness
from recipes.tuning.vectorized.dials import Dials, numbers_of

RECIPE = recipes.tabular_classifier(network=Part("mlp", units=(2,)))
# One that no list but the menu's knows.
LATER = ("keras.regularizers.OrthogonalRegularizer", "for the test")


def check(name):
    """Return how many numbers of a regularizer are dials."""
    builder = registry.lookup("regularizer", name).builder()
    count = 0
    for argument, known in inspect.signature(builder).parameters.items():
        if not isinstance(known.default, float):
            continue
        one, other = (
            RECIPE.replace(kernel_regularizer=Part(name, **{argument: number}))
            for number in (0.25, 0.75)
        )
        if likeness(one) != likeness(other):
            continue
        count += 1
        plan = make_plan(one, load_for(one, "iris"))
        model = plan.model
        dials = Dials(plan.network, plan.objective, model.optimizer)
        assert argument in dials.places, f"{name}/{argument} is lost"
        built = registry.build("regularizer", other.kernel_regularizer)
        adam = keras.optimizers.Adam(weight_decay=0.0)
        assert numbers_of(other.resolve(), adam, built)[argument] == 0.75
    return count


@pytest.mark.parametrize("name", REGULARIZERS)
def test_every_strength_is_a_dial(name):
    assert check(name) == (2 if name == "l1_l2" else 1)


def test_one_that_is_no_dial_is_not_alike(monkeypatch):
    monkeypatch.setitem(REGULARIZERS, "later", LATER)
    assert check("later") == 0
