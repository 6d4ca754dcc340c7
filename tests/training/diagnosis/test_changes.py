"""The changes that follow: legal for every task, and in the direction said."""

from types import SimpleNamespace

import pytest

import recipes
from recipes import Part
from recipes.training.diagnosis import changes
from recipes.training.diagnosis.course import _cosine, noisy_changes
from recipes.training.diagnosis.labels import calmer

RECIPES = {
    "image_classifier": recipes.image_classifier(),
    "image_regressor": recipes.image_regressor(),
    "image_fine_tuner": recipes.image_fine_tuner("glyphnet"),
    "full": recipes.image_fine_tuner("glyphnet", strategy="full"),
    "tabular_classifier": recipes.tabular_classifier(),
    "tabular_regressor": recipes.tabular_regressor(),
    "text_classifier": recipes.text_classifier(),
    "transformer": recipes.text_classifier(network="transformer"),
    "resnet": recipes.image_classifier(network="resnet"),
    "selu": recipes.tabular_classifier(activation="selu"),
    "sgd": recipes.tabular_classifier(
        optimizer=Part("sgd", learning_rate=0.1, clipnorm=1.0),
        regularization="none",
    ),
    "labels": recipes.image_classifier(multi_label=True),
}


def resolved(name):
    return RECIPES[name].resolve().replace(epochs=10)


def all_changes(recipe):
    rate = recipe.optimizer.config["learning_rate"]
    shown = SimpleNamespace(recipe=recipe, rate=rate)
    return {
        "stronger": changes.stronger(recipe),
        "weaker": changes.weaker(recipe),
        "larger": changes.larger(recipe),
        "longer": changes.longer(recipe),
        "lower": changes.rate_times(shown, 0.1),
        "higher": changes.rate_times(shown, 10.0),
        "clipped": changes.clipped(shown),
        "cosine": _cosine(shown),
        "noisy": noisy_changes(recipe),
        **(
            {"calmer": calmer(recipe)} if "regressor" not in recipe.task else {}
        ),
    }


@pytest.mark.parametrize("name", RECIPES)
def test_every_change_runs_on_every_task(name):
    recipe = resolved(name)
    for what, given in all_changes(recipe).items():
        changed = recipe.replace(**given)
        again = recipes.Recipe.from_json(changed.to_json()).resolve()
        assert again.epochs >= 10
        assert changed != recipe or what in ("weaker",), what


@pytest.mark.parametrize("name", RECIPES)
def test_stronger_goes_on_getting_stronger_and_stays_legal(name):
    recipe, dropout = resolved(name), 0.0
    for _ in range(6):
        recipe = recipe.replace(**changes.stronger(recipe))
        assert recipe.dropout >= dropout
        dropout = recipe.dropout
    assert recipe.regularization == "strong"


def test_stronger_and_weaker_take_the_optimizers_own_kind_of_decay():
    adam = resolved("tabular_classifier")
    assert "kernel_regularizer" not in changes.stronger(adam)
    decay = changes.stronger(adam)["optimizer"].config["weight_decay"]
    assert decay == 1e-2
    sgd = changes.stronger(resolved("sgd"))
    assert sgd["kernel_regularizer"].name == "l2" and "optimizer" not in sgd
    held = adam.replace(dropout=0.8, kernel_regularizer=Part("l1", l1=0.1))
    freed = held.replace(**changes.weaker(held))
    assert freed.dropout == 0 and freed.kernel_regularizer is None


def test_images_are_augmented_before_the_dial_goes_higher():
    assert changes.stronger(resolved("image_classifier")) == {
        "augmentation": "standard"
    }
    none = resolved("image_classifier").replace(regularization="none")
    assert changes.stronger(none)["regularization"] == "light"


def test_a_small_network_is_made_four_times_as_wide_a_large_one_twice():
    for units, wider in (((2,), (8,)), ((64, 32), (128, 64))):
        recipe = resolved("tabular_classifier")
        recipe = recipe.replace(network=Part("mlp", units=units))
        assert changes.larger(recipe)["network"].config["units"] == wider
    given = changes.larger(resolved("image_fine_tuner"))
    assert given == {"strategy": Part("full")}
    assert changes.larger(resolved("full")) == {"epochs": 20}


def test_gradients_that_are_clipped_are_not_clipped_otherwise():
    recipe = resolved("sgd")
    shown = SimpleNamespace(recipe=recipe, rate=0.1)
    config = changes.clipped(shown)["optimizer"].config
    assert config == {"learning_rate": 0.01, "clipnorm": 1.0}
