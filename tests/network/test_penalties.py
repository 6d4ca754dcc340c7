"""Penalties of a built network's losses, by hand."""

import keras
import numpy as np
import pytest

import recipes
from recipes import Part, RecipeError, menu

FORMULAS = {
    Part("l2", l2=0.3): lambda w: 0.3 * (w**2).sum(),
    Part("half_l2", l2=0.3): lambda w: 0.15 * (w**2).sum(),
    Part("l1", l1=0.2): lambda w: 0.2 * abs(w).sum(),
    Part("l1_l2", l1=0.2, l2=0.3): lambda w: (
        0.2 * abs(w).sum() + 0.3 * (w**2).sum()
    ),
}


def build(**fields):
    fields = {"network": Part("mlp", units=(8, 8)), **fields}
    return recipes.tabular_classifier(**fields).build((5,), 3)


@pytest.mark.parametrize("part", FORMULAS, ids=str)
def test_penalty(part):
    model = build(kernel_regularizer=part)
    kernels = [v for v in model.variables if v.name == "kernel"]
    for variable in model.trainable_variables:  # nothing else is penalized
        if variable.name != "kernel":
            variable.assign(np.full(variable.shape, 7.0))
    expected = sum(FORMULAS[part](np.asarray(v, "float64")) for v in kernels)
    assert len(kernels) == 3
    found = sum(float(loss) for loss in model.losses)
    assert found == pytest.approx(expected, rel=1e-5)


def test_every_regularizer_of_keras_has_a_formula():
    """One of ours has a test of its own, beside the others in techniques."""
    rows = menu.REGULARIZERS.items()
    of_keras = {name for name, row in rows if row[0].startswith("keras.")}
    assert of_keras and of_keras <= {part.name for part in FORMULAS}


def test_none():
    assert build(kernel_regularizer=None).losses == []


def test_a_penalty_that_does_not_fit_is_told_at_once():
    orthogonal = keras.regularizers.OrthogonalRegularizer  # matrices only
    recipes.register("regularizer", "matrices_only", orthogonal)
    recipe = recipes.image_classifier(
        kernel_regularizer="matrices_only", image_size=(8, 8)
    )
    with pytest.raises(RecipeError, match="kernel_regularizer.*rank 2"):
        recipe.build((8, 8, 1), 3)
    assert len(build(kernel_regularizer="matrices_only").losses) == 3
