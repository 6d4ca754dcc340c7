"""What holds for every network, checked on one that is built."""

import re

import keras
import pytest

from recipes.backbones.backbone import block_of
from recipes.menu.backbones import BACKBONES


@pytest.fixture
def check_numbers():
    """Check a network of keras.applications: (name, backbone)."""
    return numbers


@pytest.fixture
def check_blocks():
    """Check the blocks of a backbone."""
    return blocks_in_order


def numbers(name, backbone):
    """Compare a network's numbers with what Keras says of it."""
    side = {"NASNetMobile": 224, "NASNetLarge": 331}.get(name)
    assert backbone.model.input_shape == (None, side, side, 3)
    assert len(backbone.model.output_shape) == 4
    assert backbone.channels == 3
    assert backbone.origin == {"weights": None, "sha256": None, "file": None}
    inside = any(
        isinstance(layer, keras.layers.Rescaling | keras.layers.Normalization)
        for layer in backbone.model.layers
    )
    assert inside == (backbone.preprocessing == ())
    weights = re.search(r"; ([\d.]+) million.* (\d+) px", BACKBONES[name][1])
    millions = round(backbone.model.count_params() / 1e6, 1)
    assert weights.groups() == (str(millions), str(backbone.default_size))


def histories(value):
    """Yield the layers that a piece of a model's config takes from."""
    if isinstance(value, dict):
        if "keras_history" in value:
            yield value["keras_history"][0]
        for inner in value.values():
            yield from histories(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from histories(inner)


def falls(model, blocks):
    """Return the variables that take from a block above their own.

    Read from the model's config, so that the order of `model.layers`, which
    the blocks were made by, plays no part.
    """
    before = {
        layer["name"]: set(histories(layer["inbound_nodes"]))
        for layer in model.get_config()["layers"]
    }
    owned = {layer.name: layer.variables for layer in model.layers}
    above, found = {}, []
    waiting = list(before)
    while waiting:
        name = waiting.pop(0)
        if not before[name] <= set(above):
            waiting.append(name)
            continue
        highest = max([above[b] for b in before[name]], default=0)
        variables = owned.get(name, [])  # a sum, say, has no layer
        numbers = [block_of(v, blocks) for v in variables]
        found += [
            v.path
            for v, n in zip(variables, numbers, strict=True)
            if n < highest
        ]
        above[name] = max([highest, *numbers])
    return found


def blocks_in_order(backbone):
    """See that every variable is in one block, none below what it takes."""
    model, blocks = backbone.model, backbone.blocks
    assert 4 <= len(blocks) <= 8
    filled = set()
    for variable in model.variables:
        fitting = [b for b in blocks if re.search(b, variable.path)]
        assert len(fitting) == 1, (variable.path, fitting)
        filled.add(fitting[0])
    assert filled == set(blocks)
    assert falls(model, blocks) == []
    assert falls(model, blocks[::-1])  # the proof can fail
