"""The linter on plain Keras models: each rule's trigger and near miss."""

import keras
import numpy as np
import pytest

import recipes
from recipes.lint.compiled import COMPILED
from recipes.lint.model import STRUCTURE
from recipes.training.plan import load_for, make_plan

pytestmark = pytest.mark.both_backends
layers, losses = keras.layers, keras.losses
FALLING = keras.optimizers.schedules.CosineDecay(0.1, 10)


def stack(*middle, end=None, **compiled):
    """A compiled stack of layers, ending in three probabilities."""
    last = layers.Dense(3, activation="softmax", name="last")
    found = keras.Sequential([keras.Input((4,)), *middle, end or last])
    compiled = {"loss": "categorical_crossentropy", **compiled}
    found.compile(**compiled)
    return found


def graph(*middle, **compiled):
    """The same as a functional model."""
    inputs = x = keras.Input((4,))
    for layer in middle:
        x = layer(x)
    found = keras.Model(inputs, layers.Dense(3, activation="softmax")(x))
    found.compile(**{"loss": "categorical_crossentropy", **compiled})
    return found


def dense(**arguments):
    return layers.Dense(8, **arguments)


def logits(loss):
    return stack(end=layers.Dense(3), loss=loss)


def norm(**arguments):
    return layers.BatchNormalization(**arguments)


def excluding(*names):
    optimizer = keras.optimizers.AdamW(weight_decay=0.01)
    optimizer.exclude_from_weight_decay(var_names=list(names))
    return optimizer


def adamw():
    return excluding("bias", "beta", "gamma")


def half(scaled):
    model = keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, dtype="mixed_float16")]
    )
    optimizer = keras.optimizers.SGD()
    if scaled:
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    model.compile(optimizer, losses.CategoricalCrossentropy(from_logits=True))
    return model


def image_statistics():
    return layers.Normalization(mean=[0.5] * 4, variance=[0.05] * 4)


PIXELS = np.full((5, 4), 200.0) + np.arange(4)
LOGITS = losses.CategoricalCrossentropy(from_logits=True)
L2 = keras.regularizers.L2(0.01)
PLATEAU = {"callbacks": [keras.callbacks.ReduceLROnPlateau()]}

# code → (triggers, near misses); each a model, or a model and arguments
CASES = {
    "dropout-before-normalization": (
        [
            lambda: stack(layers.Dropout(0.2), norm()),
            lambda: graph(layers.GaussianDropout(0.2), norm()),
            lambda: stack(keras.Sequential([layers.Dropout(0.2), norm()])),
        ],
        [
            lambda: stack(norm(), layers.Dropout(0.2)),
            lambda: graph(layers.Dropout(0.2), dense(use_bias=False), norm()),
            lambda: stack(layers.Dropout(0.0), norm()),
        ],
    ),
    "bias-before-normalization": (
        [lambda: stack(dense(), norm()), lambda: graph(dense(), norm())],
        [
            lambda: stack(dense(use_bias=False), norm()),
            lambda: graph(dense(activation="relu"), norm()),
            lambda: stack(dense(), layers.LayerNormalization()),
        ],
    ),
    "constant-initializer": (
        [
            lambda: stack(dense(kernel_initializer="zeros")),
            lambda: graph(dense(kernel_initializer="ones"), dense()),
        ],
        [
            lambda: stack(dense(), end=dense(kernel_initializer="zeros")),
            lambda: stack(dense(kernel_initializer="identity")),
        ],
    ),
    "foreign-statistics": (
        [
            lambda: (stack(image_statistics()), {"inputs": PIXELS}),
            lambda: (graph(image_statistics()), {"inputs": PIXELS}),
        ],
        [
            lambda: (stack(image_statistics()), {"inputs": PIXELS / 255}),
            lambda: (
                graph(layers.Rescaling(1 / 255), image_statistics()),
                {"inputs": PIXELS},
            ),
            lambda: stack(image_statistics()),
        ],
    ),
    "probabilities-as-logits": (
        [
            lambda: stack(loss=LOGITS),
            lambda: graph(loss=LOGITS),
            lambda: stack(dense(), end=layers.Softmax(), loss=LOGITS),
        ],
        [lambda: logits(LOGITS), lambda: stack()],
    ),
    "logits-as-probabilities": (
        [
            lambda: logits("categorical_crossentropy"),
            lambda: logits(losses.CategoricalCrossentropy()),
            lambda: logits(losses.categorical_crossentropy),
        ],
        [lambda: stack(), lambda: logits("mse"), lambda: logits(LOGITS)],
    ),
    "no-loss-scaling": ([lambda: half(False)], [lambda: half(True)]),
    "coupled-l2": (
        [
            lambda: stack(dense(kernel_regularizer=L2), optimizer=adamw()),
            lambda: stack(dense(kernel_regularizer=L2), optimizer="rmsprop"),
        ],
        [
            lambda: stack(dense(kernel_regularizer=L2), optimizer="sgd"),
            lambda: stack(
                dense(kernel_regularizer=keras.regularizers.L1(0.1)),
                optimizer=adamw(),
            ),
        ],
    ),
    "decay-everything": (
        [
            lambda: stack(dense(), optimizer="adamw"),
            lambda: graph(dense(), optimizer=excluding("beta")),
            lambda: stack(layers.PReLU(), optimizer=adamw()),
        ],
        [
            lambda: stack(dense(), optimizer=adamw()),
            lambda: stack(dense(), optimizer="adam"),
        ],
    ),
    "plateau-with-schedule": (
        [
            lambda: (
                stack(optimizer=keras.optimizers.SGD(FALLING)),
                PLATEAU,
            )
        ],
        [
            lambda: (stack(optimizer="sgd"), PLATEAU),
            lambda: stack(optimizer=keras.optimizers.SGD(FALLING)),
        ],
    ),
}


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
