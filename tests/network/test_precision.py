"""Mixed precision: what is computed in 16 bits, and what must not be."""

import keras
import numpy as np
import pytest

import recipes
from recipes import Part, RecipeError
from recipes.network.build import build_networks, dtype_policy

pytestmark = pytest.mark.both_backends

SMALL = Part("mlp", units=(8,))
MIXED = ["mixed_bfloat16", "mixed_float16"]


def networks(recipe, shape, outputs, before=()):
    return build_networks(recipe.resolve(), shape, outputs, before)


@pytest.mark.parametrize("policy", MIXED)
def test_mixed_precision(policy, tmp_path):
    scale = keras.layers.Normalization(
        mean=[1e6, 0.0], variance=[1e10, 1.0], dtype="float32"
    )
    x = np.array([[1.2e6, 0.5], [8e5, -1.0]], "float32")
    found = {}
    for name in ("float32", policy):
        recipe = recipes.tabular_classifier(network=SMALL, dtype_policy=name)
        training, serving = networks(recipe, (2,), 3, [scale])
        outputs = training(x), serving(x)
        found[name] = [np.asarray(output) for output in outputs]
        floats = {v.dtype for v in training.variables} - {"int64", "uint32"}
        assert floats == {"float32"}
        assert {keras.backend.standardize_dtype(o.dtype) for o in outputs} == {
            "float32"
        }
        compute = training.get_layer("dense1").compute_dtype
        assert compute == name.removeprefix("mixed_")
    for mixed, full in zip(found[policy], found["float32"], strict=True):
        np.testing.assert_allclose(mixed, full, atol=0.05)
        assert (mixed != full).any()
    path = tmp_path / "model.keras"
    serving.save(path)
    with dtype_policy(policy):  # whatever the policy of the process
        loaded = keras.saving.load_model(path)
    np.testing.assert_array_equal(np.asarray(loaded(x)), found[policy][1])


def test_float16_would_overflow_without_preprocessing():
    recipe = recipes.tabular_classifier(
        network=SMALL, dtype_policy="mixed_float16"
    )
    serving = networks(recipe, (2,), 3).serving
    x = np.array([[1.2e6, 0.5]], "float32")
    assert not np.isfinite(np.asarray(serving(x))).all()


@pytest.mark.parametrize("policy", ["float32", *MIXED])
def test_float16_scales_its_loss_and_no_other(policy):
    recipe = recipes.tabular_classifier(network=SMALL, dtype_policy=policy)
    for model, scaled in zip(
        networks(recipe, (2,), 3),
        (policy == "mixed_float16", False),
        strict=True,
    ):
        model.compile("sgd", "mse")
        kind = keras.optimizers.LossScaleOptimizer
        assert isinstance(model.optimizer, kind) is scaled


@pytest.mark.parametrize("outer", ["float32", "mixed_bfloat16"])
def test_policy_is_put_back(outer):
    inner = "mixed_float16"
    with dtype_policy(outer):
        networks(
            recipes.tabular_classifier(network=SMALL, dtype_policy=inner),
            (2,),
            3,
        )
        assert keras.config.dtype_policy().name == outer
        wrong = recipes.tabular_classifier(
            network=Part("mlp", units=0), dtype_policy=inner
        )
        with pytest.raises(RecipeError):
            networks(wrong, (2,), 3)
        assert keras.config.dtype_policy().name == outer
    assert keras.config.dtype_policy().name == "float32"
