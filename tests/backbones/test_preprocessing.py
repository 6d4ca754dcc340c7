"""Each family's own preprocessing: against Keras, and by hand."""

import keras
import numpy as np
import pytest

from recipes.backbones.families import FAMILIES, MODULES
from recipes.backbones.preprocessing import MODES, preprocessing
from recipes.errors import RecipeError

pytestmark = pytest.mark.both_backends

# Red, green, blue as they come out, worked out by hand.
BY_HAND = {
    "caffe": {
        0: (-103.939, -116.779, -123.68),
        127: (23.061, 10.221, 3.32),
        255: (151.061, 138.221, 131.32),
    },
    "tf": {0: (-1, -1, -1), 127: (-0.003921569,) * 3, 255: (1, 1, 1)},
    "torch": {
        0: (-2.117904, -2.035714, -1.804444),
        127: (0.056940, 0.187675, 0.409063),
        255: (2.248908, 2.428571, 2.64),
    },
    "none": {0: (0, 0, 0), 127: (127, 127, 127), 255: (255, 255, 255)},
}
# What a swap of channels would leave alone is no proof of their order.
COLORED = np.array([[[[250, 130, 10], [0, 60, 200]]]], "float32")


def constant(value):
    return np.full((1, 2, 3, 3), value, "float32")


def ours(mode, images):
    for layer in preprocessing(mode):
        images = layer(images)
    return keras.ops.convert_to_numpy(images)


def keras_own(name, images):
    function = getattr(keras.applications, name)
    module = function.__module__.rsplit(".", 1)[1]
    own = getattr(keras.applications, module).preprocess_input
    return own(images.copy())  # a copy: it writes into what it is given


def assert_same(found, expected):
    expected = np.broadcast_to(expected, found.shape)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=2e-5)


@pytest.mark.parametrize("name", FAMILIES)
def test_as_the_family_of_keras_has_it(name):
    mode = MODULES[FAMILIES[name].module].mode
    for images in (*map(constant, (0, 127, 255)), COLORED):
        assert_same(ours(mode, images), keras_own(name, images))


@pytest.mark.parametrize("mode", MODES)
def test_by_hand(mode):
    for value, expected in BY_HAND[mode].items():
        assert_same(ours(mode, constant(value)), expected)


@pytest.mark.parametrize("mode", MODES)
def test_a_wrong_mode_is_seen(mode):
    """The proof above can fail: no mode passes as another."""
    for wrong in {*MODES} - {mode}:
        with pytest.raises(AssertionError):
            assert_same(ours(wrong, constant(255)), BY_HAND[mode][255])


def test_red_and_blue_change_places():
    image = np.array([[[[255.0, 0.0, 0.0]]]], "float32")
    expected = (0 - 103.939, 0 - 116.779, 255 - 123.68)
    assert_same(ours("caffe", image), expected)


@pytest.mark.parametrize("mode", MODES)
def test_whole_numbers_and_half_precision(mode):
    keras.config.set_dtype_policy("mixed_float16")
    try:
        found = ours(mode, COLORED.astype("uint8"))
    finally:
        keras.config.set_dtype_policy("float32")
    assert_same(found, ours(mode, COLORED))


@pytest.mark.parametrize("mode", MODES)
def test_saved_and_loaded(mode, tmp_path):
    inputs = keras.Input((None, None, 3))
    x = inputs
    for layer in preprocessing(mode):
        x = layer(x)
    model = keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(x))
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    found = again.predict(COLORED, verbose=0)
    np.testing.assert_array_equal(found, model.predict(COLORED, verbose=0))


@pytest.mark.parametrize("mode", MODES)
def test_the_input_is_left_alone(mode):
    images = COLORED.copy()
    ours(mode, images)
    np.testing.assert_array_equal(images, COLORED)


def test_keras_own_writes_into_its_input():
    """What the test above watches for does happen."""
    images = COLORED.copy()
    keras.applications.mobilenet_v2.preprocess_input(images)
    assert not np.array_equal(images, COLORED)


def test_an_unknown_mode():
    with pytest.raises(RecipeError, match="Did you mean 'caffe'.*'cafe'"):
        preprocessing("cafe")
