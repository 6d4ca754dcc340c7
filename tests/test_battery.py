"""One battery for every registry entry; `settings.py` gives the examples."""

import importlib.util
from copy import deepcopy
from pathlib import Path

import keras
import numpy as np
import pytest

import recipes
from recipes import Part, registry
from recipes.errors import RecipeError
from recipes.resolve import resolve
from recipes.training.optimizer import PLATEAU, build_optimizer
from recipes.training.plan import load_for, make_plan
from recipes.training.saving import load_model, save_model
from recipes.training.scores import predict

pytestmark = pytest.mark.both_backends

_spec = importlib.util.spec_from_file_location(
    "settings", Path(__file__).with_name("settings.py")
)
settings = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(settings)

ROWS = [(kind, n) for kind in registry.MENU for n in registry.MENU[kind]]
X = np.random.default_rng(0).integers(0, 255, (12, 4, 4, 1)).astype("uint8")
Y = np.arange(12) % 3
TABLE = X.reshape(12, 16).astype("float32")
TEXTS = np.array(
    [f"word{n} {'alpha beta gamma'.split()[n % 3]}" for n in range(12)]
)


@pytest.fixture(params=ROWS, ids=lambda row: "-".join(row))
def row(request):
    return request.param


def recipe_with(kind, name):
    """Return a small recipe that has the example of this row in it."""
    part = Part(name, **settings.EXAMPLES[kind][name])
    around = settings.AROUND.get((kind, name), {})
    fields = {"dropout": 0.5, "batch_size": 12}
    make = recipes.image_classifier
    network = Part("cnn", filters=(4,), depth=1)
    if (kind, name) in settings.TEXT:
        make = recipes.text_classifier
        network = Part("bag_of_embeddings", embedding_dim=4, units=(4,))
    elif (kind, name) in settings.NUMBERS:
        make, network = recipes.tabular_regressor, Part("mlp", units=(4,))
    else:
        fields["image_size"] = (4, 4)
    fields["network"] = network
    if kind == "pooling":
        fields["network"] = network.replace(filters=(4, 4), pooling=part)
    else:
        fields[settings.FIELD_OF.get(kind, kind)] = part
    fields.update({k: Part(n, **config) for k, (n, config) in around.items()})
    return make(**fields)


def data_for(recipe):
    if recipe.task == "text_classifier":
        if keras.backend.backend() != "tensorflow":
            pytest.skip("texts need TensorFlow; the networks have tests")
    x = {
        "image_classifier": X,
        "tabular_regressor": TABLE,
        "text_classifier": TEXTS,
    }[recipe.task]
    y = 1 + Y * 0.5 if recipe.task == "tabular_regressor" else Y
    roles = ("train", "validation", "test")
    return load_for(recipe, {role: (x, y) for role in roles})


def train(recipe):
    """Build, fit one batch without compiling, and return the plan."""
    plan = make_plan(recipe, data_for(recipe))
    plan.model.run_eagerly = True
    plan.model.train_on_batch(*next(plan.loader.batches()))
    return plan


def test_every_entry_has_an_example_and_every_example_an_entry():
    examples = {(k, n) for k, names in settings.EXAMPLES.items() for n in names}
    assert examples == set(ROWS)


def test_json_round_trip(row):
    recipe = recipe_with(*row)
    assert recipes.Recipe.from_json(recipe.to_json()) == recipe


def test_a_misspelt_argument_is_refused(row):
    kind, name = row
    with pytest.raises(RecipeError, match="no such argument.*Legal"):
        registry.check(kind, Part(name, no_such_thing=1), kind)


def test_a_batch_is_fitted_saved_loaded_and_off_when_predicting(row, tmp_path):
    plan = train(recipe_with(*row))
    for variable in plan.model.variables:
        values = keras.ops.convert_to_numpy(variable)
        if values.dtype.kind == "f":
            assert np.isfinite(values).all(), variable.path
    outputs = predict(plan.serving, plan.data.test)
    again = predict(plan.serving, plan.data.test)
    np.testing.assert_array_equal(again, outputs)
    save_model(plan.serving, tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    found = predict(loaded, plan.data.test)
    np.testing.assert_allclose(found, outputs, atol=1e-6)


def test_the_same_seed_gives_the_same_step(row):
    first, second = (
        train(recipe_with(*row)).model.get_weights() for _ in range(2)
    )
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", settings.EXAMPLES["optimizer"])
def test_the_optimizer_survives_saving(name):
    recipe = resolve(recipe_with("optimizer", name))
    optimizer = build_optimizer(recipe, total_steps=10)
    config = keras.saving.serialize_keras_object(optimizer)
    again = keras.saving.deserialize_keras_object(deepcopy(config))
    assert keras.saving.serialize_keras_object(again) == config


@pytest.mark.parametrize(
    "kind, name, zero",
    [
        ("regularizer", "l2", {"l2": 0.0}),
        ("regularizer", "half_l2", {"l2": 0.0}),
        ("regularizer", "l1", {"l1": 0.0}),
        ("regularizer", "l1_l2", {"l1": 0.0, "l2": 0.0}),
        ("activation", "leaky_relu", {"negative_slope": 1.0}),
        ("activation", "elu", {"alpha": 0.0}),
    ],
)
def test_zero_strength_changes_nothing(kind, name, zero):
    built = registry.build(kind, Part(name, **zero))
    x = keras.ops.convert_to_tensor([[-1.0, 2.0]])
    found = keras.ops.convert_to_numpy(built(x))
    expected = {
        "regularizer": 0.0,
        "leaky_relu": [[-1.0, 2.0]],
        "elu": [[0.0, 2.0]],
    }.get(name, 0.0)
    np.testing.assert_allclose(found, expected)


def test_every_schedule_but_the_plateau_builds_for_any_length():
    for name in registry.names("schedule"):
        for steps in (1, 2, 1000):
            if name == PLATEAU:
                continue
            rate = registry.build(
                "schedule", Part(name), learning_rate=0.1, total_steps=steps
            )
            values = [
                float(rate(s)) if callable(rate) else rate
                for s in range(min(steps, 20))
            ]
            assert all(0 <= v <= 0.1 + 1e-6 for v in values), (name, values)
