"""The order of layers, and their biases."""

import keras
import pytest

import recipes
from recipes import Part
from recipes.network.build import build_networks
from recipes.network.layers import Layers

pytestmark = pytest.mark.both_backends

KINDS = {
    "Dense": "linear",
    "Conv2D": "linear",
    "BatchNormalization": "norm",
    "ReLU": "activation",
    "Dropout": "dropout",
    "Add": "add",
}
ORDER = {
    "pre": ["linear", "norm", "activation", "dropout"],
    "post": ["linear", "activation", "norm", "dropout"],
}


def recipe(**fields):
    fields = {"image_size": (4, 4), "dropout": 0.5, **fields}
    return recipes.image_classifier(**fields).resolve()


def network(**fields):
    return build_networks(recipe(**fields), (4, 4, 1), 3).training


def kind(layer):
    return KINDS.get(type(layer).__name__)


def chain(model, layer):
    """Follow the graph from a layer on, up to an Add or the next linear."""
    found = [kind(layer)]
    while True:
        after = [
            candidate
            for candidate in model.layers
            if any(
                layer.output is x for x in keras.tree.flatten(inputs(candidate))
            )
        ]
        if len(after) != 1 or kind(after[0]) in (None, "linear"):
            return found
        layer = after[0]
        found.append(kind(layer))
        if found[-1] == "add":
            return found


def inputs(layer):
    return [] if isinstance(layer, keras.layers.InputLayer) else layer.input


@pytest.mark.parametrize("placement", ["pre", "post"])
@pytest.mark.parametrize(
    "part, names",
    [
        (Part("mlp", units=(4, 4)), ["dense1", "dense2"]),
        (
            Part("cnn", filters=(4, 4), depth=1),
            ["convolution1", "convolution2"],
        ),
    ],
)
def test_order(placement, part, names):
    model = network(network=part, normalization_placement=placement)
    order = ORDER[placement] if part.name == "mlp" else ORDER[placement][:3]
    for name in names:
        assert chain(model, model.get_layer(name)) == order


@pytest.mark.parametrize("placement", ["pre", "post"])
def test_residual_order(placement):
    model = network(
        network=Part("resnet", filters=(4, 8), depth=1),
        normalization_placement=placement,
    )
    # stem; stage 1: two convolutions; stage 2: two and one on the shortcut
    chains = [
        chain(model, model.get_layer(f"convolution{i}")) for i in range(1, 7)
    ]
    unit = ORDER[placement][:3]
    to_sum = ["linear", "norm", "add"]
    assert chains[0] == chains[1] == chains[3] == unit
    assert chains[2] == chains[4] == chains[5] == to_sum
    sums = [layer for layer in model.layers if kind(layer) == "add"]
    assert [chain(model, layer) for layer in sums] == [
        ["add", "activation"]
    ] * 2


def dropouts_ahead(model):
    """Return the dropout layers from which a batch normalization is reached."""
    found = set()
    for layer in model.layers:
        if kind(layer) == "norm":
            open_ends = [layer]
            while open_ends:
                wanted = keras.tree.flatten(inputs(open_ends.pop()))
                for other in model.layers:
                    if any(other.output is x for x in wanted):
                        open_ends.append(other)
                        if kind(other) == "dropout":
                            found.add(other.name)
    return found


@pytest.mark.parametrize("name", ["cnn", "resnet"])
def test_no_dropout_ahead_of_normalization_of_images(name):
    model = network(network=Part(name, filters=(4, 8), depth=1))
    kinds = [kind(layer) for layer in model.layers]
    assert kinds.count("dropout") == 1 and kinds.count("norm") > 1
    assert not dropouts_ahead(model)
    dense = network(network=Part("mlp", units=(4, 4)))
    assert dropouts_ahead(dense)  # it finds what there is


@pytest.mark.parametrize(
    "name, more", [("convolution", {}), ("dense", {"dropout": False})]
)
def test_dropout_off_where_asked(name, more):
    layers = Layers(recipe())
    x = keras.Input((4, 4, 2))
    last = getattr(layers, name)(x, 4, activate=False, **more)
    model = keras.Model(x, last)
    assert [kind(layer) for layer in model.layers[1:]] == ["linear", "norm"]


@pytest.mark.parametrize(
    "normalization, placement, activate, bias",
    [
        (None, "pre", True, True),
        ("batch_normalization", "pre", True, False),
        ("batch_normalization", "post", True, True),
        ("batch_normalization", "post", False, False),
        (Part("batch_normalization", center=False), "pre", True, True),
        (Part("batch_normalization", center=True), "pre", True, False),
        ("layer_normalization", "pre", True, False),
        ("group_normalization", "pre", True, False),
        ("instance_normalization", "pre", True, False),
        (Part("instance_normalization", center=False), "pre", True, True),
        ("without_center", "pre", True, True),
    ],
)
@pytest.mark.parametrize("method", ["dense", "convolution"])
def test_bias(normalization, placement, activate, bias, method):
    name = getattr(normalization, "name", normalization)
    if method == "dense" and name == "instance_normalization":
        pytest.skip("refused on dense layers")
    recipes.register("normalization", "without_center", unshifted)
    layers = Layers(
        recipe(normalization=normalization, normalization_placement=placement)
    )
    x = keras.Input((4,) if method == "dense" else (4, 4, 4))
    model = keras.Model(x, getattr(layers, method)(x, 16, activate=activate))
    assert model.get_layer(f"{method}1").use_bias is bias


def unshifted(name):
    return keras.layers.UnitNormalization(name=name)
