import dataclasses
import pickle

import numpy as np
import pytest

import recipes
from recipes.errors import RecipeError
from recipes.fields import FIELDS
from recipes.recipe import Recipe

MAKERS = {
    "image_classifier": recipes.image_classifier,
    "tabular_classifier": recipes.tabular_classifier,
    "tabular_regressor": recipes.tabular_regressor,
}


@pytest.fixture(params=sorted(MAKERS))
def recipe(request):
    return MAKERS[request.param]()


def test_the_fields_and_their_constraints_are_the_same_names():
    assert [f.name for f in dataclasses.fields(Recipe)] == list(FIELDS)


def test_it_is_frozen_and_keyword_only(recipe):
    with pytest.raises(dataclasses.FrozenInstanceError):
        recipe.dropout = 0.5
    with pytest.raises(TypeError):
        Recipe("image_classifier")


def test_json_is_exact(recipe):
    text = recipe.to_json()
    again = Recipe.from_json(text)
    assert again == recipe
    assert again.to_json() == text
    assert pickle.loads(pickle.dumps(recipe)) == recipe


def test_json_keeps_parts_ranges_and_every_digit():
    recipe = recipes.image_classifier(
        dropout=recipes.Float(0.1, 0.6, step=0.1),
        activation=recipes.Choice(["relu", recipes.Part("elu", alpha=0.1)]),
        normalization=recipes.Choice([None, "batch_normalization"]),
        batch_size=recipes.Int(16, 64, step=16),
        drop_remainder=recipes.Boolean(),
        optimizer=recipes.Part(
            "adamw",
            learning_rate=recipes.Float(1e-4, 0.1, sampling="log"),
            weight_decay=0.1 + 0.2,
        ),
        kernel_regularizer=recipes.Part("l1", l1=0.01),
        network=recipes.Part(
            "cnn", filters=recipes.Choice([[16, 32], [32, 64]])
        ),
    )
    again = Recipe.from_json(recipe.to_json())
    assert again == recipe
    assert again.optimizer.config["weight_decay"] == 0.1 + 0.2
    assert again.kernel_regularizer.config["l1"] == 0.01


def test_replace_makes_a_changed_copy(recipe):
    changed = recipe.replace(epochs=7)
    assert (changed.epochs, changed.replace(epochs=recipe.epochs)) == (
        7,
        recipe,
    )
    assert changed != recipe


@pytest.mark.parametrize("name", [n for n in FIELDS if n != "task"])
def test_every_invalid_value_is_refused_with_its_path(name):
    for wrong in FIELDS[name].invalid():
        with pytest.raises(RecipeError, match=f"`{name}`") as caught:
            recipes.image_classifier(**{name: wrong})
        assert "Received" in str(caught.value)


@pytest.mark.parametrize(
    "fields, words",
    [
        ({"dropuot": 0.2}, "Did you mean 'dropout'"),
        ({"activation": "rellu"}, "Did you mean 'relu'"),
        ({"network": recipes.Part("cnnn")}, "Did you mean 'cnn'"),
        (
            {"optimizer": recipes.Part("adam", learning_rat=1)},
            "`optimizer/learning_rat`.*Did you mean 'learning_rate'",
        ),
        (
            {"optimizer": recipes.Part("sgd", momentun=0.9)},
            "Did you mean 'momentum'",
        ),
        ({"network": recipes.Part("cnn", inputs=1)}, "no such argument"),
        ({"activation": recipes.Part("gelu", activation="relu")}, "no such"),
        ({"dropout": float("nan")}, "finite"),
        ({"epochs": recipes.Float(1, 10)}, "search it with Int"),
        (
            {"network": recipes.Part("cnn", filters=recipes.Part("relu"))},
            "takes no Part here",
        ),
        (
            {"network": recipes.Part("cnn", depth=(1, recipes.Part("l2")))},
            "takes no Part here",
        ),
        ({"optimizer": recipes.Part("adamw", use_ema=True)}, "no such"),
        ({"network": print}, "recipes.register"),
        ({"dropout": recipes.Float(0.0, 1.5)}, "`dropout`"),
        ({"activation": recipes.Choice(["relu", "rellu"])}, "Did you mean"),
        ({"validation_split": 0.5, "test_split": 0.5}, "below 1"),
        ({"image_size": None}, "image_size"),
    ],
)
def test_mistakes_fail_at_construction_and_name_the_mend(fields, words):
    with pytest.raises(RecipeError, match=words):
        recipes.image_classifier(**fields)
    if not {"validation_split", "dropuot"} & set(fields):
        with pytest.raises(RecipeError, match=words):
            recipes.image_classifier().replace(**fields)


