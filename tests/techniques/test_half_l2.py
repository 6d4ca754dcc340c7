"""HalfL2: ½λΣw², with gradient λw."""

import keras
import numpy as np
import pytest

from recipes.techniques.half_l2 import HalfL2

pytestmark = pytest.mark.both_backends

W = np.array([[1.0, -2.0], [0.5, 3.0]])


def penalty(regularizer, w):
    return float(regularizer(keras.ops.convert_to_tensor(w, "float32")))


@pytest.mark.parametrize("l2", [0, 0.0, 0.01, 1, 2.5])
def test_value_and_gradient(l2):
    ours = HalfL2(l2)
    assert penalty(ours, W) == pytest.approx(0.5 * l2 * 14.25)
    step = np.zeros_like(W)
    step[0, 1] = 0.25
    slope = (penalty(ours, W + step) - penalty(ours, W - step)) / 0.5
    assert slope == pytest.approx(l2 * W[0, 1], abs=1e-6)


def test_keras_own_is_twice_as_much():
    theirs = penalty(keras.regularizers.L2(0.1), W)
    assert theirs == pytest.approx(2 * penalty(HalfL2(0.1), W))


@pytest.mark.parametrize("shape", [(3,), (2, 3), (3, 3, 2, 4)])
def test_any_shape(shape):
    assert penalty(HalfL2(2.0), np.ones(shape)) == np.prod(shape)


def test_round_trip_keeps_the_number():
    config = keras.regularizers.serialize(HalfL2(0.01))
    assert keras.regularizers.deserialize(config).l2 == 0.01


@pytest.mark.parametrize(
    "l2", [-1, -0.1, True, None, "0.1", [0.1], float("nan"), float("inf")]
)
def test_bad_strength(l2):
    with pytest.raises(ValueError, match="`l2` must be a finite number"):
        HalfL2(l2)
