"""One battery for every registry entry; `settings.py` gives the examples."""

import importlib.util
from copy import deepcopy
from pathlib import Path

import keras
import numpy as np
import pytest

import recipes
from recipes import Part, registry
from recipes.data.preprocessing import fit_layers
from recipes.errors import RecipeError
from recipes.network.build import build_networks
from recipes.resolve import resolve
from recipes.training.optimizer import PLATEAU, build_optimizer

pytestmark = pytest.mark.both_backends

_spec = importlib.util.spec_from_file_location(
    "settings", Path(__file__).with_name("settings.py")
)
settings = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(settings)

ROWS = [(kind, n) for kind in registry.MENU for n in registry.MENU[kind]]
X = np.random.default_rng(0).integers(0, 255, (12, 4, 4, 1)).astype("uint8")
Y = np.eye(3, dtype="float32")[np.arange(12) % 3]


@pytest.fixture(params=ROWS, ids=lambda row: "-".join(row))
def row(request):
    return request.param


def recipe_with(kind, name):
    field = settings.FIELD_OF.get(kind, kind)
    fields = {
        "network": Part("cnn", filters=(4,), depth=1),
        "dropout": 0.5,
        "image_size": (4, 4),
        field: Part(name, **settings.EXAMPLES[kind][name]),
    }
    return recipes.image_classifier(**fields)


def train(recipe):
    """Build, fit one batch without compiling, and return both networks."""
    recipe = resolve(recipe, steps_per_epoch=10, image_shape=(4, 4))
    data = recipes.data.load(
        {"train": (X, np.arange(12) % 3)}
        | {role: (X, np.arange(12) % 3) for role in ("validation", "test")}
    )
    networks = build_networks(recipe, (4, 4, 1), 3, fit_layers(recipe, data))
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    optimizer = build_optimizer(recipe, total_steps=10)
    networks.training.compile(optimizer, loss, run_eagerly=True)
    networks.training.train_on_batch(X, Y)
    return networks


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
    networks = train(recipe_with(*row))
    for variable in networks.training.variables:
        values = keras.ops.convert_to_numpy(variable)
        assert np.isfinite(values).all(), variable.path
    x = keras.ops.convert_to_tensor(X, "float32")
    outputs = keras.ops.convert_to_numpy(networks.serving(x, training=False))
    again = keras.ops.convert_to_numpy(networks.serving(x, training=False))
    np.testing.assert_array_equal(again, outputs)
    networks.serving.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    found = keras.ops.convert_to_numpy(loaded(x, training=False))
    np.testing.assert_allclose(found, outputs, atol=1e-6)


def test_the_same_seed_gives_the_same_step(row):
    first, second = (
        train(recipe_with(*row)).training.get_weights() for _ in range(2)
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
