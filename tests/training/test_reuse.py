"""Compiled models used again: the same results as new ones, to the last bit."""

import functools
import gc
import tempfile
import weakref
from pathlib import Path

import keras
import numpy as np
import pytest

import recipes
from callbacks import SteadyConsole
from recipes import Part
from recipes.quiet import many_models
from recipes.training import dials
from recipes.training.candidate import fit_candidate
from recipes.training.kept_plan import Kept
from recipes.training.plan import load_for, make_plan
from recipes.training.reuse import Planner

CNN = Part("cnn", filters=(4,), depth=1)
MLP = Part("mlp", units=(8,))


def image(**fields):
    given = {
        "network": MLP,
        "epochs": 1,
        "batch_size": 30,
        "dropout": 0.1,
        "kernel_regularizer": Part("l2", l2=1e-3),
        "optimizer": Part("adamw", learning_rate=1e-2, weight_decay=1e-3),
        "validation_split": 0.2,
        "split_seed": 0,
    }
    return recipes.image_classifier(**{**given, **fields})


@pytest.fixture(scope="module")
def data(tiny_images):
    return load_for(image(), tiny_images)


def fit(recipe, data, place, planner):
    """Return all that a fit has found, and the weights it ended with."""
    plans = []

    def remembered(*given, **options):
        plans.append(planner(*given, **options))
        return plans[-1]

    quiet = SteadyConsole(quiet=True)
    with many_models():
        found = fit_candidate(recipe, data, place, quiet, planner=remembered)
    weights = [
        np.array(keras.ops.convert_to_numpy(v))
        for v in plans[-1].serving.variables
    ]
    return found, weights, plans[-1].model


@functools.cache
def fit_alone(text, data):
    """Fit a recipe, given as JSON, with a model of its own."""
    with tempfile.TemporaryDirectory() as place:
        recipe = recipes.Recipe.from_json(text)
        return fit(recipe, data, Path(place), make_plan)[:2]


def same(one, other):
    """Whether two fits are equal to the last bit."""
    return (
        one[0].history == other[0].history
        and one[0].metrics == other[0].metrics
        and one[0].recipe == other[0].recipe
        and all(map(np.array_equal, one[1], other[1]))
    )


def alike(one, other):
    """Whether two fits are equal but for the rounding of floats.

    A number that is a constant of the graph may be multiplied in another
    order than one that is read.
    """
    close = {"rtol": 1e-4, "atol": 1e-6}
    return (
        one[0].recipe == other[0].recipe
        and one[0].history.keys() == other[0].history.keys()
        and all(
            np.allclose(values, other[0].history[name], **close)
            for name, values in one[0].history.items()
        )
        and all(
            np.allclose(a, b, **close)
            for a, b in zip(one[1], other[1], strict=True)
        )
    )


def assert_reused(first, others, data, place, planner=None):
    """Fit one after another; each must be as with a model of its own."""
    planner = planner or Planner()
    before = fit(first, data, place, planner)
    for recipe in others:
        found = fit(recipe, data, place, planner)
        assert found[2] is before[2], recipe
        assert alike(found, fit_alone(recipe.to_json(), data)), recipe
    assert same(fit(first, data, place, planner), before)


def with_dials(recipe):
    """Return recipes that differ from one in every dial."""
    turned = {"seed": 3}
    part = recipe.optimizer.replace(learning_rate=3e-2)
    if "weight_decay" in part.config:
        part = part.replace(weight_decay=0.2)
    turned["optimizer"] = part
    if recipe.dropout:
        turned["dropout"] = 0.43
    if isinstance(recipe.kernel_regularizer, Part):
        part = recipe.kernel_regularizer
        changes = {name: 0.07 for name in part.config}
        turned["kernel_regularizer"] = part.replace(**changes)
    return recipe.replace(**turned)


tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="has more dials"
)


@pytest.mark.slow
@pytest.mark.both_backends
def test_all_dials_at_once(data, tmp_path):
    if keras.backend.backend() == "tensorflow":
        recipe = image()
        other = with_dials(recipe)
    else:  # a rate without a schedule, and the seed
        recipe = image(schedule="constant")
        part = recipe.optimizer.replace(learning_rate=0.05)
        other = recipe.replace(seed=1, optimizer=part)
    assert_reused(recipe, [other], data, tmp_path)


