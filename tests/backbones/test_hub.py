"""Backbones of KerasHub, from a preset that the test writes."""

import importlib.util
import sys

import keras
import numpy as np
import pytest

from recipes.backbones.backbone import block_of
from recipes.backbones.hub import keras_hub
from recipes.errors import RecipeError

installed = importlib.util.find_spec("keras_hub") is not None
needs_hub = pytest.mark.skipif(not installed, reason="KerasHub is missing")
# Of packages that KerasHub brings along.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A preset with its own scale and offset, of random weights."""
    import keras_hub as hub

    folder = tmp_path_factory.mktemp("presets") / "mine"
    model = hub.models.ResNetBackbone(
        input_conv_filters=[64],
        input_conv_kernel_sizes=[7],
        stackwise_num_filters=[64, 64],
        stackwise_num_blocks=[1, 1],
        stackwise_num_strides=[1, 2],
        block_type="basic_block",
    )
    model.save_to_preset(str(folder))
    converter = hub.layers.ImageConverter(
        image_size=(40, 40), scale=[0.1, 0.2, 0.3], offset=[-1.0, 0.0, 1.0]
    )
    converter.save_to_preset(str(folder))
    return folder


@needs_hub
def test_a_folder_written_as_one(folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    backbone = keras_hub(preset="./mine")
    image = np.full((1, 40, 40, 3), 10, "float32")
    x = image
    for layer in backbone.preprocessing:
        x = layer(x)
    prepared = keras.ops.convert_to_numpy(x)
    np.testing.assert_allclose(prepared[0, 0, 0], [0, 2, 4], atol=1e-6)
    import keras_hub as hub

    own = hub.layers.ImageConverter.from_preset("./mine")(image)
    np.testing.assert_allclose(prepared, np.asarray(own), atol=1e-5)
    model = hub.models.Backbone.from_preset("./mine")
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(backbone.model(prepared)),
        keras.ops.convert_to_numpy(model(prepared)),
        rtol=1e-4,
        atol=1e-5,
    )
    assert (backbone.channels, backbone.default_size) == (3, 40)
    assert len(backbone.origin["sha256"]) == 64
    for variable in backbone.model.variables:
        block_of(variable, backbone.blocks)


@needs_hub
def test_random_weights(folder):
    backbone = keras_hub(preset=str(folder), load_weights=False)
    assert backbone.origin["weights"] is None
    again = keras_hub(preset=str(folder))
    kernel, trained = backbone.model.weights[0], again.model.weights[0]
    assert not np.array_equal(kernel.numpy(), trained.numpy())


@needs_hub
def test_a_preset_without_its_preprocessing(folder, tmp_path):
    for file in ("config.json", "metadata.json", "model.weights.h5"):
        (tmp_path / file).write_bytes((folder / file).read_bytes())
    with pytest.raises(RecipeError, match="pass preprocessing='none'"):
        keras_hub(preset=str(tmp_path))
    backbone = keras_hub(preset=str(tmp_path), preprocessing="torch")
    assert len(backbone.preprocessing) == 1


@needs_hub
@pytest.mark.parametrize(
    "preset, said",
    [
        ("mine", r"has to be written './mine'"),
        ("./none", "no preset is in this folder"),
        ("resnet_50_imagenett", "Did you mean 'resnet_50_imagenet'"),
        ("", "must be the name of a preset"),
    ],
)
def test_presets_that_are_none(folder, monkeypatch, preset, said):
    monkeypatch.chdir(folder.parent)
    with pytest.raises(RecipeError, match=said):
        keras_hub(preset=preset)


@needs_hub
def test_a_damaged_preset(folder, tmp_path):
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes()[:-300])
    with pytest.raises(RecipeError, match="KerasHub cannot load the preset"):
        keras_hub(preset=str(tmp_path))


def test_without_keras_hub(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras_hub", None)
    with pytest.raises(RecipeError, match=r"pip install 'keras-recipes\[hub\]"):
        keras_hub(preset="resnet_50_imagenet")
