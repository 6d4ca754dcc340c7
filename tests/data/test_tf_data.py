"""The validation's pipeline: what Keras gives of the same arrays."""

import keras
import numpy as np
import pytest

from recipes.data.tf_data import batched


@pytest.mark.parametrize("rows", [8, 7])
def test_batches_are_those_of_keras(rows):
    x = {"a": np.random.default_rng(0).normal(size=(rows, 3))}  # float64
    x["b"] = np.arange(rows, dtype="uint8")[:, None]
    y = np.arange(rows)
    found = list(batched(x, y, 4).as_numpy_iterator())
    assert [len(b) for _, b in found] == [4, rows - 4]
    for name, kind in (("a", "float32"), ("b", "uint8")):
        whole = np.concatenate([part[name] for part, _ in found])
        assert whole.dtype == kind
        np.testing.assert_array_equal(whole, x[name].astype(kind))
    inputs = {"a": keras.Input((3,), name="a")}
    outputs = keras.layers.Dense(1)(inputs["a"])
    model = keras.Model(inputs, outputs)
    model.compile(loss="mse", metrics=["mae"], steps_per_execution=3)
    x.pop("b")
    given = {"verbose": 0, "return_dict": True}
    assert model.evaluate(batched(x, y, 4), **given) == model.evaluate(
        x, y, batch_size=4, **given
    )