@tensorflow
@pytest.mark.slow
def test_every_dial_by_itself(data, tmp_path):
    adamw = image().optimizer
    others = [
        image(seed=4),
        image(dropout=0.35),
        image(optimizer=adamw.replace(learning_rate=0.1)),
        image(optimizer=adamw.replace(weight_decay=0.3)),
        image(kernel_regularizer=Part("l2", l2=0.1)),
        image(kernel_regularizer=Part("l2", l2=0)),
    ]
    assert_reused(image(), others, data, tmp_path)


@tensorflow
@pytest.mark.slow
def test_a_dial_that_is_a_constant_is_found(data, tmp_path, monkeypatch):
    monkeypatch.setattr(dials, "variable", Constant)
    recipe = image()
    planner = Planner()
    fit(recipe, data, tmp_path, planner)
    for change in (
        {"dropout": 0.35},
        {"optimizer": recipe.optimizer.replace(learning_rate=0.1)},
        {"optimizer": recipe.optimizer.replace(weight_decay=0.3)},
        {"kernel_regularizer": Part("l2", l2=0.1)},
    ):
        changed = recipe.replace(**change)
        found = fit(changed, data, tmp_path, planner)
        assert not same(found, fit_alone(changed.to_json(), data)), change


class Constant(float):
    """A number that nothing sets."""

    def assign(self, number):
        pass


def everything(**fields):
    return image(
        **{
            "network": CNN,
            "normalization": Part("batch_normalization"),
            "weight_average": Part("exponential_moving_average", momentum=0.9),
            "class_weight": "balanced",
            "early_stopping": Part("early_stopping", patience=1),
            "augmentation": ("standard",),
            "kernel_regularizer": Part("half_l2", l2=1e-3),
            "epochs": 2,
            **fields,
        }
    )


@tensorflow
@pytest.mark.slow
def test_what_a_fit_leaves_does_not_leak_into_the_next(data, tmp_path):
    recipe = everything(
        optimizer=Part(
            "sgdw",
            learning_rate=0.1,
            momentum=0.9,
            weight_decay=1e-3,
            gradient_accumulation_steps=2,
            global_clipnorm=1.0,
        ),
        schedule=Part("reduce_on_plateau", patience=1),
        epochs=4,
    )
    assert_reused(recipe, [with_dials(recipe)], data, tmp_path)


OPTIMIZERS = {
    "adamw": {"weight_decay": 0.01, "clipnorm": 1.0},
    "sgd": {"momentum": 0.9, "nesterov": True},
    "rmsprop": {"weight_decay": 0.01, "gradient_accumulation_steps": 2},
    "lion": {"weight_decay": 0.01, "global_clipnorm": 1.0},
    "adagrad": {},
    "nadam": {"weight_decay": 0.0},
    "lamb": {"clipvalue": 0.5},
    "adafactor": {},
    "ftrl": {},
}
SCHEDULES = [
    Part("constant"),
    Part("step", at=(0.3, 0.6)),
    Part("exponential"),
    Part("cosine", alpha=0.1),
    Part("warmup_cosine", warmup=0.3),
    Part("one_cycle"),
    Part("reduce_on_plateau", patience=1),
]
PENALTIES = [
    Part("l1", l1=1e-3),
    Part("l2", l2=1e-3),
    Part("half_l2", l2=1e-3),
    Part("l1_l2", l1=1e-3, l2=1e-2),
    None,
]


@tensorflow
@pytest.mark.slow
@pytest.mark.parametrize("number", range(9))
def test_every_optimizer_schedule_and_penalty(number, data, tmp_path):
    name = list(OPTIMIZERS)[number]
    recipe = everything(
        optimizer=Part(name, learning_rate=1e-3, **OPTIMIZERS[name]),
        schedule=SCHEDULES[number % len(SCHEDULES)],
        kernel_regularizer=PENALTIES[number % len(PENALTIES)],
        dropout=(0.1, 0.0)[number % 2],
        augmentation=None,
    )
    assert_reused(recipe, [with_dials(recipe)], data, tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"dropout": 0.0},
        {"label_smoothing": 0.05},
        {"epochs": 2},
        {"batch_size": 20},
        {"kernel_regularizer": None},
        {"activation": "elu"},
        {"network": Part("mlp", units=(9,))},
        {"schedule": Part("warmup_cosine", warmup=0.3)},
        {"optimizer": Part("adamw", learning_rate=1e-2)},
        {"optimizer": Part("sgd", learning_rate=1e-2)},
        {"weight_average": "exponential_moving_average"},
    ],
    ids=str,
)
def test_what_is_no_dial_makes_a_model_of_its_own(change, data, planned):
    planner, model = planned
    assert planner(image(**change), data).model is not model


