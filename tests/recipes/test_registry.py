import keras
import pytest

import recipes
from recipes import Part, registry
from recipes.errors import RecipeError


def test_every_row_names_something_that_exists_and_has_a_summary():
    for kind in registry.kinds():
        for name in registry.names(kind):
            entry = registry.lookup(kind, name)
            assert callable(entry.builder()), (kind, name)
            assert entry.summary, (kind, name)
            assert "self" not in entry.arguments()


def test_every_default_of_ours_is_an_argument_of_the_target():
    for kind in registry.kinds():
        for name in registry.names(kind):
            entry = registry.lookup(kind, name)
            free = registry.Entry(kind, name, entry.target)
            legal = {*free.arguments(), "activation"}
            assert set(entry.defaults) <= legal, (kind, name)


def test_a_row_cannot_be_named_by_an_import_path():
    with pytest.raises(RecipeError, match="Legal"):
        registry.lookup("optimizer", "keras.optimizers.Adam")
    with pytest.raises(RecipeError, match="Legal"):
        registry.lookup("keras.optimizers", "Adam")


def test_register_adds_a_network_that_is_as_good_as_ours():
    def two_layers(inputs, layers, *, units=8):
        x = layers.dense(layers.flatten(inputs), units)
        return keras.layers.Dense(units)(x)  # a seed of its own is not needed

    recipes.register("network", "two_layers", two_layers, "an example")
    recipe = recipes.image_classifier(
        network=Part("two_layers", units=12), epochs=1
    )
    assert recipes.Recipe.from_json(recipe.to_json()) == recipe
    assert "two_layers" in registry.names("network")
    first, second = (recipe.build((8, 8, 1), 10) for _ in range(2))
    assert first.count_params() == second.count_params()
    with pytest.raises(RecipeError, match="Did you mean 'units'"):
        recipes.image_classifier(network=Part("two_layers", unit=12))


def test_register_a_keras_class_checks_its_arguments():
    class Halving(keras.optimizers.SGD):
        pass

    recipes.register("optimizer", "halving", Halving)
    recipes.tabular_classifier(optimizer=Part("halving", momentum=0.9))
    with pytest.raises(RecipeError, match="Did you mean 'momentum'"):
        recipes.tabular_classifier(optimizer=Part("halving", momentun=0.9))


def test_a_required_argument_is_asked_for():
    def wide(inputs, layers, *, units):
        return layers.dense(inputs, units)

    recipes.register("network", "wide", wide)
    with pytest.raises(RecipeError, match="needs units"):
        recipes.tabular_classifier(network="wide")


def test_kwargs_take_anything():
    def loose(inputs, layers, **options):
        return layers.dense(inputs, options.get("units", 4))

    recipes.register("network", "loose", loose)
    recipe = recipes.tabular_classifier(network=Part("loose", units=6))
    assert recipe.network.config["units"] == 6


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("networks", "x", print), "Did you mean 'network'"),
        (("network", "cnn", print), "built-in"),
        (("network", "", print), "non-empty"),
        (("network", "x", 3), "callable"),
    ],
)
def test_register_refuses(arguments, words):
    with pytest.raises(RecipeError, match=words):
        recipes.register(*arguments)


def test_a_value_that_the_builder_refuses_keeps_its_words():
    part = Part("batch_normalization", momentum=0.9, axis="wrong")
    with pytest.raises(RecipeError, match="batch_normalization"):
        registry.build("normalization", part)
