"""Every layer of ours alone, in plain Keras: fitted, saved, loaded, mixed."""

import json

import keras
import numpy as np
import pytest

from recipes.techniques import (
    DropConnectConv2D,
    DropConnectDense,
    FractionalMaxPooling2D,
    Maxout,
    StochasticDepth,
)

pytestmark = pytest.mark.both_backends

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(8, 7, 6, 4)).astype("float32")
Y = GENERATOR.normal(size=(8, 1)).astype("float32")
MAKERS = {
    "maxout": lambda seed, **kwargs: Maxout(2, **kwargs),
    "drop_connect_dense": lambda seed, **kwargs: DropConnectDense(
        3, 0.3, seed=seed, activation="relu", **kwargs
    ),
    "drop_connect_conv": lambda seed, **kwargs: DropConnectConv2D(
        3, 2, 0.3, seed=seed, kernel_regularizer="l2", **kwargs
    ),
    "stochastic_depth": lambda seed, **kwargs: StochasticDepth(
        0.3, seed, **kwargs
    ),
    "pseudo_random_pooling": lambda seed, **kwargs: FractionalMaxPooling2D(
        (1.41, 1.3), seed=seed, **kwargs
    ),
    "random_pooling": lambda seed, **kwargs: FractionalMaxPooling2D(
        1.41, pseudo_random=False, overlapping=False, seed=seed, **kwargs
    ),
}
RANDOM = [name for name in MAKERS if name != "maxout"]


def outputs(layer, training, count=1):
    made = [layer(X, training=training) for _ in range(count)]
    return np.stack([keras.ops.convert_to_numpy(y) for y in made])


def fitted(name, seed, **options):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input(X.shape[1:]),
            MAKERS[name](seed),
            keras.layers.Flatten(),
            keras.layers.Dense(1),
        ]
    )
    model.compile("sgd", "mse", **options)
    model.fit(X, Y, batch_size=4, epochs=2, verbose=0, shuffle=False)
    return model


@pytest.mark.parametrize("name", MAKERS)
def test_fitted_under_jit_saved_and_loaded(name, tmp_path):
    model = fitted(name, 3, jit_compile=True)
    same = fitted(name, 3, jit_compile=True)
    for ours, theirs in zip(
        model.get_weights(), same.get_weights(), strict=True
    ):
        assert np.isfinite(ours).all()
        np.testing.assert_array_equal(ours, theirs)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert type(loaded.layers[0]) is type(model.layers[0])
    assert loaded.layers[0].get_config() == model.layers[0].get_config()
    predictions = model.predict(X, verbose=0)
    np.testing.assert_array_equal(loaded.predict(X, verbose=0), predictions)
    eager = keras.ops.convert_to_numpy(model(X, training=False))
    np.testing.assert_allclose(predictions, eager, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", RANDOM)
def test_the_seed_decides_and_predicting_draws_nothing(name):
    make = MAKERS[name]
    keras.utils.set_random_seed(0)
    first = make(3)
    keras.utils.set_random_seed(0)
    again = make(3)
    keras.utils.set_random_seed(0)
    other = make(4)
    trained = outputs(first, True, 6)
    np.testing.assert_array_equal(trained, outputs(again, True, 6))
    assert (trained != outputs(other, True, 6)).any()
    assert len(np.unique(trained, axis=0)) > 1
    predicted = outputs(first, False, 3)
    assert len(np.unique(predicted, axis=0)) == 1
    np.testing.assert_array_equal(predicted, outputs(other, False, 3))
    # Predicting in between does not move the stream of training.
    np.testing.assert_array_equal(
        outputs(first, True, 2), outputs(again, True, 2)
    )


@pytest.mark.parametrize("name", RANDOM)
def test_the_state_of_the_draws_can_be_restored(name):
    """What a resumed run needs: it lies in `variables`."""
    layer = MAKERS[name](3)
    outputs(layer, True, 2)
    states = [v for v in layer.variables if v.name == "seed_generator_state"]
    kept = [keras.ops.convert_to_numpy(v) for v in states]
    expected = outputs(layer, True, 6)
    assert (outputs(layer, True, 6) != expected).any()
    for variable, value in zip(states, kept, strict=True):
        variable.assign(value)
    np.testing.assert_array_equal(outputs(layer, True, 6), expected)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("name", MAKERS)
def test_mixed_precision(name, policy):
    """The same draws as in float32, to the precision of the policy."""
    layer, full = MAKERS[name](3, dtype=policy), MAKERS[name](3)
    layer.build(X.shape)
    full.build(X.shape)
    full.set_weights(layer.get_weights())
    for training in (True, False):
        y = layer(X, training=training)
        dtype = keras.backend.standardize_dtype(y.dtype)
        assert dtype == layer.compute_dtype == policy.removeprefix("mixed_")
        found = keras.ops.convert_to_numpy(keras.ops.cast(y, "float32"))
        expected = outputs(full, training)[0]
        np.testing.assert_allclose(found, expected, atol=0.05, rtol=0.02)
    assert all(w.dtype == "float32" for w in layer.weights)


@pytest.mark.parametrize("name", MAKERS)
def test_shape_is_promised_as_it_comes(name):
    layer = MAKERS[name](3)
    promised = layer.compute_output_shape((None, *X.shape[1:]))
    symbolic = MAKERS[name](3)(keras.Input(X.shape[1:])).shape
    assert promised == symbolic
    for training in (True, False):
        assert (8, *promised[1:]) == outputs(layer, training)[0].shape


@pytest.mark.parametrize("name", MAKERS)
def test_config_is_plain_and_exact(name):
    layer = MAKERS[name](3, name="ours")
    config = layer.get_config()
    again = type(layer).from_config(config)
    assert again.get_config() == config
    json.dumps(config)
    for key in ("rate", "ratio", "num_pieces", "seed"):
        if key in config:
            assert config[key] == getattr(layer, key)
    assert config.get("rate", 0.3) == 0.3
