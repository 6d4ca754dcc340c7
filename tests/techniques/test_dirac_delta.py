"""DiracDelta: a layer that returns its input."""

import keras
import numpy as np
import pytest

from recipes.techniques import DiracDelta

pytestmark = pytest.mark.both_backends

LAYERS = {
    1: keras.layers.Conv1D,
    2: keras.layers.Conv2D,
    3: keras.layers.Conv3D,
}


def images(rank, channels=3):
    shape = (2, *(7, 6, 5)[:rank], channels)
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def convolved(rank, filters, size, initializer, **kwargs):
    layer = LAYERS[rank](
        filters,
        size,
        padding="same",
        kernel_initializer=initializer,
        **kwargs,
    )
    return keras.ops.convert_to_numpy(layer(images(rank)))


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_a_convolution_returns_its_input(rank, size):
    y = convolved(rank, 3, size, DiracDelta())
    np.testing.assert_allclose(y, images(rank), rtol=1e-6)
    if size > 1:  # a tap beside the center moves the image
        moved = convolved(rank, 3, size, Moved())
        assert abs(moved - images(rank)).max() > 0.1


class Moved(DiracDelta):
    def __call__(self, shape, dtype=None):
        kernel = super().__call__(shape, dtype)
        return keras.ops.roll(kernel, 1, axis=0)


@pytest.mark.parametrize("size", [(2, 3), (4, 1)])
def test_oblong_filters(size):
    y = convolved(2, 3, size, DiracDelta())
    np.testing.assert_allclose(y, images(2), rtol=1e-6)


def test_dilated_odd_filters():
    y = convolved(2, 3, 3, DiracDelta(), dilation_rate=2)
    np.testing.assert_allclose(y, images(2), rtol=1e-6)


@pytest.mark.parametrize("filters", [2, 5])
def test_other_channels_are_cut_or_zero(filters):
    y = convolved(2, filters, 3, DiracDelta(2.0))
    shared = min(filters, 3)
    expected = np.zeros((*images(2).shape[:-1], filters))
    expected[..., :shared] = 2 * images(2)[..., :shared]
    np.testing.assert_allclose(y, expected, rtol=1e-6)


@pytest.mark.parametrize("shape", [(3, 3), (2, 4), (4, 2)])
def test_a_dense_kernel_is_keras_own_identity(shape):
    theirs = keras.initializers.Identity(0.5)(shape)
    np.testing.assert_array_equal(
        keras.ops.convert_to_numpy(DiracDelta(0.5)(shape)),
        keras.ops.convert_to_numpy(theirs),
    )


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64", None])
def test_dtype(dtype):
    if dtype == "float64" and keras.backend.backend() == "jax":
        pytest.skip("JAX has float64 on request alone")
    kernel = DiracDelta()((3, 2, 2), dtype)
    found = keras.backend.standardize_dtype(kernel.dtype)
    assert found == (dtype or "float32")


def test_saved_and_loaded(tmp_path):
    layer = keras.layers.Conv2D(
        3, 3, padding="same", kernel_initializer=DiracDelta(0.1)
    )
    model = keras.Sequential([keras.Input((7, 6, 3)), layer])
    model.compile("sgd", "mse")
    model.fit(images(2), images(2), verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.layers[0].kernel_initializer.gain == 0.1
    for ours, theirs in zip(
        model.get_weights(), loaded.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("shape", [(), (3,)])
def test_bad_shape(shape):
    with pytest.raises(ValueError, match="2 axes or more.*Received"):
        DiracDelta()(shape)


@pytest.mark.parametrize("gain", [True, None, "1", float("nan"), float("inf")])
def test_bad_gain(gain):
    with pytest.raises(ValueError, match="`gain` must be a finite.*Received"):
        DiracDelta(gain)
