"""Maxout, DropConnect, stochastic depth and pooling inside the networks."""

import keras
import numpy as np
import pytest

import recipes
from recipes import Part
from recipes.errors import RecipeError
from recipes.techniques import (
    DropConnectConv2D,
    DropConnectDense,
    FractionalMaxPooling2D,
    Maxout,
    StochasticDepth,
)

pytestmark = pytest.mark.both_backends


def layers_of(model, kind):
    return [layer for layer in model.layers if isinstance(layer, kind)]


def images(network, **fields):
    fields = {"image_size": (16, 16), "normalization": None, **fields}
    recipe = recipes.image_classifier(network=network, **fields)
    return recipe.build((16, 16, 1), 10)


def table(network, **fields):
    recipe = recipes.tabular_classifier(network=network, **fields)
    return recipe.build((5,), 3)


@pytest.mark.parametrize("placement", ["pre", "post"])
def test_maxout_widens_the_layer_before_it_and_nothing_after(placement):
    plain = table(Part("mlp", units=(8, 6)))
    model = table(
        Part("mlp", units=(8, 6), activation=Part("maxout", num_pieces=3)),
        normalization_placement=placement,
    )
    dense = layers_of(model, keras.layers.Dense)
    assert [d.units for d in dense] == [24, 18, 3]
    assert [d.kernel.shape for d in dense] == [(5, 24), (8, 18), (6, 3)]
    assert len(layers_of(model, Maxout)) == 2
    width = {"pre": 24, "post": 8}[placement]
    norm = layers_of(model, keras.layers.BatchNormalization)[0]
    assert norm.gamma.shape == (width,)
    kernels = sum(d.count_params() for d in dense[:2])
    others = sum(
        d.count_params() for d in layers_of(plain, keras.layers.Dense)[:2]
    )
    assert placement == "post" or kernels == 3 * others


def test_maxout_is_the_larger_of_two_linear_maps():
    model = table(
        Part("mlp", units=(4,), activation="maxout"),
        normalization=None,
        preprocessing=None,
    )
    first = layers_of(model, keras.layers.Dense)[0]
    x = np.random.default_rng(0).normal(size=(7, 5)).astype("float32")
    kernel, bias = (keras.ops.convert_to_numpy(w) for w in first.weights)
    linear = x @ kernel + bias
    inner = keras.Model(model.input, layers_of(model, Maxout)[0].output)
    found = keras.ops.convert_to_numpy(inner(x))
    expected = linear.reshape(7, 4, 2).max(axis=-1)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_maxout_after_a_sum_is_refused_with_its_mend():
    with pytest.raises(RecipeError, match="Use 'mlp' or 'cnn'"):
        images(Part("resnet", activation="maxout"))


def test_maxout_widens_convolutions():
    model = images(Part("cnn", filters=(4, 6), depth=1, activation="maxout"))
    convolutions = layers_of(model, keras.layers.Conv2D)
    assert [c.filters for c in convolutions] == [8, 12]
    assert convolutions[1].kernel.shape[2] == 4


def test_drop_connect_stands_in_every_hidden_layer_and_nowhere_else():
    model = table(Part("mlp", units=(8, 6), drop_connect=0.3))
    dropped = layers_of(model, DropConnectDense)
    assert [layer.rate for layer in dropped] == [0.3, 0.3]
    output = layers_of(model, keras.layers.Dense)[-1]
    assert not isinstance(output, DropConnectDense)
    assert not layers_of(table(Part("mlp")), DropConnectDense)
    model = images(Part("cnn", filters=(4,), depth=2, drop_connect=0.3))
    assert len(layers_of(model, DropConnectConv2D)) == 2


def test_drop_connect_layers_do_not_share_their_masks():
    model = table(
        Part("mlp", units=(5, 5), drop_connect=0.5), normalization=None
    )
    x = np.ones((1, 5), "float32")
    seen = []
    for layer in layers_of(model, DropConnectDense):
        layer.kernel.assign(np.ones((5, 5), "float32"))
        layer.bias.assign(np.zeros(5, "float32"))
        seen.append(keras.ops.convert_to_numpy(layer(x, training=True)))
    assert not np.array_equal(*seen)


def test_stochastic_depth_rises_linearly_over_all_blocks():
    model = images(
        Part("resnet", filters=(4, 8), depth=2, stochastic_depth=0.2)
    )
    rates = [layer.rate for layer in layers_of(model, StochasticDepth)]
    np.testing.assert_allclose(rates, [0.05, 0.1, 0.15, 0.2])
    assert not layers_of(images(Part("resnet", filters=(4,))), StochasticDepth)


def test_stochastic_depth_leaves_the_weights_as_they_were():
    plain = images(Part("resnet", filters=(4,)), dropout=0.0)
    skipping = images(
        Part("resnet", filters=(4,), stochastic_depth=0.5), dropout=0.0
    )
    shapes = [
        [w.shape for w in model.trainable_weights]
        for model in (plain, skipping)
    ]
    assert shapes[0] == shapes[1]


def test_fractional_pooling_lets_more_stages_fit():
    filters = (4,) * 6  # five poolings: 16 pixels would have to be 32
    pooling = Part("fractional_max_pooling", ratio=1.41)
    model = images(Part("cnn", filters=filters, depth=1, pooling=pooling))
    pools = layers_of(model, FractionalMaxPooling2D)
    assert [p.output.shape[1] for p in pools] == [11, 7, 4, 2, 1]
    with pytest.raises(recipes.DataError, match="at least 32x32"):
        images(Part("cnn", filters=filters, depth=1))


def test_two_poolings_draw_regions_of_their_own():
    pooling = Part("fractional_max_pooling", pseudo_random=False, seed=3)
    model = images(Part("cnn", filters=(4, 4, 4), depth=1, pooling=pooling))
    seeds = {layer.seed for layer in layers_of(model, FractionalMaxPooling2D)}
    assert len(seeds) == 2


@pytest.mark.parametrize(
    "network",
    [
        Part("mlp", drop_connect=1.0),
        Part("resnet", stochastic_depth=-0.1),
        Part("cnn", pooling=Part("fractional_max_pooling", ratio=2.5)),
        Part("mlp", activation=Part("maxout", num_pieces=0)),
    ],
)
def test_a_value_out_of_range_says_what_is_legal(network):
    with pytest.raises(RecipeError, match="must be") as error:
        images(network)
    assert "Received" in str(error.value)
