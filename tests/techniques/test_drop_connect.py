"""DropConnect: which weights act in a step, and what they are on average."""

import keras
import numpy as np
import pytest

from recipes.techniques import DropConnectConv2D, DropConnectDense

pytestmark = pytest.mark.both_backends

GENERATOR = np.random.default_rng(0)
TABLE = GENERATOR.normal(size=(3, 5)).astype("float32")
IMAGES = GENERATOR.normal(size=(2, 4, 4, 2)).astype("float32")


def dense(rate, **kwargs):
    kwargs = {"bias_initializer": "ones", "seed": 0} | kwargs
    return DropConnectDense(4, rate, **kwargs), TABLE


def convolution(rate, **kwargs):
    kwargs = {"bias_initializer": "ones", "seed": 0} | kwargs
    return DropConnectConv2D(3, 3, rate, padding="same", **kwargs), IMAGES


def plain(layer, x):
    """Apply Keras' own layer with the same weights."""
    config = layer.get_config()
    del config["rate"], config["seed"]
    base = type(layer).__mro__[2]
    assert base in (keras.layers.Dense, keras.layers.Conv2D)
    own = base.from_config(config)
    own.build(x.shape)
    own.set_weights(layer.get_weights())
    return keras.ops.convert_to_numpy(own(x))


def draws(layer, x, count):
    made = [layer(x, training=True) for _ in range(count)]
    return np.stack([keras.ops.convert_to_numpy(y) for y in made])


@pytest.mark.parametrize("make", [dense, convolution])
@pytest.mark.parametrize("activation", [None, "relu"])
def test_predicting_and_rate_0_are_keras_own(make, activation):
    layer, x = make(0.7, activation=activation)
    predicted = keras.ops.convert_to_numpy(layer(x))
    np.testing.assert_array_equal(predicted, plain(layer, x))
    assert abs(draws(layer, x, 1)[0] - predicted).max() > 0.1
    layer, x = make(0, activation=activation)
    trained = draws(layer, x, 1)[0]
    np.testing.assert_array_equal(trained, plain(layer, x))


@pytest.mark.parametrize("rate", [0.2, 0.5])
@pytest.mark.parametrize("make", [dense, convolution])
def test_the_mean_is_the_plain_layer(make, rate):
    layer, x = make(rate)
    found = draws(layer, x, 400)
    error = found.std(axis=0) / np.sqrt(len(found))
    away = abs(found.mean(axis=0) - plain(layer, x)) / error
    assert away.max() < 4.5  # standard errors, for up to 96 numbers
    # Weights that were not scaled up would be found out.
    unscaled = abs(found.mean(axis=0) * (1 - rate) - plain(layer, x)) / error
    assert unscaled.max() > 4.5


@pytest.mark.parametrize("rate", [0.02, 0.3])
@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16"])
def test_single_weights_are_dropped(rate, policy):
    """One-hot rows show the kernel of a step, a row of zeros the bias."""
    rows = np.eye(101, 100, dtype="float32")
    layer = DropConnectDense(
        50,
        rate,
        seed=1,
        kernel_initializer="ones",
        bias_initializer="ones",
        dtype=policy,
    )
    for _ in range(2):
        y = keras.ops.cast(layer(rows, training=True), "float32")
        y = keras.ops.convert_to_numpy(y)
        bias, kernel = y[-1], y[:-1] - y[-1]
        legal = np.array([0, 1 / (1 - rate)])
        near = [abs(w[..., None] - legal).min() for w in (bias, kernel)]
        assert max(near) < 0.02
        dropped = (kernel < 0.5).mean()
        error = np.sqrt(rate * (1 - rate) / kernel.size)
        assert abs(dropped - rate) < 4.5 * error
        # Weights, not units: no row and no column falls as a whole.
        assert 0 < (kernel < 0.5).mean(axis=0).max() < 1
        assert 0 < (kernel < 0.5).mean(axis=1).max() < 1
    if rate == 0.3:
        assert 0 < (bias < 0.5).mean() < 1  # biases too, as in the paper


def test_one_mask_serves_the_batch_and_the_next_step_has_another():
    layer, _ = dense(0.5)
    first, second = draws(layer, np.ones((6, 5), "float32"), 2)
    np.testing.assert_allclose(first, np.tile(first[:1], (6, 1)), rtol=1e-6)
    assert (first != second).any()


def test_a_filter_is_dropped_the_same_at_every_place():
    layer = DropConnectConv2D(3, 2, 0.5, seed=0, use_bias=False)
    y = draws(layer, np.ones((2, 6, 6, 4), "float32"), 1)[0]
    np.testing.assert_allclose(y, np.tile(y[:1, :1, :1], (2, 5, 5, 1)), 1e-5)


def test_dropped_weights_get_no_gradient():
    layer = DropConnectDense(30, 0.5, seed=0, use_bias=False)
    model = keras.Sequential([keras.Input((20,)), layer])
    model.compile(keras.optimizers.SGD(1.0), "mse")
    before = layer.get_weights()[0].copy()
    x = np.ones((1, 20), "float32")
    model.train_on_batch(x, np.full((1, 30), 9.0, "float32"))
    still = (layer.get_weights()[0] == before).mean()
    assert 0.4 < still < 0.6


@pytest.mark.parametrize("layout", ["channels_first", "channels_last"])
def test_the_bias_follows_the_layout(layout):
    layer = DropConnectConv2D(
        3, 1, 0.5, data_format=layout, bias_initializer="random_normal"
    )
    images = np.ones((1, 2, 2, 2), "float32")
    if layout == "channels_first" and keras.backend.backend() != "jax":
        pytest.skip("TensorFlow convolves channels_first on GPUs alone")
    found = keras.ops.convert_to_numpy(layer(images))
    np.testing.assert_array_equal(found, plain(layer, images))


def test_lora_works_and_quantization_is_refused():
    layer, x = dense(0.5)
    before = draws(layer, x, 1)
    with pytest.raises(NotImplementedError):
        layer.quantize("int8")
    layer.enable_lora(2)
    layer.lora_kernel_b.assign(np.ones((2, 4)))
    assert (draws(layer, x, 1) != before).any()
    kernel = keras.ops.convert_to_numpy(layer.kernel)
    predicted = keras.ops.convert_to_numpy(layer(x))
    np.testing.assert_allclose(predicted, x @ kernel + 1, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "rate", [-0.1, 1, 1.0, 1.5, True, None, "0.1", float("nan")]
)
@pytest.mark.parametrize("make", [dense, convolution])
def test_bad_rate(make, rate):
    with pytest.raises(ValueError, match="DropConnect.*`rate`.*Received"):
        make(rate)


@pytest.mark.parametrize("seed", [-1, 2**31, 0.5, True, "1"])
def test_bad_seed(seed):
    with pytest.raises(ValueError, match="DropConnectDense: `seed`.*Received"):
        dense(0.5, seed=seed)


@pytest.mark.parametrize("seed", [None, 0, 2**31 - 1])
def test_legal_seeds(seed):
    layer, x = dense(0.5, seed=seed)
    assert np.isfinite(draws(layer, x, 1)).all()