def test_label_smoothing_and_image_size_belong_to_their_tasks():
    with pytest.raises(RecipeError, match="label_smoothing"):
        recipes.tabular_regressor(label_smoothing=0.1)
    with pytest.raises(RecipeError, match="image_size"):
        recipes.tabular_classifier(image_size=(8, 8))


def test_the_class_itself_names_a_misspelt_field():
    with pytest.raises(RecipeError, match="Did you mean 'network'"):
        Recipe(task="image_classifier", netwrk="cnn")


def test_numpy_ends_of_a_range_become_numbers():
    found = recipes.Float(np.float32(0.5), np.float64(1.0))
    assert (type(found.min_value), found.min_value) == (float, 0.5)
    assert recipes.Choice(np.array([1, 2])).values == (1, 2)


@pytest.mark.parametrize("shape", [(None, None, 3), 5, (-3,), (0,), "abc"])
def test_odd_shapes_are_refused(recipe, shape):
    with pytest.raises(RecipeError, match="input_shape"):
        recipe.build(shape, 3)


@pytest.mark.parametrize("returned", [None, "inputs", "layer"])
def test_a_network_must_return_features(returned):
    import keras

    def odd(inputs, layers):
        values = {"inputs": keras.layers.Reshape((5, 1))(inputs)}
        values["layer"] = keras.layers.Dense(3)
        return values.get(returned)

    recipes.register("network", "odd", odd)
    recipe = recipes.tabular_classifier(network="odd")
    with pytest.raises(RecipeError, match="'odd' must return features"):
        recipe.build((5,), 3)


def test_a_bare_string_is_short_for_a_part():
    assert recipes.image_classifier(network="resnet") == (
        recipes.image_classifier(network=recipes.Part("resnet"))
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '{"task": "image_classifier"}',
        '{"network": "mlp"}',
        '{"task": "image_classifier", "network": "mlp", "epochs": NaN}',
        '{"task": "tabular_classifier", "network": "mlp", "color": 1}',
        '{"task": "tabular_classifier", "task": "x", "network": "mlp"}',
        '{"task": "tabular_classifier", "network": {"part": "os.system"}}',
        '{"task": "tabular_classifier", "network": {"part": 3}}',
        '{"task": "tabular_classifier", "network": {"range": "Evil"}}',
        '{"task": "tabular_classifier", "network": {"range": ["x"]}}',
        '{"task": {"part": "l2"}, "network": "mlp"}',
        '{"task": ["x"], "network": "mlp"}',
        "[" * 100_000,
        '{"task": "tabular_classifier", "network": "mlp", "seed": 1'
        + "0" * 5000
        + "}",
        None,
        {"task": "tabular_classifier"},
    ],
)
def test_from_json_refuses_what_is_no_recipe(text):
    with pytest.raises(RecipeError):
        Recipe.from_json(text)


def test_open_ranges_are_named_by_their_paths():
    recipe = recipes.tabular_classifier(
        dropout=recipes.Float(0, 0.5),
        optimizer=recipes.Part("adam", learning_rate=recipes.Float(0.1, 0.2)),
    )
    assert set(recipe.ranges()) == {"dropout", "optimizer/learning_rate"}
    with pytest.raises(RecipeError, match="`optimizer/learning_rate`"):
        recipe.fit("iris")


def test_build_without_data(recipe):
    shape = (8, 8, 1) if recipe.task == "image_classifier" else (5,)
    assert recipe.build(shape, 3).output_shape == (None, 3)
    for wrong in ((4, 4), (5,) if len(shape) == 3 else (8, 8, 1)):
        with pytest.raises(RecipeError, match="input_shape"):
            recipe.build(wrong, 3)
