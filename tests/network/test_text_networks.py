"""The networks for texts: padding, shapes, and one computed by hand."""

import keras
import numpy as np
import pytest

import recipes
from recipes import Part
from recipes.errors import RecipeError
from recipes.network.build import build_networks
from recipes.resolve import resolve
from recipes.text import text_classifier

both_backends = pytest.mark.both_backends
NETWORKS = {
    "bag_of_embeddings": ({"embedding_dim": 6, "units": (5,)}, 5),
    "text_cnn": ({"embedding_dim": 6, "filters": 4}, 12),
    "transformer": (
        {"embedding_dim": 6, "num_heads": 2, "units": 8, "depth": 1},
        6,
    ),
}
TOKENS = np.random.default_rng(0).integers(1, 20, (8, 9)).astype("int32")
TOKENS[2, 5:] = TOKENS[3, 1:] = 0
Y = np.eye(3, dtype="float32")[np.arange(8) % 3]


def networks(name, length=9, **fields):
    part = Part(name, **NETWORKS[name][0])
    fields = {"network": part, "regularization": "none", **fields}
    fields["preprocessing"] = Part("text_vectorization", max_tokens=20)
    recipe = resolve(text_classifier(**fields), steps_per_epoch=10)
    return build_networks(recipe, (length,), 3)


def outputs(model, tokens):
    if keras.backend.backend() == "jax":  # slow op by op
        return model.predict_on_batch(tokens)
    tokens = keras.ops.convert_to_tensor(tokens)
    return keras.ops.convert_to_numpy(model(tokens, training=False))


@pytest.fixture(params=NETWORKS)
def name(request):
    return request.param


def test_the_shape_of_the_features(name):
    model = networks(name).training
    assert model.input_shape == (None, 9)
    assert model.inputs[0].dtype == "int32"
    features = model.get_layer("output").input
    assert features.shape == (None, NETWORKS[name][1])
    assert model.output_shape == (None, 3)


@both_backends
def test_predictions_do_not_depend_on_the_padding(name):
    for normalization in (None, "batch_normalization"):
        short = networks(name, normalization=normalization).training
        long = networks(name, length=13, normalization=normalization).training
        long.set_weights(short.get_weights())
        padded = np.pad(TOKENS, ((0, 0), (0, 4)))
        first, second = outputs(short, TOKENS), outputs(long, padded)
        np.testing.assert_allclose(second, first, atol=1e-5)
        padded[:, -1] = 5
        assert np.abs(outputs(long, padded) - first).max() > 1e-3


def test_a_text_without_a_word_is_no_nan(name):
    found = outputs(networks(name).serving, np.zeros((2, 9), "int32"))
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(found[0], found[1])


def test_order_matters_to_all_but_the_bag(name):
    model = networks(name).training
    difference = outputs(model, TOKENS[:1]) - outputs(model, TOKENS[:1, ::-1])
    assert (np.abs(difference).max() > 1e-3) == (name != "bag_of_embeddings")


def test_the_same_text_in_another_batch_has_the_same_outputs(name):
    model = networks(name).training
    alone = outputs(model, TOKENS[3:4])
    np.testing.assert_allclose(outputs(model, TOKENS)[3:4], alone, atol=1e-5)


def test_the_seed_decides_the_weights(name):
    first, same, other = (
        networks(name, seed=seed).training.get_weights() for seed in (0, 0, 1)
    )
    for a, b in zip(first, same, strict=True):
        np.testing.assert_array_equal(a, b)
    shapes = {}
    for a, b in zip(first, other, strict=True):
        if np.ptp(a):
            assert not np.array_equal(a, b)
            shapes.setdefault(a.shape, []).append(a)
    for weights in shapes.values():  # queries, keys and values among them
        for i, a in enumerate(weights):
            assert not any(np.array_equal(a, b) for b in weights[i + 1 :])


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param("float32", marks=pytest.mark.both_backends),
        "mixed_bfloat16",
    ],
)
def test_trained_saved_and_loaded(name, policy, tmp_path):
    built = networks(name, dropout=0.1, dtype_policy=policy)
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    built.training.compile(keras.optimizers.Adam(0.02), loss)
    before = float(built.training.test_on_batch(TOKENS, Y))
    for _ in range(40):
        built.training.train_on_batch(TOKENS, Y)
    assert float(built.training.test_on_batch(TOKENS, Y)) < 0.5 * before
    built.serving.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    found = outputs(loaded, TOKENS)
    np.testing.assert_array_equal(found, outputs(built.serving, TOKENS))
    np.testing.assert_allclose(found.sum(axis=1), 1.0, rtol=1e-5)


