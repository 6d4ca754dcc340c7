import keras
import numpy as np
import pytest

import recipes
from recipes import Part, registry
from recipes.resolve import DIAL, DIVIDING, resolve


@pytest.mark.parametrize("level", DIAL)
def test_the_dial_sets_what_is_not_given(level):
    dropout, decay, smoothing = DIAL[level]
    resolved = recipes.image_classifier(regularization=level).resolve()
    assert resolved.dropout == dropout
    assert resolved.label_smoothing == smoothing
    assert resolved.optimizer.config["weight_decay"] == decay
    assert resolved.kernel_regularizer is None


def test_an_explicit_field_overrides_the_dial():
    resolved = recipes.image_classifier(
        regularization="strong",
        dropout=0.0,
        label_smoothing=0.0,
        optimizer=Part("adamw", weight_decay=0.5),
        kernel_regularizer="l1",
    ).resolve()
    assert resolved.dropout == 0.0
    assert resolved.label_smoothing == 0.0
    assert resolved.optimizer.config["weight_decay"] == 0.5
    assert resolved.kernel_regularizer == Part("l1")


def test_a_given_penalty_takes_the_place_of_the_dials_decay():
    recipe = recipes.image_classifier(
        regularization="strong", kernel_regularizer="l2"
    )
    assert recipe.resolve().optimizer.config["weight_decay"] == 0.0
    none = recipe.replace(kernel_regularizer=None)
    assert none.resolve().optimizer.config["weight_decay"] == 0.05


def test_a_coupled_optimizer_gets_a_penalty_in_place_of_decay():
    resolved = recipes.image_classifier(
        regularization="medium", optimizer="sgd"
    ).resolve()
    assert resolved.kernel_regularizer.name == "l2"
    assert "weight_decay" not in resolved.optimizer.config
    none = recipes.image_classifier(regularization="none", optimizer="sgd")
    assert none.resolve().kernel_regularizer is None


@pytest.mark.parametrize("name", registry.MENU["optimizer"])
def test_the_dials_decay_is_never_divided_by_the_gradient(name):
    """What an optimizer does is measured, with gradients of ±0.1 and ±10.

    One that moves both weights alike would divide a penalty as well.
    """
    built = registry.build("optimizer", Part(name, learning_rate=0.01))
    weights = keras.Variable([1.0, 1.0], name="kernel")
    for sign in np.sign(np.random.default_rng(0).normal(size=8)):
        gradient = np.array([0.1, 10], "float32") * sign
        built.apply([keras.ops.convert_to_tensor(gradient)], [weights])
    moved = np.abs(np.asarray(weights) - 1)
    divides = moved[1] < 10 * moved[0]
    resolved = recipes.image_classifier(optimizer=name).resolve()
    penalty = resolved.kernel_regularizer is not None
    decay = resolved.optimizer.config.get("weight_decay")
    assert divides == (name in (*DIVIDING, "ftrl"))
    assert (decay == DIAL["light"][1]) == (name in DIVIDING + ("sgdw",))
    assert penalty == (name in ("sgd", "ftrl"))
    none = recipes.image_classifier(optimizer=name, regularization="none")
    assert none.resolve().kernel_regularizer is None
    assert not none.resolve().optimizer.config.get("weight_decay")


def test_regressors_have_no_label_smoothing():
    recipe = recipes.tabular_regressor(regularization="strong")
    assert recipe.resolve().label_smoothing == 0.0


@pytest.mark.parametrize(
    "steps, momentum", [(2, 0.9), (18, 1 - 1 / 18), (5000, 0.99)]
)
def test_momentum_remembers_about_an_epoch(steps, momentum):
    recipe = recipes.image_classifier()
    found = resolve(recipe, steps_per_epoch=steps).normalization
    assert found.config["momentum"] == pytest.approx(momentum)


@pytest.mark.parametrize(
    "steps, epochs, remembered",
    [(1, 1, 1), (1, 3, 3), (2, 4, 8), (1, 10, 10), (1, 30, 10), (18, 1, 18)],
)
def test_momentum_never_remembers_more_than_the_run(steps, epochs, remembered):
    recipe = recipes.image_classifier(epochs=epochs)
    found = resolve(recipe, steps_per_epoch=steps).normalization
    assert found.config["momentum"] == pytest.approx(1 - 1 / remembered)


def test_a_given_momentum_stays():
    part = Part("batch_normalization", momentum=0.5)
    recipe = recipes.image_classifier(normalization=part)
    assert resolve(recipe, steps_per_epoch=18).normalization == part


def test_tiny_images_are_enlarged_and_others_are_not():
    recipe = recipes.image_classifier()
    assert resolve(recipe, image_shape=(8, 8)).image_size == (16, 16)
    assert resolve(recipe, image_shape=(3, 9)).image_size == (24, 72)
    assert resolve(recipe, image_shape=(28, 30)).image_size == (28, 30)


def test_resolving_twice_changes_nothing():
    once = recipes.image_classifier().resolve()
    assert once.resolve() == once


def test_the_seed_of_the_splits_is_left_open():
    recipe = recipes.image_classifier(seed=4)
    assert recipe.resolve().split_seed is None
    assert recipe.replace(split_seed=0).resolve().split_seed == 0
