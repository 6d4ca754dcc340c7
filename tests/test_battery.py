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

ROWS = [
    (kind, name)
    for kind in registry.MENU
    for name in registry.MENU[kind]
    if kind not in settings.ELSEWHERE or (kind, name) in settings.TUNED
]
X = np.random.default_rng(0).integers(0, 255, (12, 4, 4, 1)).astype("uint8")
Y = np.arange(12) % 3
COLORS = np.stack([X[..., 0], X[::-1, ..., 0], X[..., 0].mT], axis=-1)
TABLE = X.reshape(12, 16).astype("float32")
TEXTS = np.array(
    [f"word{n} {'alpha beta gamma'.split()[n % 3]}" for n in range(12)]
)
TRAINED = {}  # weights of rows, for the next test


@pytest.fixture(params=ROWS, ids=lambda row: "-".join(row))
def row(request):
    return request.param


def recipe_with(kind, name, strength=True):
    """Return a small recipe that has the example of this row in it.

    Without `strength` the same technique at its zero, where it has one.
    """
    config = dict(settings.EXAMPLES[kind][name])
    zero = config.pop("zero", None) or {}
    part = Part(name, **config | ({} if strength else zero))
    around = settings.AROUND.get((kind, name), {})
    fields = {"dropout": 0.5 if strength else 0.0, "batch_size": 12}
    make = recipes.image_classifier
    network = Part("cnn", filters=(4,), depth=1)
    if (kind, name) in settings.TEXT:
        make = recipes.text_classifier
        network = Part("bag_of_embeddings", embedding_dim=4, units=(4,))
    elif (kind, name) in settings.TUNED:
        make = recipes.image_fine_tuner
        fields |= {"backbone": "glyphnet", "image_size": (32, 32)}
    elif (kind, name) in settings.NUMBERS:
        make, network = recipes.tabular_regressor, Part("mlp", units=(4,))
    else:
        fields["image_size"] = (4, 4)
    if (kind, name) in settings.TUNED:
        fields.pop("dropout")
        network = Part("head")
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
        "image_classifier": COLORS if recipe.augmentation else X,
        "image_fine_tuner": X,
        "tabular_regressor": TABLE,
        "text_classifier": TEXTS,
    }[recipe.task]
    y = 1 + Y * 0.5 if recipe.task == "tabular_regressor" else Y
    roles = ("train", "validation", "test")
    return load_for(recipe, {role: (x, y) for role in roles})