def test_the_bag_by_hand():
    model = networks("bag_of_embeddings").training
    table, kernel, bias, last, offset = model.get_weights()
    for tokens, found in zip(TOKENS, outputs(model, TOKENS), strict=True):
        mean = table[tokens[tokens > 0]].mean(axis=0)
        hidden = np.maximum(mean @ kernel + bias, 0)
        expected = hidden @ last + offset
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_the_convolutions_by_hand():
    model = networks("text_cnn").training
    table, *kernels, last, offset = model.get_weights()
    for tokens, found in zip(TOKENS, outputs(model, TOKENS), strict=True):
        words, features = tokens[tokens > 0], []
        for kernel, bias in zip(kernels[::2], kernels[1::2], strict=True):
            size = len(kernel)
            before = (size - 1) // 2
            x = np.zeros((len(words) + size, 6))
            x[before : before + len(words)] = table[words]
            maps = [
                np.einsum("kd,kdf->f", x[i : i + size], kernel[:, 0]) + bias
                for i in range(len(words))
            ]
            features += np.maximum(np.max(maps, axis=0), 0).tolist()
        expected = np.array(features) @ last + offset
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "fields",
    [
        {"activation": "maxout"},
        {"activation": "prelu"},
        {"normalization": "layer_normalization"},
        {
            "normalization": "batch_normalization",
            "normalization_placement": "post",
        },
    ],
    ids=lambda fields: "-".join(fields.values()),
)
def test_the_recipe_s_parts_apply(name, fields):
    model = networks(name, kernel_regularizer=Part("l2"), **fields).training
    assert np.isfinite(outputs(model, TOKENS)).all()
    assert len(model.losses) == sum(
        v.name == "kernel" for v in model.trainable_variables
    )
    for variable in model.trainable_variables:  # one slope per channel
        if variable.name == "alpha":
            assert np.prod(variable.shape) == variable.shape[-1]


def test_stochastic_depth_rises_with_the_blocks():
    part = Part("transformer", depth=2, stochastic_depth=0.4)
    model = networks("transformer", network=part).training
    found = [la.rate for la in model.layers if "stochastic" in la.name]
    assert found == pytest.approx([0.2, 0.2, 0.4, 0.4])


@pytest.mark.parametrize(
    "part, words",
    [
        (Part("bag_of_embeddings", embedding_dim=0), "`embedding_dim`"),
        (Part("bag_of_embeddings", units=()), "`units`"),
        (Part("text_cnn", filters=(4,)), "`filters`"),
        (Part("text_cnn", kernel_sizes=(3, 0)), "`kernel_sizes`"),
        (Part("transformer", num_heads=0), "`num_heads`"),
        (Part("transformer", num_heads=3), "a multiple of `num_heads`"),
        (Part("transformer", depth=True), "`depth`"),
        (Part("transformer", units=1.5), "`units`"),
        (Part("transformer", stochastic_depth=1.0), "/stochastic_depth`"),
        (Part("mlp"), "needs images or tables; for texts use 'bag_of_emb"),
        (Part("cnn"), "needs images"),
        (Part("resnet"), "needs images"),
    ],
)
def test_what_cannot_be_built(part, words):
    with pytest.raises(RecipeError, match=words):
        networks("text_cnn", network=part)


def test_networks_for_texts_refuse_tables_and_images(name):
    for recipe in (recipes.tabular_classifier, recipes.image_classifier):
        with pytest.raises(RecipeError, match="needs texts.*use 'mlp'"):
            recipe(network=name)


def test_build_without_data_takes_tokens(name):
    model = text_classifier(network=name).build((7,), 2)
    assert model.input_shape == (None, 7) and model.output_shape == (None, 1)
    with pytest.raises(RecipeError, match=r"must be \(tokens,\)"):
        text_classifier(network=name).build((7, 7, 1), 2)
