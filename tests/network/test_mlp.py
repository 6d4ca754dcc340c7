"""The multilayer perceptron: shapes, counts, refusals."""

import keras
import pytest

import recipes
from recipes import Part, RecipeError
from recipes.network.layers import Layers
from recipes.network.mlp import mlp


@pytest.mark.parametrize("units", [(7,), (7, 5), (3, 4, 5)])
@pytest.mark.parametrize("normalization", [None, "batch_normalization"])
def test_shape_and_count(units, normalization):
    recipe = recipes.tabular_classifier(
        network=Part("mlp", units=units), normalization=normalization
    )
    model = recipe.build((4,), 3)
    # A bias, or else γ, β and two moving moments.
    each = 4 if normalization else 1
    widths = (4, *units)
    expected = sum(
        i * o + each * o for i, o in zip(widths, widths[1:], strict=False)
    )
    assert model.output_shape == (None, 3)
    assert model.count_params() == expected + (units[-1] + 1) * 3


def test_images_are_flattened():
    recipe = recipes.image_classifier(
        network=Part("mlp", units=(5,)),
        normalization=None,
        image_size=(4, 6),
    )
    model = recipe.build((4, 6, 3), 10)
    assert model.get_layer("dense1").kernel.shape == (4 * 6 * 3, 5)
    assert model.output_shape == (None, 10)


def test_tables_are_not():
    model = recipes.tabular_classifier().build((4,), 3)
    assert not [n for n in model.layers if isinstance(n, keras.layers.Flatten)]


def test_a_list_will_do_as_well():
    layers = Layers(recipes.tabular_classifier().resolve())
    assert mlp(keras.Input((4,)), layers, units=[8, 6]).shape == (None, 6)


@pytest.mark.parametrize(
    "units",
    [(), 8, 0, None, "big", (0,), (-1,), (1.5,), (True,), ("8",), (None,)],
)
def test_bad_units(units):
    recipe = recipes.tabular_classifier(network=Part("mlp", units=units))
    with pytest.raises(RecipeError, match="`units` must be a list") as error:
        recipe.build((4,), 3)
    assert f"Received: {units!r}" in str(error.value)
