"""What the linter says of a network without building it, and what is built."""

import math

import keras
import pytest

import recipes
from recipes import Part
from recipes.lint.widths import depth, hidden

IMAGES = [
    Part("cnn"),
    Part("cnn", filters=(3, 5), depth=(2, 1), kernel_size=5),
    Part("cnn", filters=((3, 4), (5,))),
    Part("resnet"),
    Part("resnet", filters=(3, 5), depth=(2, 1)),
    Part("resnet", filters=((3, 4), (4, 4)), kernel_size=1),
]


TABLES = [Part("mlp"), Part("mlp", units=(5, 3, 4), drop_connect=0.5)]


def kernels(model):
    """Return (taps, units) along the longest path, and how many there are."""
    paths, count = {}, 0
    for layer in model.layers:
        tensors = keras.tree.flatten(layer.input)
        found = [paths.get(id(t), []) for t in tensors]
        path = max(found, key=len, default=[])
        if hasattr(layer, "kernel"):
            *sides, _, units = layer.kernel.shape
            path = [*path, (math.prod(sides), units)]
            count += 1
        paths[id(layer.output)] = path
    return path[:-1], count - 1  # without the output layer


@pytest.mark.parametrize("part", IMAGES + TABLES, ids=repr)
def test_what_is_said_is_what_is_built(part):
    if part in IMAGES:
        recipe = recipes.image_classifier(network=part)
        model = recipe.build((8, 8, 1), 3)
    else:
        recipe = recipes.tabular_classifier(network=part)
        model = recipe.build((7,), 3)
    path, count = kernels(model)
    assert hidden(recipe) == path
    assert depth(recipe) == len(path)
    # Only a residual network has kernels beside that path.
    assert (count > len(path)) == (part.name == "resnet")


@pytest.mark.parametrize("name", ["text_cnn", "transformer"])
def test_what_it_cannot_tell(name):
    recipe = recipes.text_classifier(network=name)
    assert hidden(recipe) is None and depth(recipe) == 0


def test_the_bag():
    recipe = recipes.text_classifier(
        network=Part("bag_of_embeddings", units=(5, 3))
    )
    assert hidden(recipe) == kernels(recipe.build((6,), 3))[0]
