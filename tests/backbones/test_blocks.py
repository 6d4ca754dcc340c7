"""Blocks: every variable in exactly one, from the input upwards."""

import keras
import pytest

from recipes.backbones.backbone import block_of, blocks_of
from recipes.backbones.families import application
from recipes.errors import RecipeError

SMALL = [
    "InceptionV3",
    "MobileNet",
    "MobileNetV3Small",
    "ResNet50V2",
    "VGG16",
    "Xception",
]


@pytest.mark.parametrize("name", SMALL)
def test_every_variable_once_and_in_order(name, check_blocks):
    check_blocks(application(name, weights=None))


def named(*names):
    """Return a model of dense layers with these names, one on the other."""
    inputs = x = keras.Input((2,))
    for name in names:
        x = keras.layers.Dense(2, name=name)(x)
    return keras.Model(inputs, x)


def test_as_written_by_hand():
    model = named("stem", "block1", "block2", "block3", "block10", "top")
    assert blocks_of(model, r"block(\d+)", (2, 10)) == (
        "^(?:stem/|block1/)",
        "^(?:block2|block3)",
        "^(?:block10|top/)",
    )
    assert blocks_of(model, r"block(\d+)") == (
        "^(?:stem/|block1/)",
        "^(?:block2)",
        "^(?:block3)",
        "^(?:block10|top/)",
    )


def test_a_layer_without_a_stage_belongs_to_the_next_that_has_one():
    inputs = keras.Input((4, 4, 3))
    x = keras.layers.Conv2D(3, 1, name="block1_conv")(inputs)
    shortcut = keras.layers.Conv2D(3, 1, name="shortcut")(x)
    x = keras.layers.Conv2D(3, 1, name="block2_conv")(x)
    x = keras.layers.Add(name="block2_add")([x, shortcut])
    model = keras.Model(inputs, x)
    blocks = blocks_of(model, r"block(\d)_")
    assert [block_of(v, blocks) for v in model.variables] == [0, 0, 1, 1, 1, 1]


def test_without_stages_layers_are_dealt_evenly():
    model = named(*(f"layer_{i}" for i in range(13)))
    blocks = blocks_of(model)
    numbers = [block_of(v, blocks) for v in model.variables[::2]]
    assert numbers == sorted(numbers) and set(numbers) == set(range(6))
    assert {numbers.count(n) for n in numbers} == {2, 3}


def test_fewer_layers_than_blocks():
    assert blocks_of(named("a", "b")) == ("^(?:a/)", "^(?:b/)")


def test_one_name_begins_another():
    model = named("a", "a_1", "a_10")
    blocks = blocks_of(model)
    assert [block_of(v, blocks) for v in model.variables] == [0, 0, 1, 1, 2, 2]


def test_names_that_mean_something_in_an_expression():
    model = named("a.b", "a+b")
    blocks = blocks_of(model)
    assert [block_of(v, blocks) for v in model.variables] == [0, 0, 1, 1]


def test_a_layer_that_is_used_twice():
    inputs = keras.Input((2,))
    dense = keras.layers.Dense(2, name="shared")
    model = keras.Model(inputs, dense(dense(inputs)))
    assert blocks_of(model) == ("^(?:shared/)",)


def test_two_variables_of_one_path():
    inputs = keras.Input((2,))
    twin = [named("dense") for _ in range(2)]
    model = keras.Model(inputs, twin[1](twin[0](inputs)))
    with pytest.raises(RecipeError, match="'dense/kernel'.*names of their own"):
        blocks_of(model)


def test_a_variable_that_no_block_has():
    with pytest.raises(RecipeError, match=r"\^a, \^b\. Received: 'head/bias'"):
        block_of("head/bias", ("^a", "^b"))
