"""Backbones of the user's own: a model, or a .keras file."""

import hashlib

import keras
import numpy as np
import pytest

from recipes.backbones.backbone import block_of
from recipes.backbones.files import from_model, keras_file
from recipes.errors import RecipeError

pytestmark = pytest.mark.both_backends
IMAGES = np.random.default_rng(0).uniform(0, 255, (2, 12, 12, 3))


def classifier(activation="softmax", sides=(12, 12), channels=3):
    inputs = keras.Input((*sides, channels))
    x = keras.layers.Conv2D(4, 3, name="first")(inputs)
    x = keras.layers.BatchNormalization(name="bn")(x)
    x = keras.layers.Conv2D(5, 3, strides=2, name="second")(x)
    x = keras.layers.GlobalAveragePooling2D(name="pooled")(x)
    x = keras.layers.Dense(2, activation=activation, name="classes")(x)
    return keras.Model(inputs, x)


def by_hand(model, images, last):
    """Run the layers one after another, as far as `last`."""
    x = images.astype("float32")
    for layer in model.layers[1:]:
        x = layer(x)
        if layer.name == last:
            return keras.ops.convert_to_numpy(x)


@pytest.mark.parametrize(
    "layer, shape", [("second", (None, 4, 4, 5)), ("pooled", (None, 5))]
)
def test_features_are_those_of_the_layer(layer, shape, tmp_path):
    model = classifier()
    file = tmp_path / "model.keras"
    model.save(file)
    for backbone in (
        from_model(model, layer=layer),
        keras_file(file=str(file), layer=layer),
    ):
        assert backbone.model.output_shape == shape
        found = keras.ops.convert_to_numpy(backbone.model(IMAGES))
        expected = by_hand(model, IMAGES, layer)
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
        assert backbone.channels == 3
        assert backbone.minimum_size == backbone.default_size == 12
        assert backbone.preprocessing == ()
        for variable in backbone.model.variables:
            block_of(variable, backbone.blocks)
        assert "classes" not in str(backbone.blocks)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert backbone.origin == {
        "weights": str(file),
        "sha256": digest,
        "file": str(file),
    }


def test_the_output_itself():
    model = classifier(activation=None, sides=(None, None), channels=1)
    backbone = from_model(model, preprocessing="tf")
    assert backbone.model.output_shape == (None, 2)
    assert (backbone.channels, backbone.minimum_size) == (1, 1)
    assert backbone.default_size == 224
    (layer,) = backbone.preprocessing
    assert float(keras.ops.max(layer(np.full((1, 1), 255.0)))) == 1


def test_the_model_that_was_given_stays_as_it_is():
    model = classifier()
    model.get_layer("first").trainable = False
    backbone = from_model(model, layer="second")
    assert len(backbone.model.trainable_variables) == 6  # unfrozen all
    before = model.get_weights()
    for variable in backbone.model.variables:
        variable.assign(variable + 1)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert not model.get_layer("first").trainable


def test_tokens_become_a_map():
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(6, 2, strides=2)(inputs)
    model = keras.Model(inputs, keras.layers.Reshape((16, 6))(x))
    backbone = from_model(model)
    assert backbone.model.output_shape == (None, 16, 1, 6)


def test_a_sequential_model():
    model = keras.Sequential(
        [keras.Input((12, 12, 3)), keras.layers.Conv2D(4, 3, name="only")]
    )
    backbone = from_model(model)
    expected = keras.ops.convert_to_numpy(model(IMAGES))
    found = keras.ops.convert_to_numpy(backbone.model(IMAGES))
    np.testing.assert_allclose(found, expected, rtol=1e-5)


class Written(keras.Model):
    def call(self, x):
        return x


def two_outputs():
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(2, 3)(inputs)
    return keras.Model(inputs, [x, x])


def flat(*shape):
    inputs = keras.Input(shape)
    return keras.Model(inputs, keras.layers.Dense(2)(inputs))


def nothing_inside():
    inputs = keras.Input((8, 8, 3))
    return keras.Model(inputs, keras.layers.ReLU()(inputs))


def nested():
    inputs = keras.Input((12, 12, 3))
    inner = keras.Sequential([keras.layers.Conv2D(2, 3)], name="inner")
    return keras.Model(inputs, inner(inputs))


@pytest.mark.parametrize(
    "make, layer, said",
    [
        (lambda: "model", None, "functional or sequential.*Received: str"),
        (Written, None, "functional or sequential.*Received: Written"),
        (two_outputs, None, "several outputs"),
        (lambda: flat(4), None, r"one input.*Received: .*\(None, 4\)"),
        (lambda: flat(8, 8, 4), None, "one input"),
        (nothing_inside, None, "no weights"),
        (nested, "inner", "a model inside the model"),
        (classifier, None, "probabilities of classes.*'pooled'"),
        (lambda: classifier("sigmoid"), None, "probabilities of classes"),
        (classifier, "pooling", "Did you mean 'pooled'.*Received: 'pooling'"),
    ],
)
def test_models_that_cannot_be_a_backbone(make, layer, said):
    with pytest.raises(RecipeError, match=said):
        from_model(make(), layer=layer)


def test_probabilities_by_name_are_taken():
    backbone = from_model(classifier(), layer="classes")
    assert backbone.model.output_shape == (None, 2)


def test_an_unknown_preprocessing():
    with pytest.raises(RecipeError, match="`preprocessing` must be one of"):
        from_model(classifier(), layer="second", preprocessing="vgg")


@pytest.mark.parametrize("name", ["none.keras", "weights.h5", "x.weights.h5"])
def test_a_file_that_is_none(name, tmp_path):
    file = tmp_path / name
    if name != "none.keras":
        file.write_bytes(b"")
    with pytest.raises(RecipeError, match="must be a .keras file.*Received"):
        keras_file(file=str(file))


def test_a_truncated_file(tmp_path):
    file = tmp_path / "model.keras"
    classifier().save(file)
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(RecipeError, match="model.keras cannot be loaded"):
        keras_file(file=str(file), layer="second")


def test_code_in_a_file_is_not_run(tmp_path):
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(2, 3)(inputs)
    x = keras.layers.Lambda(lambda x: x + 1)(x)
    keras.Model(inputs, x).save(tmp_path / "code.keras")
    with pytest.raises(RecipeError, match="which is never run"):
        keras_file(file=str(tmp_path / "code.keras"))
