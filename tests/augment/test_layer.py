"""A policy as a Keras layer: its counter, its shapes, and saved models."""

import keras
import numpy as np
import pytest
from keras import ops

import augment
from augment.layer import AugmentLayer

pytestmark = [pytest.mark.both_backends, pytest.mark.by_hand_on_jax]

FLIP = augment.RandomFlip("horizontal")
CROP = augment.RandomResizedCrop(8, 12)


@pytest.fixture(scope="module")
def images():
    shape = (4, 16, 16, 3)
    return np.random.default_rng(0).integers(0, 256, shape, "uint8")


def call(layer, *arguments, **named):
    found = layer(*arguments, **named)
    return keras.tree.map_structure(ops.convert_to_numpy, found)


def test_the_index_is_the_number_of_images_seen(images):
    policy = augment.Policy([FLIP, augment.RandomInvert(0.5)])
    layer = policy.as_layer(seed=3)
    for start in (0, 4, 8):
        found = call(layer, images, training=True)
        indices = np.arange(start, start + 4)
        assert (found == policy(images, seed=3, indices=indices)).all()
    assert int(layer.seen) == 12


def test_predicting_changes_nothing_and_counts_nothing(images):
    layer = augment.Policy([FLIP, augment.RandomInvert()]).as_layer()
    model = keras.Sequential([keras.Input((16, 16, 3), dtype="uint8"), layer])
    assert (model.predict(images, verbose=0) == images).all()
    assert (call(layer, images) == images).all()
    assert int(layer.seen) == 0
    assert (call(layer, images, training=True) != images).any()


def test_another_size_takes_the_middle(images):
    layer = augment.Policy([CROP]).as_layer()
    assert layer.compute_output_shape((None, 16, 16, 3)) == (None, 8, 12, 3)
    for training in (True, False):
        assert call(layer, images, training=training).shape == (4, 8, 12, 3)
    square = augment.Policy([augment.RandomCrop(8, 8)]).as_layer()
    halves = images.reshape(4, 8, 2, 8, 2, 3).mean(axis=(2, 4))
    assert np.abs(call(square, images) - halves).max() <= 0.5


def test_a_model_that_was_saved_goes_on_counting(images, tmp_path):
    policy = augment.Policy([FLIP, augment.RandomBrightness(0.5)])
    inputs = keras.Input((16, 16, 3), dtype="uint8")
    model = keras.Model(inputs, policy.as_layer(seed=1, name="aug")(inputs))
    call(model, images, training=True)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.get_layer("aug").get_config()["seed"] == 1
    going_on = call(loaded, images, training=True)
    assert (going_on == call(model, images, training=True)).all()
    loaded.get_layer("aug").seen.assign(0)
    assert (going_on != call(loaded, images, training=True)).any()


def test_it_counts_in_a_compiled_fit(images):
    layer = augment.Policy([FLIP]).as_layer(value_range=(0, 255))
    flat, dense = keras.layers.Flatten(), keras.layers.Dense(2)
    model = keras.Sequential(
        [layer, keras.layers.Rescaling(1 / 255), flat, dense]
    )
    model.compile("sgd", "mse")
    model.fit(images, np.zeros((4, 2)), batch_size=3, epochs=2, verbose=0)
    assert int(layer.seen) == 8
    model.evaluate(images, np.zeros((4, 2)), verbose=0)
    assert int(layer.seen) == 8


@pytest.mark.parametrize("steps", [[FLIP], [FLIP, augment.MixUp(1.0)]])
def test_images_with_labels(images, steps):
    policy = augment.Policy(steps)
    rows = np.eye(4, dtype="float32")
    given = {"images": images, "labels": rows}
    layer = policy.as_layer()
    found = call(layer, given, training=True)
    mixed, labels = policy(images, rows)
    assert np.abs(found["images"].astype(int) - mixed).max() <= 1
    np.testing.assert_allclose(found["labels"], labels, atol=1e-6)
    same = call(layer, given)
    assert (same["images"] == images).all() and (same["labels"] == rows).all()


@pytest.mark.parametrize("kind", ["uint8", "float16", "float32"])
def test_mixed_precision_computes_in_float32(images, kind):
    steps = [augment.RandomBrightness(0.3), augment.RandomRotation(0.1)]
    given = images if kind == "uint8" else (images / 255).astype(kind)
    policy = augment.Policy(steps)
    sharp = policy.as_layer(value_range=(0, 1), dtype="mixed_float16")
    full = policy.as_layer(value_range=(0, 1))
    found = call(sharp, given, training=True)
    assert found.dtype == kind
    assert (found == call(full, given, training=True)).all()
    symbolic = sharp(keras.Input((16, 16, 3), dtype=kind))
    assert symbolic.dtype == kind and symbolic.shape == (None, 16, 16, 3)


def test_config_goes_through_json(images):
    import json

    policy = augment.Policy([CROP, augment.RandAugment()])
    layer = policy.as_layer(seed=9, value_range=(-1, 1))
    config = json.loads(json.dumps(layer.get_config()))
    again = AugmentLayer.from_config(config)
    assert again.get_config() == layer.get_config()
    one, other = (call(x, images, training=True) for x in (layer, again))
    assert (one == other).all()


MIXUP = augment.Policy([augment.MixUp()])


@pytest.mark.parametrize(
    "policy, given, said",
    [
        (MIXUP, np.zeros((2, 8, 8, 3), "uint8"), "images alone"),
        (augment.Policy([FLIP]), np.zeros((2, 8, 8, 2), "uint8"), "channels"),
        (augment.Policy([FLIP]), np.zeros((2, 8, 8, 3), "int32"), "int32"),
        (augment.Policy([FLIP]), np.zeros((8, 8, 3), "uint8"), r"\(8, 8, 3\)"),
        (
            MIXUP,
            {
                "images": np.zeros((2, 8, 8, 3), "uint8"),
                "labels": np.zeros(2, "int32"),
            },
            "one_hot",
        ),
        (MIXUP, {"images": np.zeros((2, 8, 8, 3), "uint8")}, "labels"),
    ],
)
def test_what_does_not_fit_is_refused(policy, given, said):
    with pytest.raises(ValueError, match=said):
        policy.as_layer()(given, training=True)


def test_an_empty_batch_stays_empty(images):
    layer = augment.Policy([CROP, augment.RandomContrast(0.2)]).as_layer()
    found = call(layer, images[:0], training=True)
    assert found.shape == (0, 8, 12, 3) and found.dtype == "uint8"
    mixing = augment.Policy([augment.RandomRotation(0.1), *MIXUP.steps])
    given = {"images": images[:0], "labels": np.zeros((0, 3), "float32")}
    found = call(mixing.as_layer(), given, training=True)
    assert found["images"].shape == (0, 16, 16, 3)
    assert found["labels"].shape == (0, 3)
    assert int(layer.seen) == 0


def test_a_layer_needs_a_policy():
    with pytest.raises(ValueError, match="must be a Policy"):
        AugmentLayer([FLIP])