def train(recipe):
    """Build, fit one batch and return the plan; nothing is compiled.

    (tests/training/exact/test_every_entry.py compiles every row.)
    """
    plan = make_plan(recipe, data_for(recipe))
    plan.model.run_eagerly = plan.serving.run_eagerly = True
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
    TRAINED[row] = plan.model.get_weights()
    for variable in plan.model.variables:
        values = keras.ops.convert_to_numpy(variable)
        if values.dtype.kind == "f":
            assert np.isfinite(values).all(), variable.path
    outputs = predict(plan.serving, plan.data.test)
    without = make_plan(recipe_with(*row, strength=False), plan.data)
    without.serving.set_weights(plan.serving.get_weights())
    without.serving.run_eagerly = True
    again = predict(without.serving, plan.data.test)
    np.testing.assert_allclose(again, outputs, rtol=1e-6, atol=1e-6)
    save_model(plan.serving, tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    loaded.run_eagerly = True
    found = predict(loaded, plan.data.test)
    np.testing.assert_allclose(found, outputs, atol=1e-6)


def test_the_same_seed_gives_the_same_step(row):
    first = TRAINED.get(row) or train(recipe_with(*row)).model.get_weights()
    second = train(recipe_with(*row)).model.get_weights()
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", settings.EXAMPLES["optimizer"])
def test_the_optimizer_survives_saving(name):
    recipe = resolve(recipe_with("optimizer", name))
    optimizer = build_optimizer(recipe, total_steps=10)
    config = keras.saving.serialize_keras_object(optimizer)
    again = keras.saving.deserialize_keras_object(deepcopy(config))
    assert keras.saving.serialize_keras_object(again) == config


def test_every_row_that_has_a_strength_says_its_zero():
    for kind in settings.WITH_STRENGTH:
        for name, config in settings.EXAMPLES[kind].items():
            assert "zero" in config, f'{kind}/{name}: say "zero": {{…}} or None'
    for kind, rows in settings.EXAMPLES.items():
        zeros = [config.get("zero") for config in rows.values()]
        assert kind in settings.WITH_STRENGTH or not any(zeros)


def penalty(plan):
    return sum(float(loss) for loss in plan.model.losses)


def noise(plan):
    """Return how far outputs in training are from those when predicting."""
    x, *_ = next(plan.loader.batches())
    trained, predicted = (
        keras.ops.convert_to_numpy(plan.model(x, training=training))
        for training in (True, False)
    )
    return abs(trained - predicted).max()


def lag(plan):
    """Return how far the averages of the weights are behind the weights."""
    variables = plan.model.trainable_variables
    plan.model.run_eagerly = True
    for batch, _ in zip(plan.loader.batches(), range(3), strict=False):
        plan.model.train_on_batch(*batch)
    raw = [np.array(v) for v in variables]
    plan.model.optimizer.finalize_variable_values(variables)
    return max(
        abs(np.array(v) - w).max() for v, w in zip(variables, raw, strict=True)
    )


def smoothed(plan):
    """Return how far the loss is from the cross-entropy by hand."""
    x, y, *_ = next(plan.loader.batches())
    logits = keras.ops.convert_to_numpy(plan.model(x)).astype("float64")
    found = float(plan.model.compute_loss(x, y, plan.model(x)))
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    y = np.asarray(y)
    truth = y.argmax(1) if y.ndim == 2 and y.shape[1] > 1 else y.ravel()
    return abs(found + np.log(shares[np.arange(len(y)), truth]).mean())


def changed(plan):
    """Return how far the loader's examples are from those of the split."""
    split = plan.data.train
    x, *_ = next(plan.loader.batches())
    raw = split.read()
    if plan.data.features == "text":
        raw = plan.prepared.train.read()
    order = plan.loader.order(0)[: len(x)]
    return abs(raw[order].astype("float64") - x).max()


EFFECTS = {
    "network": noise,
    "regularizer": penalty,
    "weight_average": lag,
    "augmentation": changed,
}


@pytest.mark.parametrize(
    "kind, name",
    [
        (kind, name)
        for kind in settings.WITH_STRENGTH
        for name, config in settings.EXAMPLES[kind].items()
        if config.get("zero")
    ],
)
def test_zero_strength_changes_nothing(kind, name):
    effect = EFFECTS[kind]
    recipe = recipe_with(kind, name, strength=False)
    recipe = recipe.replace(normalization=None)  # which has a training mode
    plan = make_plan(recipe, data_for(recipe))
    assert effect(plan) <= 1e-7
    strong = getattr(recipe_with(kind, name), settings.FIELD_OF.get(kind, kind))
    strong = recipe.replace(**{settings.FIELD_OF.get(kind, kind): strong})
    assert effect(make_plan(strong, plan.data)) > 1e-4


@pytest.mark.parametrize(
    "field, effect, strength",
    [("dropout", noise, 0.5), ("label_smoothing", smoothed, 0.1)],
)
def test_a_field_of_zero_changes_nothing(field, effect, strength):
    recipe = recipe_with("network", "mlp", strength=False)
    recipe = recipe.replace(normalization=None, regularization="none")
    data = data_for(recipe)
    for value in (0.0, strength):
        plan = make_plan(recipe.replace(**{field: value}), data)
        found = effect(plan)
        assert found > 1e-3 if value else found <= 1e-6, (value, found)


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