@pytest.fixture(scope="module")
def planned(data):
    planner = Planner(most=100)
    return planner, planner(image(), data).model


def test_callbacks_that_watch_steps_make_a_model_of_their_own(data, planned):
    planner, model = planned
    watching = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: None
    )
    plan = planner(image(), data, [watching])
    assert plan.model is not model and plan.steps_per_execution == 1
    assert planner(image(), data).steps_per_execution > 1


def test_other_data_make_a_model_of_their_own(data, tiny_images):
    x, y = tiny_images
    planner = Planner()
    model = planner(image(), data).model
    assert planner(image(), load_for(image(), (x // 2, y))).model is not model


def test_networks_of_a_user_keep_their_numbers(data):
    def own(inputs, layers):
        rate = layers.recipe.dropout
        return layers.flatten(inputs) * (1 - rate)

    recipes.register("network", "own", own)
    recipe = image(network="own")
    planner = Planner(most=9)
    model = planner(recipe, data).model
    assert planner(recipe.replace(dropout=0.2), data).model is not model
    assert planner(recipe.replace(seed=1), data).model is not model
    part = recipe.optimizer.replace(learning_rate=0.3)
    again = planner(recipe.replace(optimizer=part), data).model
    assert (again is model) == (keras.backend.backend() == "tensorflow")


@keras.saving.register_keras_serializable(package="tests")
class OwnPooling(keras.layers.MaxPooling2D):
    def __init__(self, seed=0, name=None):
        super().__init__(name=name)
        self.seed = seed  # a constant of the traced step

    def call(self, x):
        noise = keras.random.uniform(keras.ops.shape(x), seed=self.seed)
        return super().call(x + noise)


@pytest.mark.parametrize(
    "pooling, again", [("own_pooling", False), ("fractional_max_pooling", True)]
)
def test_what_is_the_users_has_the_seed_inside(pooling, again, data):
    recipes.register("pooling", "own_pooling", OwnPooling)
    network = CNN.replace(pooling=Part(pooling))
    recipe, planner = image(network=network), Planner()
    model = planner(recipe, data).model
    assert (planner(recipe.replace(seed=1), data).model is model) == again


def test_only_so_many_models_are_kept(data):
    planner = Planner(most=2)
    seen = []
    for units in (4, 5, 6):
        recipe = image(network=Part("mlp", units=(units,)))
        seen.append(weakref.ref(planner(recipe, data).model))
    gc.collect()
    assert [model() is None for model in seen] == [True, False, False]


def frozen(**fields):
    given = {
        "strategy": "frozen",
        "epochs": 1,
        "dropout": 0.1,
        "optimizer": Part("adamw", learning_rate=1e-2, weight_decay=1e-3),
        "split_seed": 0,
    }
    return recipes.image_fine_tuner("glyphnet", **{**given, **fields})


@tensorflow
def test_heads_on_features(data, tmp_path):
    recipe, planner = frozen(), Planner()
    assert_reused(recipe, [with_dials(recipe)], data, tmp_path, planner)
    # Of the backbone, which a seed does not change, nothing is held.
    kept = planner(recipe, data).kept
    assert set(kept.starts) == {0, 3}
    for values in kept.starts.values():
        size = sum(value.size for value in values)
        assert 0 < size < kept.plan.network.count_params() / 10


def test_of_what_is_not_used_again_nothing_is_held(data):
    given = frozen(strategy="full"), data
    kept = Kept(*given)
    assert not kept.usable and not kept.starts
    assert Planner()(*given).kept is None


@pytest.mark.parametrize(
    "fields, again",
    [
        ({"strategy": "full"}, False),
        ({"augmentation": "standard", "strategy": "frozen"}, True),
        ({"weights": None, "normalization_statistics": "frozen"}, False),
    ],
    ids=str,
)
@tensorflow
@pytest.mark.slow
def test_which_backbones_are_used_again(fields, again, data, tmp_path):
    first, other = frozen(**fields), with_dials(frozen(**fields))
    planner = Planner()
    before = fit(first, data, tmp_path, planner)
    for recipe in (other, first):
        found = fit(recipe, data, tmp_path, planner)
        assert same(found, fit_alone(recipe.to_json(), data)), recipe
        assert (found[2] is before[2]) == again
