"""Values inside Parts, and Parts against the task: refused as they are set."""

import pytest

import recipes
from recipes import Choice, Float, Int, Part
from recipes.errors import DataError, RecipeError

IMAGES, TABLES = recipes.image_classifier, recipes.tabular_classifier
NUMBERS, TEXTS = recipes.tabular_regressor, recipes.text_classifier


@pytest.mark.parametrize(
    "make, field, part, words",
    [
        (
            IMAGES,
            "normalization",
            Part("batch_normalization", momentum=2.0),
            "`normalization/momentum` must be a number of at least 0 and below",
        ),
        (IMAGES, "normalization", Part("batch_normalization", momentum=1), ""),
        (IMAGES, "network", Part("cnn", drop_connect=1.0), "/drop_connect`"),
        (IMAGES, "network", Part("resnet", stochastic_depth=-0.1), "/stoch"),
        (TABLES, "activation", Part("maxout", num_pieces=1), "/num_pieces`"),
        (
            TABLES,
            "network",
            Part("mlp", activation=Part("maxout", num_pieces=0)),
            "`network/activation/num_pieces`",
        ),
        (TABLES, "metrics", [Part("top_k_accuracy", k=0)], "`metrics/k`"),
        (
            TABLES,
            "weight_average",
            Part("exponential_moving_average", momentum=1),
            "`weight_average/momentum`",
        ),
        (
            TABLES,
            "network",
            Part("mlp", drop_connect=Float(0.0, 1.5)),
            "`network/drop_connect`",
        ),
    ],
)
def test_a_value_out_of_range_is_refused_at_once(make, field, part, words):
    with pytest.raises(RecipeError, match=words or "Received: 1$"):
        make(**{field: part})


def test_values_within_their_ranges_are_taken():
    IMAGES(normalization=Part("batch_normalization", momentum=0))
    IMAGES(network=Part("cnn", drop_connect=Float(0.0, 0.5)))
    TABLES(activation=Part("maxout", num_pieces=Int(2, 4)))
    TABLES(metrics=[Part("top_k_accuracy", k=1)])


def test_a_users_own_part_may_take_what_it_likes():
    def own(inputs, layers, *, drop_connect=3):
        return layers.dense(layers.flatten(inputs), drop_connect)

    recipes.register("network", "own", own)
    recipe = IMAGES(network=Part("own", drop_connect=5))
    assert recipe.network.config == {"drop_connect": 5}


@pytest.mark.parametrize(
    "make, names",
    [
        (TABLES, ["cnn", "resnet", "bag_of_embeddings", "transformer"]),
        (NUMBERS, ["cnn", "text_cnn"]),
        (IMAGES, ["text_cnn"]),
        (TEXTS, ["mlp", "cnn", "resnet"]),
    ],
)
def test_a_network_for_other_features_is_refused(make, names):
    for name in names:
        with pytest.raises(RecipeError, match=f"`network`: '{name}' needs"):
            make(network=name)
        with pytest.raises(RecipeError, match="needs"):
            make().replace(network=name)


def test_networks_that_fit_are_taken():
    for make, name in (
        (IMAGES, "mlp"),
        (IMAGES, "resnet"),
        (NUMBERS, "mlp"),
        (TEXTS, "transformer"),
    ):
        assert make(network=name).network == Part(name)
    TABLES(network=Choice(["mlp", "cnn"]))  # a range is open until it is set


@pytest.mark.parametrize(
    "make, fields, words",
    [
        (TABLES, {"metrics": ["mae"]}, "'mae' is no metric of one class"),
        (NUMBERS, {"metrics": ["auc"]}, "no metric of numbers; use one of mae"),
        (
            TABLES,
            {"metrics": ["top_k_accuracy"], "multi_label": True},
            "no metric of rows of labels",
        ),
    ],
)
def test_a_metric_of_other_targets_is_refused(make, fields, words):
    with pytest.raises(RecipeError, match=words):
        make(**fields)


def test_metrics_that_fit_are_taken():
    NUMBERS(metrics=["mape", "r2"])
    TABLES(metrics=["top_k_accuracy", "auc"])
    TABLES(metrics=["auc"], multi_label=True)


@pytest.mark.parametrize(
    "fields, legal",
    [
        (
            {
                "network": Part(
                    "cnn", pooling=Part("max_pooling", data_format=1)
                )
            },
            "pool_size, strides, padding",
        ),
        (
            {
                "network": Part(
                    "cnn",
                    pooling=Part("fractional_max_pooling", data_format=1),
                )
            },
            "ratio",
        ),
        (
            {"normalization": Part("batch_normalization", axis=1)},
            "momentum, epsilon",
        ),
        ({"normalization": Part("instance_normalization", axis=1)}, "groups"),
    ],
)
def test_axes_that_would_be_silently_wrong_are_no_arguments(fields, legal):
    with pytest.raises(
        RecipeError, match=f"no such argument. Legal: .*{legal}"
    ):
        IMAGES(**fields)


def test_other_arguments_of_these_are_legal():
    IMAGES(network=Part("cnn", pooling=Part("max_pooling", padding="same")))
    IMAGES(normalization=Part("layer_normalization", axis=[1, 2, 3]))


@pytest.mark.parametrize(
    "fields, words",
    [
        (
            {"class_weight": {0: 1, 1: 2}},
            "^`class_weight` must be one of None, 'balanced'. Received: {0: 1,",
        ),
        (
            {"metrics": {"accuracy"}},
            "^`metrics` must be a list of Parts or names.* Received: {'accur",
        ),
    ],
)
def test_what_no_field_may_be_is_told_what_may(fields, words):
    with pytest.raises(RecipeError, match=words):
        TABLES(**fields)


@pytest.mark.parametrize("name", ["cnn", "resnet", "text_cnn"])
def test_identity_names_its_field_and_its_mend(name):
    make, shape = (TEXTS, (7,)) if name == "text_cnn" else (IMAGES, (8, 8, 1))
    recipe = make(network=name, kernel_initializer="identity")
    with pytest.raises(RecipeError, match="`kernel_initializer`.*'dirac_del"):
        recipe.build(shape, 3)
    TABLES(kernel_initializer="identity").build((4,), 3)


def test_data_of_another_shape_say_what_the_user_has(tmp_path):
    import numpy as np

    x, y = np.zeros((60, 4, 1)), np.arange(60) % 2
    with pytest.raises(DataError, match="examples of 4 x 1 numbers"):
        TABLES().fit((x, y), directory=tmp_path)
    names = [["a", "b"], ["c"]] * 30
    with pytest.raises(DataError, match="rows of 0 and 1.*multi_label=True"):
        TABLES(multi_label=True).fit((x[:, :, 0], names), directory=tmp_path)


@pytest.mark.parametrize(
    "part",
    [
        Part("mixup", alpha=-1),
        Part("random_flip", mode="left"),
        Part("random_rotation", factor=15),
        Part("random_erasing", rate=2),
        Part("random_resized_crop", height=224),
        Part("random_rotation", factor=Float(0, 3.0)),
    ],
)
def test_values_of_augmentations_are_checked_as_they_are_set(part):
    with pytest.raises(recipes.RecipeError, match=part.name):
        recipes.image_classifier(augmentation=part)


def test_legal_ends_of_a_range_are_taken():
    part = Part("random_rotation", factor=Float(0, 0.5))
    recipe = recipes.image_classifier(augmentation=part)
    assert list(recipe.ranges()) == ["augmentation/0/factor"]
