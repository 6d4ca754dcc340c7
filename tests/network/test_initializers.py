"""Initial weights: variance and bound of each formula, and the seeds."""

import keras
import numpy as np
import pytest

import recipes
from recipes import Part, menu
from recipes.network.layers import Layers

DENSE = ("dense", (400,), 300, 400, 300)
CONVOLUTION = ("convolution", (4, 4, 32), 64, 9 * 32, 9 * 64)

# Part → (variance, largest magnitude) from N_in and N_out. Keras' normal ones
# are cut at two deviations of a normal that is widened by 1 / 0.8796.
CUT = 2 / 0.87962566103423978
FORMULAS = {
    "lecun_normal": lambda i, o: (1 / i, CUT * (1 / i) ** 0.5),
    "lecun_uniform": lambda i, o: (1 / i, (3 / i) ** 0.5),
    "he_normal": lambda i, o: (2 / i, CUT * (2 / i) ** 0.5),
    "he_uniform": lambda i, o: (2 / i, (6 / i) ** 0.5),
    "glorot_normal": lambda i, o: (2 / (i + o), CUT * (2 / (i + o)) ** 0.5),
    "glorot_uniform": lambda i, o: (2 / (i + o), (6 / (i + o)) ** 0.5),
    "random_normal": lambda i, o: (0.05**2, np.inf),
    Part("random_normal", stddev=1.0): lambda i, o: (1.0, np.inf),
    Part("random_normal", stddev=0.01): lambda i, o: (1e-4, np.inf),
    "random_uniform": lambda i, o: (0.1**2 / 12, 0.05),
    "truncated_normal": lambda i, o: ((0.05 * 2 / CUT) ** 2, 0.1),
    Part(
        "variance_scaling", scale=3.0, mode="fan_out", distribution="uniform"
    ): lambda i, o: (3 / o, 3 / o**0.5),
    "constant": lambda i, o: (0, 0),
    Part("constant", value=0.5): lambda i, o: (0, 0.5),
    "zeros": lambda i, o: (0, 0),
    "ones": lambda i, o: (0, 1),
}
OF_ACTIVATION = {
    "relu": "he_normal",
    "leaky_relu": "he_normal",
    "prelu": "he_normal",
    "elu": "he_normal",
    "gelu": "he_normal",
    "silu": "he_normal",
    "selu": "lecun_normal",
    "sigmoid": "glorot_uniform",
    "tanh": "glorot_uniform",
    "maxout": "lecun_normal",
}


def kernel(case, **fields):
    method, shape, width, *_ = case
    recipe = recipes.image_classifier(**fields).resolve()
    inputs = keras.Input(shape)
    model = keras.Model(inputs, getattr(Layers(recipe), method)(inputs, width))
    return np.asarray(model.get_layer(f"{method}1").kernel, "float64")


def check(w, variance, bound):
    # 92,160 weights or more: the deviation of a variance is below 0.5 %.
    assert w.var() == pytest.approx(variance, rel=0.03, abs=1e-12)
    assert abs(w.mean()) < 0.01 if variance else True
    assert abs(w).max() <= bound * (1 + 1e-6)
    if np.isfinite(bound):
        assert abs(w).max() > 0.98 * bound or bound == 0


@pytest.mark.parametrize("case", [DENSE, CONVOLUTION], ids=lambda c: c[0])
@pytest.mark.parametrize("part", FORMULAS, ids=str)
def test_formula(part, case):
    if case is CONVOLUTION:
        case = (*CONVOLUTION[:2], 320, 9 * 32, 9 * 320)
    w = kernel(case, kernel_initializer=part)
    check(w, *FORMULAS[part](*case[3:]))


def of_keras(rows):
    """Rows of ours have tests of their own, beside others in techniques."""
    return {name for name, row in rows.items() if row[0].startswith("keras.")}


def test_every_initializer_of_keras_has_a_formula():
    names = {getattr(part, "name", part) for part in FORMULAS}
    maps = {"orthogonal", "identity"}  # tests of their own
    assert len(maps) < len(of_keras(menu.INITIALIZERS))
    assert of_keras(menu.INITIALIZERS) <= names | maps


def test_every_activation_of_keras_has_its_initializer():
    assert {"relu", "tanh"} <= of_keras(menu.ACTIVATIONS) <= {*OF_ACTIVATION}


@pytest.mark.parametrize("case", [DENSE, CONVOLUTION], ids=lambda c: c[0])
def test_orthogonal(case):
    w = kernel(case, kernel_initializer="orthogonal")
    q = w.reshape(-1, w.shape[-1])
    np.testing.assert_allclose(q.T @ q, np.eye(q.shape[1]), atol=1e-5)


@pytest.mark.parametrize("gain", [1.0, 0.5])
def test_identity(gain):
    part = Part("identity", gain=gain)
    w = kernel(("dense", (6,), 4), kernel_initializer=part)
    np.testing.assert_array_equal(w, gain * np.eye(6, 4))


@pytest.mark.parametrize("activation", OF_ACTIVATION)
def test_auto(activation):
    w = kernel(DENSE, activation=activation)
    check(w, *FORMULAS[OF_ACTIVATION[activation]](400, 300))


def weights(units=(8, 8, 8), **fields):
    network = Part("mlp", units=units)
    fields = {"network": network, "image_size": (2, 4), **fields}
    model = recipes.image_classifier(**fields).build((2, 4, 1), 3)
    return {
        v.path: np.asarray(v) for v in model.variables if "kernel" in v.path
    }


def equal(one, other):
    assert list(one) == list(other)
    return all((one[name] == other[name]).all() for name in one)


@pytest.mark.parametrize("initializer", ["auto", Part("he_normal", seed=5)])
def test_no_two_layers_draw_the_same(initializer):
    found = weights(kernel_initializer=initializer)
    square = [w for w in found.values() if w.shape == (8, 8)]
    assert len(square) == 3
    assert not (square[0] == square[1]).any()
    assert not (square[1] == square[2]).any()


def test_a_seed_of_the_initializer_decides_too():
    parts = [Part("he_normal", seed=s) for s in (5, 5, 6)]
    first, again, other = (weights(kernel_initializer=p) for p in parts)
    assert equal(first, again)
    assert not equal(first, other)


def test_seed_none_is_the_recipes_seed():
    part = Part("he_normal", seed=None)
    assert equal(weights(kernel_initializer=part), weights())


def test_seed():
    assert equal(weights(seed=3), weights(seed=3))
    assert not equal(weights(seed=3), weights(seed=4))


def test_global_random_state_is_of_no_matter():
    def unseeded():
        inputs = keras.Input((4,))
        model = keras.Model(inputs, keras.layers.Dense(4)(inputs))
        return {"kernel": np.asarray(model.variables[0])}

    found = []
    for seed in (1, 2):
        keras.utils.set_random_seed(seed)
        found.append((weights(), unseeded()))
    assert equal(found[0][0], found[1][0])
    assert not equal(found[0][1], found[1][1])
