"""Blocks: every variable in exactly one, from the input upwards."""

import re

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


def numbers_of(model):
    """Return the block of each variable, each of which has exactly one."""
    blocks = blocks_of(model)
    for variable in model.variables:
        assert sum(bool(re.search(b, variable.path)) for b in blocks) == 1
    numbers = {v.path: block_of(v, blocks) for v in model.variables}
    assert set(numbers.values()) == set(range(len(blocks)))
    return [n for path, n in numbers.items() if path.endswith("/kernel")]


def within(inner):
    """Return a model that has another between two layers."""
    inputs = keras.Input((2,))
    x = keras.layers.Dense(2, name="below")(inputs)
    x = inner(keras.layers.Rescaling(0.1)(x))
    return keras.Model(inputs, keras.layers.Dense(2, name="above")(x))


def test_a_model_inside_is_cut_as_it_would_be_outside():
    names = [f"dense_{i}" for i in range(11)]
    flat = numbers_of(named("below", *names, "above"))
    assert set(flat) == set(range(6))
    layers = [keras.layers.Dense(2, name=name) for name in names]
    for inner in (
        named(*names),  # paths without the name of the model
        keras.Sequential([keras.Input((2,)), *layers]),  # paths with it
        keras.Sequential([named(*names[:6]), named(*names[6:])]),
        within_two(names),
    ):
        assert numbers_of(within(inner)) == flat
    again = keras.models.clone_model(within(keras.Sequential(layers)))
    assert numbers_of(again) == flat


def within_two(names):
    """Return layers whose middle is in a model in a model."""
    inputs = keras.Input((2,))
    middle = keras.Sequential([named(*names[4:7])], name="middle")
    x = keras.Sequential([keras.Input((2,)), named(*names[:4]), middle])(inputs)
    for name in names[7:]:
        x = keras.layers.Dense(2, name=name)(x)
    return keras.Model(inputs, x)


def test_models_inside_that_share_layers():
    inner = named("a", "b")
    inputs = keras.Input((2,))
    model = keras.Model(inputs, named("c")(inner(inner(inputs))))
    assert numbers_of(model) == [0, 1, 2]
    other = keras.Model(inputs, inner.get_layer("b")(inputs))
    shared = keras.Model(inputs, other(inner(inputs)))
    assert numbers_of(shared) == [0, 1]


@keras.saving.register_keras_serializable("tests")
class Scaled(keras.Model):
    """A functional model with a weight that belongs to none of its layers."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.scale = self.add_weight(name="scale")

    def call(self, x, training=None):
        return super().call(x, training=training) * self.scale


def test_a_model_inside_with_weights_of_its_own():
    plain = named("a", "b")
    model = within(Scaled(plain.inputs, plain.outputs[0]))
    assert numbers_of(model) == [0, 1, 2, 4]
    path = next(v.path for v in model.variables if v.path.endswith("scale"))
    assert block_of(path, blocks_of(model)) == 3


def test_two_layers_of_one_name_inside_and_outside():
    """Of other kinds their variables differ; of the same kind they do not."""
    inputs = keras.Input((2,))
    twin = keras.layers.BatchNormalization(name="twin")
    inner = keras.Model(inputs, twin(inputs))
    x = keras.layers.Dense(2, name="twin")(inner(inputs))
    model = keras.Model(inputs, x)
    blocks = blocks_of(model)
    assert [block_of(v, blocks) for v in model.variables] == [0] * 4 + [1] * 2
    numbers_of(model)
    with pytest.raises(RecipeError, match="'below/kernel'.*names of their own"):
        blocks_of(within(named("below", "b")))


@keras.saving.register_keras_serializable("tests")
class Weights(keras.layers.Layer):
    """A layer with weights of these names."""

    def __init__(self, names, **kwargs):
        super().__init__(**kwargs)
        self.all = [self.add_weight(name=name) for name in names]

    def call(self, x):
        return x


def test_a_whole_path_that_begins_another():
    inputs = keras.Input((2,))
    inner = keras.Model(inputs, Weights(["w", "w_more"], name="twin")(inputs))
    x = Weights(["v"], name="twin")(inner(inputs))
    numbers_of(keras.Model(inputs, x))


def test_a_variable_that_no_block_has():
    with pytest.raises(RecipeError, match=r"\^a, \^b\. Received: 'head/bias'"):
        block_of("head/bias", ("^a", "^b"))
