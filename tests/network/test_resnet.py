"""The residual network: shapes, counts, and that it adds."""

import keras
import numpy as np
import pytest

import recipes
from recipes import Part
from recipes.network.layers import Layers
from recipes.network.resnet import resnet


@pytest.mark.parametrize(
    "filters, depth, kernel, size, last",
    [
        ((4,), 1, 3, (5, 7), (5, 7)),
        ((4, 6), 2, 3, (8, 12), (4, 6)),
        ((4, 4), 1, 3, (8, 8), (4, 4)),
        ((4, 6, 8), (1, 2, 3), 5, (9, 9), (3, 3)),
    ],
)
def test_shape_and_count(filters, depth, kernel, size, last):
    recipe = recipes.image_classifier(
        network=Part(
            "resnet", filters=filters, depth=depth, kernel_size=kernel
        ),
        image_size=size,
    )
    model = recipe.build((*size, 3), 10)
    depths = depth if isinstance(depth, tuple) else (depth,) * len(filters)

    def convolution(side, before, after):
        return side**2 * before * after + 4 * after

    expected = convolution(kernel, 3, filters[0]) + (filters[-1] + 1) * 10
    before = filters[0]
    for stage, (width, count) in enumerate(zip(filters, depths, strict=True)):
        for i in range(count):
            expected += convolution(kernel, before, width)
            expected += convolution(kernel, width, width)
            if stage and not i:  # half the size: a shortcut of its own
                expected += convolution(1, before, width)
            before = width
    assert model.count_params() == expected
    assert model.output_shape == (None, 10)
    pooled = model.get_layer("global_pooling").input
    assert pooled.shape == (None, *last, filters[-1])


@pytest.mark.parametrize("branch", [0.0, 1.0])
def test_a_branch_of_zero_leaves_the_shortcut(branch):
    """With f = 0 every block is relu(x): the stem's output comes through."""
    recipe = recipes.image_classifier(normalization=None, dropout=0.0)
    inputs = keras.Input((6, 6, 1))
    features = resnet(
        inputs, Layers(recipe.resolve()), filters=(4,), depth=(2,)
    )
    model = keras.Model(inputs, features)
    for name in ("convolution3", "convolution5"):  # the last of each branch
        kernel = model.get_layer(name).kernel
        kernel.assign(branch * np.asarray(kernel))
    x = np.random.default_rng(0).normal(size=(2, 6, 6, 1)).astype("float32")
    stem = keras.Model(
        inputs, model.get_layer("convolution1_activation").output
    )
    expected = np.asarray(stem(x)).mean((1, 2))
    same = np.allclose(np.asarray(model(x)), expected, atol=1e-5)
    assert same is (branch == 0)
