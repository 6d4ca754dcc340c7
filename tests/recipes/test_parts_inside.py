"""Parts that stand in another Part's arguments."""

import pytest

import recipes
from recipes import Choice, Float, Part, registry
from recipes.errors import RecipeError
from recipes.setting import change

FRACTIONAL = Part("fractional_max_pooling", ratio=1.41)


def with_pooling(pooling):
    return recipes.image_classifier(network=Part("cnn", pooling=pooling))


def test_a_part_inside_survives_json():
    recipe = with_pooling(FRACTIONAL)
    assert recipe.network.config["pooling"] == FRACTIONAL
    assert recipes.Recipe.from_json(recipe.to_json()) == recipe


@pytest.mark.parametrize(
    "pooling, words",
    [
        ("max_poling", "Did you mean 'max_pooling'"),
        (Part("fractional_max_pooling", ration=1.5), "Did you mean 'ratio'"),
        (Part("relu"), "no pooling has this name"),
        (2, "a Part or a name of the kind pooling"),
        (None, "a Part or a name of the kind pooling"),
        (Float(1.0, 2.0), "a Part or a name of the kind pooling"),
        (Choice(["max_pooling", "nothing"]), "no pooling has this name"),
    ],
)
def test_what_cannot_stand_inside_is_refused_with_its_path(pooling, words):
    with pytest.raises(RecipeError, match=words) as error:
        with_pooling(pooling)
    assert "`network/pooling" in str(error.value)


def test_a_part_where_none_belongs_is_refused():
    with pytest.raises(RecipeError, match="takes no Part here"):
        recipes.image_classifier(network=Part("cnn", kernel_size=Part("l2")))


def test_ranges_inside_have_their_path():
    inside = Part("fractional_max_pooling", ratio=Float(1.2, 1.8))
    assert list(with_pooling(inside).ranges()) == ["network/pooling/ratio"]
    choice = with_pooling(Choice(["max_pooling", inside]))
    assert list(choice.ranges()) == [
        "network/pooling",
        "network/pooling/fractional_max_pooling/ratio",
    ]


def test_the_command_line_reaches_inside():
    recipe = change(
        recipes.image_classifier(),
        [
            'network/pooling={"part": "fractional_max_pooling"}',
            "network/pooling/ratio=1.3",
        ],
    )
    inside = recipe.network.config["pooling"]
    assert inside == Part("fractional_max_pooling", ratio=1.3)
    named = change(
        recipes.image_classifier(),
        [
            "network/pooling=fractional_max_pooling",
            "network/pooling/ratio=1.3",
        ],
    )
    assert named == recipe


def test_a_networks_own_activation_takes_the_fields_place():
    inside = recipes.tabular_classifier(network=Part("mlp", activation="selu"))
    field = recipes.tabular_classifier(activation="selu", network=Part("mlp"))
    assert inside.resolve() == field.resolve()
    assert inside.resolve().kernel_initializer == Part("lecun_normal")
    neither = recipes.tabular_classifier(network=Part("mlp", activation=None))
    assert neither.resolve().activation == Part("relu")
    with pytest.raises(RecipeError, match="Did you mean 'selu'"):
        recipes.tabular_classifier(network=Part("mlp", activation="sellu"))


def test_two_activations_that_differ_are_refused():
    selu = Part("mlp", activation="selu")
    with pytest.raises(RecipeError, match="one field.*tanh.*selu"):
        recipes.tabular_classifier(network=selu, activation="tanh")
    twice = recipes.tabular_classifier(network=selu, activation="selu")
    assert twice.resolve().activation == Part("selu")
    with pytest.raises(RecipeError, match="one field"):
        twice.replace(activation="tanh")
    with pytest.raises(RecipeError, match="one field"):
        twice.replace(activation=Part("relu", negative_slope=0.1))
    moved = twice.replace(activation="tanh", network="mlp")
    assert moved.resolve().activation == Part("tanh")
    several = recipes.Choice(["tanh", "selu"])
    searched = recipes.tabular_classifier(network=selu, activation=several)
    assert searched.replace(activation="selu").resolve() == twice.resolve()
    with pytest.raises(RecipeError, match="one field"):
        searched.replace(activation="tanh")


def test_a_users_network_keeps_an_activation_argument_of_its_own():
    seen = []

    def own(inputs, layers, *, activation="loud"):
        seen.append((activation, layers.recipe.activation.name))
        return layers.dense(layers.flatten(inputs), 4)

    registry.register("network", "own", own)
    recipe = recipes.tabular_classifier(network=Part("own", activation="soft"))
    recipe.build((3,), 2)
    recipe.replace(activation="tanh").build((3,), 2)
    assert seen == [("soft", "relu"), ("soft", "tanh")]


def test_a_users_network_without_one_gets_the_recipes():
    seen = []

    def own(inputs, layers):
        seen.append(layers.recipe.activation.name)
        return layers.dense(layers.flatten(inputs), 4)

    registry.register("network", "own", own)
    recipe = recipes.tabular_classifier(network=Part("own", activation="elu"))
    recipe.build((3,), 2)
    assert seen == ["elu"]
