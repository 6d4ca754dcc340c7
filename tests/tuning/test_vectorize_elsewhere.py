"""`vectorize=True` where trials cannot be trained as one."""

import keras
import pytest

import recipes
from recipes.errors import RecipeError


@pytest.mark.skipif(keras.backend.backend() == "jax", reason="there it can be")
def test_true_needs_jax(tmp_path):
    recipe = recipes.tabular_classifier(dropout=recipes.Float(0.1, 0.5))
    with pytest.raises(RecipeError, match="KERAS_BACKEND=jax"):
        recipe.sweep(
            "iris", max_trials=2, vectorize=True, directory=tmp_path / "none"
        )
    assert not (tmp_path / "none").exists()
