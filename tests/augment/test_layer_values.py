"""A policy as a layer: ranges of values, labels, and functional models."""

import keras
import numpy as np
import pytest
from keras import ops

import augment

pytestmark = [pytest.mark.both_backends, pytest.mark.by_hand_on_jax]

STEPS = [augment.RandomBrightness(0.3), augment.RandomRotation(0.1)]
MIXUP = augment.Policy([augment.MixUp(1.0)])


@pytest.fixture(scope="module")
def images():
    shape = (4, 8, 8, 3)
    return np.random.default_rng(0).integers(0, 256, shape, "uint8")


def call(layer, *arguments, **named):
    found = layer(*arguments, **named)
    return keras.tree.map_structure(ops.convert_to_numpy, found)


def test_floats_are_not_guessed_at(images):
    """A range too wide makes pictures black or full of 255s, too narrow white.

    Keras' own layers do so without a word.
    """
    model = keras.Sequential([keras.Input((8, 8, 3))])
    layer = augment.Policy(STEPS).as_layer()
    with pytest.raises(ValueError, match=r"value_range=\(0, 255\).*float32"):
        model.add(layer)
    with pytest.raises(ValueError, match="Received: float16"):
        layer((images / 255).astype("float16"))
    assert call(layer, images, training=True).dtype == "uint8"
    unit = (images / 255).astype("float32")
    wrong = augment.Policy(STEPS).as_layer(value_range=(0, 255))
    assert call(wrong, unit, training=True).max() > 10


def test_a_models_input_of_floats_may_hold_0_to_255(images):
    policy = augment.Policy(STEPS)
    layer = policy.as_layer(seed=2, value_range=(0, 255))
    model = keras.Sequential([keras.Input((8, 8, 3)), layer])
    assert (model.predict(images, verbose=0) == images).all()
    found = call(model, images, training=True)
    assert np.abs(found - policy(images, seed=2)).max() <= 2
    assert np.ptp(found) > 100  # and not white
    layer.seen.assign(0)
    layer.value_range = (0, 1)
    assert (call(model, images, training=True) == 1).mean() > 0.9


@pytest.mark.parametrize("limits", [(0, 1), (0, 255), (-1, 1)])
def test_values_are_scaled_by_their_range(images, limits):
    lower, upper = limits
    policy = augment.Policy(STEPS)
    unit = (images / 255).astype("float32")
    layer = policy.as_layer(value_range=limits)
    found = call(layer, unit * (upper - lower) + lower, training=True)
    found = (found - lower) / (upper - lower)
    assert np.abs(found - policy(unit)).max() <= 2 / 255
    assert np.abs(found - unit).max() > 0.1


def test_predicting_leaves_any_values_exactly_alone():
    odd = np.array([-7.3, 0.1, 300.7], "float32").reshape(1, 1, 1, 3)
    given = np.tile(odd, (2, 4, 4, 1))
    layer = augment.Policy(STEPS).as_layer(value_range=(0, 255))
    assert (call(layer, given) == given).all()
    assert call(layer, given, training=True).max() <= 255


@pytest.mark.parametrize(
    "limits", [(255, 0), (0, 0), 255, "unit", (0, float("inf")), (0, "1")]
)
def test_ranges_that_are_none_are_refused(limits):
    with pytest.raises(ValueError, match="`value_range` must be"):
        MIXUP.as_layer(value_range=limits)


def test_images_and_labels_in_a_functional_model(images, tmp_path):
    inputs = {
        "images": keras.Input((8, 8, 3), name="images"),
        "labels": keras.Input((4,), name="labels"),
    }
    found = MIXUP.as_layer(value_range=(0, 1))(inputs)
    model = keras.Model(inputs, [found["images"], found["labels"]])
    rows = np.eye(4, dtype="float32")
    given = {"images": (images / 255).astype("float32"), "labels": rows}
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    mixed, labels = call(loaded, given, training=True)
    expected = MIXUP(given["images"], rows)
    np.testing.assert_allclose(mixed, expected[0], atol=1e-5)
    np.testing.assert_allclose(labels, expected[1], atol=1e-6)
    same, labels = call(loaded, given)
    assert (same == given["images"]).all() and (labels == rows).all()
    alone = keras.Model(inputs, found["images"])
    assert alone.output_shape == (None, 8, 8, 3)


def test_only_training_needs_labels(images):
    layer = MIXUP.as_layer(value_range=(0, 255))
    assert (call(layer, images) == images).all()
    assert (call(layer, {"images": images})["images"] == images).all()
    model = keras.Sequential([keras.Input((8, 8, 3)), layer])
    assert (model.predict(images, verbose=0) == images).all()
    with pytest.raises(ValueError, match="images alone"):
        layer(images, training=True)
    with pytest.raises(ValueError, match="must hold"):
        layer({"image": images})
