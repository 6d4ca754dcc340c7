"""A backbone in a network: the size that it sees, and what it refuses."""

import keras
import pytest

from recipes.backbones.backbone import Backbone
from recipes.errors import DataError, RecipeError
from recipes.network.backbone import Transfer, features, size_for

pytestmark = pytest.mark.both_backends


def backbone(least, own, sides=(None, None)):
    inputs = keras.Input((*sides, 3))
    outputs = keras.layers.Conv2D(1, 1, name="stem")(inputs)
    model = keras.Model(inputs, outputs)
    return Backbone(model, (), 3, least, own, ("^stem",), {})


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        ((20, 24), (40, 48)),  # doubled
        ((8, 8), (32, 32)),
        ((1, 20), (32, 640)),
        ((32, 32), (32, 32)),  # as they are
        ((100, 120), (100, 120)),
        ((224, 896), (224, 896)),
        ((120, 100), (120, 100)),
        ((225, 225), (224, 224)),  # larger than it was made for
        ((500, 400), (224, 224)),
        ((1200, 900), (224, 224)),
        ((900, 1200), (224, 224)),
        ((9000, 9000), (224, 224)),
        ((200, 1000), (224, 224)),  # larger in one way alone
        ((1000, 50), (224, 224)),
        ((17, 470), (224, 224)),  # doubled, and then too large
    ],
)
def test_the_size_that_a_backbone_sees(shape, size):
    assert size_for(backbone(32, 224), shape) == size
    assert size_for(backbone(32, 224), shape[::-1]) == size[::-1]


@pytest.mark.parametrize(
    "shape", [(1, 29), (31, 890), (100, 2801), (2000, 60000)]
)
def test_sides_too_unlike_are_refused_at_any_scale(shape):
    for given in (shape, shape[::-1]):
        with pytest.raises(DataError, match="unlike.*at most 896.*224, 224"):
            size_for(backbone(32, 224), given)
    least = (shape[0], shape[0] * 28)  # 28 times 32 is four times 224
    assert size_for(backbone(32, 224), least)


def test_a_backbone_of_one_size_gets_that():
    for shape in ((8, 8), (1200, 900), (1, 500)):
        assert size_for(backbone(40, 48, (40, 48)), shape) == (40, 48)


@pytest.mark.parametrize(
    ("sides", "shape", "words"),
    [
        ((None, None), (31, 40), r"'mine' needs .* at least 32×32.*\(31, 40\)"),
        ((40, 48), (48, 40), r"takes images of 40×48 pixels alone.*\(48, 40\)"),
        ((40, None), (48, 64), r"takes images of 40×64 pixels alone"),
    ],
)
def test_sizes_that_it_does_not_take(sides, shape, words):
    transfer = Transfer(backbone(32, 224, sides), None, "frozen", "mine")
    with pytest.raises(RecipeError, match=words):
        features(keras.Input((*shape, 3)), transfer)
    right = tuple(s or max(g, 32) for s, g in zip(sides, shape, strict=True))
    assert features(keras.Input((*right, 3)), transfer).shape[1:3] == right
    features(keras.Input((None, None, 3)), transfer)  # known when it runs
