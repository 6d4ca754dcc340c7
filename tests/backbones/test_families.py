"""Every network of keras.applications, with its numbers as Keras has them."""

import importlib

import keras
import numpy as np
import pytest

from recipes.backbones import families
from recipes.backbones.families import FAMILIES, MODULES, application
from recipes.errors import RecipeError
from recipes.menu.backbones import BACKBONES

SMALL = ["MobileNet", "MobileNetV3Small", "ResNet50"]


def exported(namespace):
    """Return the names of functions that a module of Keras has."""
    return {
        name
        for name, thing in vars(namespace).items()
        if callable(thing) and not name.startswith("_")
    }


def test_every_function_that_keras_has():
    assert set(FAMILIES) == exported(keras.applications)
    assert set(FAMILIES) <= set(BACKBONES)
    for row in FAMILIES.values():
        assert hasattr(keras.applications, row.module)


def test_a_function_more_is_seen(monkeypatch):
    monkeypatch.setattr(keras.applications, "NewNet", print, raising=False)
    assert set(FAMILIES) != exported(keras.applications)


def test_each_stands_in_the_module_of_its_row():
    for name, row in FAMILIES.items():
        module = getattr(keras.applications, name).__module__
        assert module.rsplit(".", 1)[1] == row.module


@pytest.mark.parametrize("name", FAMILIES)
def test_one_pixel_less_than_the_minimum_is_refused(name):
    least = MODULES[FAMILIES[name].module].minimum_size
    with pytest.raises(ValueError, match=f"at least {least}x{least}"):
        application(name, input_shape=(least - 1, least, 3), weights=None)


@pytest.mark.parametrize("name", FAMILIES)
def test_the_menu_leads_to_a_builder(name):
    module, _, attribute = BACKBONES[name][0].rpartition(".")
    builder = getattr(importlib.import_module(module), attribute)
    assert builder.func is application and builder.args == (name,)


@pytest.mark.parametrize("name", SMALL)
def test_what_is_built(name, check_numbers):
    check_numbers(name, getattr(families, name)(weights=None))


@pytest.mark.parametrize("name", FAMILIES)
def test_default_size_is_that_of_the_whole_network(name):
    size = FAMILIES[name].default_size
    if name.startswith("MobileNetV3"):  # takes any; the file says its size
        assert f"_{size}_" in families.imagenet_file(name)[0]
        return
    function = getattr(keras.applications, name)
    with pytest.raises(ValueError, match=rf"should be \({size}, {size}, 3\)"):
        function(weights="imagenet", input_shape=(77, 77, 3))


def test_an_image_as_small_as_allowed():
    least = application("Xception", input_shape=(71, 71, 3), weights=None)
    assert least.model.output_shape[1] >= 1
    assert least.minimum_size == 71


class Asked(Exception):
    """What Keras asked for."""


def asked(monkeypatch, name, **arguments):
    """Return (file in the cache, address) that Keras itself asks for."""

    def note(fname, origin, **_):
        raise Asked(fname, origin)

    # The namespace that all of keras.applications take it from.
    space = keras.utils.get_file.__globals__
    monkeypatch.setitem(space, "get_file", note)
    with pytest.raises(Asked) as found:
        getattr(keras.applications, name)(include_top=False, **arguments)
    return found.value.args


@pytest.mark.parametrize(
    "name, side",
    [("MobileNet", 160), ("MobileNetV2", 96), ("ResNet50V2", 224)],
)
def test_files_are_those_that_keras_asks_for(monkeypatch, name, side):
    shape = (side, side, 3)
    wanted = asked(monkeypatch, name, input_shape=shape)
    assert families.imagenet_file(name, shape) == wanted


@pytest.mark.filterwarnings("ignore:`input_shape` is undefined")
@pytest.mark.parametrize("shape", [None, (97, 97, 3), (96, 128, 3)])
def test_a_size_without_a_file_takes_the_largest(monkeypatch, shape):
    wanted = asked(monkeypatch, "MobileNetV2", input_shape=shape)
    assert families.imagenet_file("MobileNetV2", shape) == wanted


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:`input_shape` is undefined")
@pytest.mark.parametrize("name", FAMILIES)
def test_all_files_are_those_that_keras_asks_for(monkeypatch, name):
    assert families.imagenet_file(name) == asked(monkeypatch, name)


def test_an_unknown_network():
    with pytest.raises(RecipeError, match="Did you mean 'ResNet50'"):
        application("Resnet50")
    with pytest.raises(AttributeError):
        families.Resnet50  # noqa: B018


@pytest.mark.parametrize("shape", [(96, 96, 1), (96, 96), (96, 96, 4)])
def test_images_that_are_not_rgb(shape):
    with pytest.raises(RecipeError, match="`input_shape`.*3.*Received"):
        application("MobileNet", input_shape=shape, weights=None)


@pytest.mark.parametrize("weights", [True, 1, ("a",)])
def test_weights_that_are_none(weights):
    with pytest.raises(RecipeError, match="`weights`.*Received"):
        application("MobileNet", weights=weights)


def same(one, other):
    pairs = zip(one.get_weights(), other.get_weights(), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def test_a_network_of_keras(tmp_path):
    """Nested layers, statistics, an older layout: the whole way."""
    saved = application("MobileNet", weights=None)
    file = tmp_path / "mine.weights.h5"
    saved.model.save_weights(file)
    again = application("MobileNet", weights=str(file))
    assert same(saved.model, again.model)
    assert again.origin["weights"] == str(file)
    with pytest.raises(RecipeError, match="not the weights of 'resnet50'"):
        application("ResNet50", weights=str(file))


def test_a_network_with_its_top(tmp_path):
    file = tmp_path / "whole.weights.h5"
    keras.applications.MobileNet(weights=None, classes=5).save_weights(file)
    with pytest.raises(RecipeError, match="left over, conv_preds.*without its"):
        application("MobileNet", weights=str(file))
