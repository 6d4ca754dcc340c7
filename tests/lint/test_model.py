"""The linter on plain Keras models: each rule's trigger and near miss."""

import importlib.util
from pathlib import Path

import keras
import numpy as np
import pytest

import recipes
from recipes.lint.compiled import COMPILED
from recipes.lint.structure import STRUCTURE
from recipes.training.plan import load_for, make_plan

pytestmark = [pytest.mark.both_backends, pytest.mark.by_hand_on_jax]
_spec = importlib.util.spec_from_file_location(
    "lint_model_cases", Path(__file__).with_name("model_cases.py")
)
cases = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(cases)
CASES, models, dense = cases.CASES, cases.models, cases.models.dense
layers = keras.layers


def codes(case):
    made = case()
    model, more = made if isinstance(made, tuple) else (made, {})
    found = recipes.lint_model(model, **more)
    assert all(f.mend and f.changes is None and str(f) for f in found)
    return [finding.code for finding in found]


def test_every_rule_has_a_case():
    assert set(CASES) == {*STRUCTURE, *COMPILED, "foreign-statistics"}


@pytest.mark.parametrize("code", CASES)
def test_a_rule_finds_it_and_no_near_miss(code):
    triggers, near = CASES[code]
    for case in triggers:
        assert codes(case) == [code]
    for case in near:
        assert code not in codes(case)


def test_a_model_written_as_a_class_is_looked_at_as_far_as_it_shows():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.first = dense(kernel_initializer="zeros")
            self.last = dense()

        def call(self, x):
            return self.last(self.first(x))

    model = Own()
    model.compile(loss="mse")
    assert codes(lambda: model) == ["constant-initializer"]


def test_a_model_that_is_not_compiled():
    model = keras.Sequential([dense(kernel_initializer="zeros"), dense()])
    assert codes(lambda: model) == ["constant-initializer"]


def test_losses_by_output():
    inputs = keras.Input((4,))
    outputs = {"a": dense(name="a")(inputs), "b": dense(name="b")(inputs)}
    model = keras.Model(inputs, outputs)
    model.compile(loss={"a": "mse", "b": "categorical_crossentropy"})
    (finding,) = recipes.lint_model(model)
    assert (finding.code, finding.path) == ("logits-as-probabilities", "b")


@pytest.mark.parametrize("center", [True, False])
def test_batch_normalization_subtracts_a_bias_with_or_without_an_offset(
    center,
):
    x = np.random.default_rng(0).normal(size=(32, 3)).astype("float32")
    norm = layers.BatchNormalization(center=center)
    plain, biased = (norm(x + bias, training=True) for bias in (0.0, 5.0))
    np.testing.assert_allclose(plain, biased, atol=1e-5)


IMAGES = np.zeros((20, 4, 4, 1))


@pytest.mark.parametrize(
    "inputs", [{"x": IMAGES}, IMAGES[0], IMAGES[:0], [[1], [1, 2]], 3, iter(())]
)
def test_inputs_that_are_no_examples(inputs):
    model = keras.Sequential([keras.Input((4, 4, 1)), layers.Flatten()])
    with pytest.raises(recipes.RecipeError, match=r"\(None, 4, 4, 1\)"):
        recipes.lint_model(model, inputs=inputs)


def test_inputs_that_are_examples():
    statistics = layers.Normalization(mean=100.0, variance=1.0)
    model = keras.Sequential([keras.Input((4, 4, 1)), statistics])
    for inputs in (IMAGES, IMAGES.tolist(), keras.ops.array(IMAGES)):
        (finding,) = recipes.lint_model(model, inputs=inputs)
        assert finding.code == "foreign-statistics"
    pair = [keras.Input((1,)), keras.Input((1,))]
    two = keras.Model(pair, layers.Add()(pair))
    with pytest.raises(recipes.RecipeError, match="2: leave"):
        recipes.lint_model(two, inputs=IMAGES)


def test_callbacks_are_those_that_fit_takes():
    model = models.stack(optimizer=keras.optimizers.SGD(models.FALLING))
    plateau = keras.callbacks.ReduceLROnPlateau()
    assert recipes.lint_model(model, callbacks=None) == []
    (finding,) = recipes.lint_model(model, callbacks=plateau)
    assert finding.code == "plateau-with-schedule"
    for wrong in (3, [plateau, "x"], keras.callbacks.ReduceLROnPlateau):
        with pytest.raises(recipes.RecipeError, match="must be a list"):
            recipes.lint_model(model, callbacks=wrong)


def test_anything_else_is_refused():
    with pytest.raises(recipes.RecipeError, match="keras.Model"):
        recipes.lint_model(recipes.image_classifier())


@pytest.mark.parametrize("placement", ["pre", "post"])
@pytest.mark.parametrize(
    "name, network, data",
    [
        ("image_classifier", "cnn", "digits"),
        ("image_classifier", "resnet", "digits"),
        ("tabular_classifier", "mlp", "breast_cancer"),
        ("tabular_regressor", "mlp", "diabetes"),
    ],
)
def test_our_own_networks_are_clean(name, network, data, placement):
    recipe = getattr(recipes, name)(
        network=network,
        normalization="batch_normalization",
        normalization_placement=placement,
        dropout=0.3,
    )
    data = load_for(recipe, data)
    plan = make_plan(recipe, data)
    assert recipes.lint_model(plan.model) == []
    assert recipes.lint_model(plan.serving) == []
    half = make_plan(recipe.replace(dtype_policy="mixed_float16"), data)
    assert recipes.lint_model(half.model) == []
