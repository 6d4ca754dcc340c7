"""Precise batch normalization: by hand, in every graph, and in a run."""

import keras
import numpy as np
import pytest

import recipes
from recipes import Part, RecipeError
from recipes.training import precise
from recipes.training.precise import recompute_statistics

pytestmark = pytest.mark.both_backends

EPSILON = 1e-3
RNG = np.random.default_rng(0)
X = RNG.normal(3.0, 2.0, size=(50, 4)).astype("float32")


def norm(**options):
    return keras.layers.BatchNormalization(**options)


def pieces(size, order=slice(None)):
    x = X[order]
    return lambda: (x[i : i + size] for i in range(0, len(x), size))


def network():
    inputs = keras.Input((4,))
    x = keras.layers.Dense(5, use_bias=False)(inputs)
    x = keras.layers.Dropout(0.5)(norm()(x))
    x = keras.layers.Dense(3, activation="tanh")(keras.layers.ReLU()(x))
    model = keras.Model(inputs, norm()(x))
    for i, variable in enumerate(model.trainable_variables):
        rng = np.random.default_rng(i)
        variable.assign(rng.normal(0.5, 1.0, variable.shape))
    return model


def norms(model):
    kind = keras.layers.BatchNormalization
    return [layer for layer in model.layers if isinstance(layer, kind)]


def statistics(model):
    return [
        np.asarray(v, "float64")
        for layer in norms(model)
        for v in (layer.moving_mean, layer.moving_variance)
    ]


def by_hand(model):
    """Both layers' statistics; the first one's decide the second one's."""
    first, gamma, beta, second, bias = (
        np.asarray(v, "float64") for v in model.trainable_variables[:5]
    )
    x = X.astype("float64") @ first
    expected = [x.mean(0), x.var(0)]
    x = gamma * (x - x.mean(0)) / np.sqrt(x.var(0) + EPSILON) + beta
    x = np.tanh(np.maximum(x, 0) @ second + bias)
    return [*expected, x.mean(0), x.var(0)]


@pytest.mark.parametrize("size", [50, 7])
def test_by_hand(size):
    model = network()
    assert recompute_statistics(model, pieces(size)) == 2
    for found, expected in zip(statistics(model), by_hand(model), strict=True):
        np.testing.assert_allclose(found, expected, 1e-4, 1e-5)


def test_one_batch_as_while_training_is_something_else():
    """The control: with dropout, and the first layer's own batch."""
    model = network()
    for layer in norms(model):
        layer.momentum = 0.0
    model(X, training=True)
    error = abs(statistics(model)[3] - by_hand(model)[3]).max()
    assert error > 1e-2


def test_neither_size_nor_order_of_the_batches_matters(monkeypatch):
    found = []
    for size, order in ((50, slice(None)), (7, RNG.permutation(50))):
        model = network()
        recompute_statistics(model, pieces(size, order))
        found.append(statistics(model))
        monkeypatch.setattr(precise, "LARGEST", 10)  # two rows at a time
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, 1e-5, 1e-6)


def test_channels_of_images_on_any_axis():
    x = RNG.normal(size=(6, 3, 4, 5)).astype("float32")
    for axis in (-1, 1):
        model = keras.Sequential([keras.Input((3, 4, 5)), norm(axis=axis)])
        recompute_statistics(model, lambda: [x])
        axes = (0, 1, 2) if axis == -1 else (0, 2, 3)
        mean, variance = statistics(model)
        np.testing.assert_allclose(mean, x.mean(axes), 1e-4, 1e-6)
        np.testing.assert_allclose(variance, x.var(axes), 1e-4)


def test_models_inside_and_branches():
    inside = keras.Sequential(
        [keras.Input((4,)), norm(name="b"), keras.layers.ReLU(), norm(name="c")]
    )
    inputs = keras.Input((4,))
    x = norm(name="a", gamma_initializer="ones")(inputs)
    x = keras.layers.Add()([inputs, inside(x)])
    model = keras.Model(inputs, norm(name="d")(x))
    assert recompute_statistics(model, pieces(20)) == 4
    x = X.astype("float64")

    def standardized(x):
        return (x - x.mean(0)) / np.sqrt(x.var(0) + EPSILON)

    rectified = np.maximum(standardized(standardized(x)), 0)
    last = x + standardized(rectified)
    found = {layer.name: layer for layer in norms(model) + norms(inside)}
    for name, expected in (("a", x), ("c", rectified), ("d", last)):
        mean = np.asarray(found[name].moving_mean)
        np.testing.assert_allclose(mean, expected.mean(0), 1e-4, 1e-4)


def test_a_mask_counts_as_in_training():
    inputs = keras.Input((4,))
    x = keras.layers.Embedding(9, 3, mask_zero=True)(inputs)
    model = keras.Model(inputs, norm(momentum=0.0)(x))
    tokens = np.array([[1, 2, 3, 0], [4, 5, 0, 0]])
    recompute_statistics(model, lambda: [tokens])
    found = statistics(model)
    table = np.asarray(model.get_layer(index=1).embeddings)
    expected = table[tokens[tokens > 0]]
    np.testing.assert_allclose(found[0], expected.mean(0), 1e-4, 1e-6)
    np.testing.assert_allclose(found[1], expected.var(0), 1e-3, 1e-6)
    model(tokens, training=True)
    np.testing.assert_allclose(statistics(model)[0], found[0], 1e-3, 1e-5)


def test_what_is_frozen_stays():
    model = network()
    norms(model)[0].trainable = False
    assert recompute_statistics(model, pieces(50)) == 1
    assert (statistics(model)[0] == 0).all()
    assert (statistics(model)[2] != 0).all()


class Hidden(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.norm = norm()

    def build(self, shape):
        self.norm.build(shape)

    def call(self, x, training=None):
        return self.norm(x, training=training)


def called_twice(x):
    layer = norm()
    return layer(layer(x))


@pytest.mark.parametrize(
    "body, words",
    [
        (lambda x: Hidden()(x), "inside a layer of your own"),
        (called_twice, "called several times"),
        (keras.layers.ReLU(), "has no batch normalization"),
        (norm(trainable=False), "has no batch normalization"),
    ],
    ids=["hidden", "twice", "none", "frozen"],
)
def test_refused(body, words):
    inputs = keras.Input((4,))
    model = keras.Model(inputs, body(inputs))
    with pytest.raises(RecipeError, match=words):
        recompute_statistics(model, pieces(50))


def test_a_run_without_batch_normalization_is_refused_at_once(tmp_path):
    recipe = recipes.tabular_classifier(
        normalization=None, precise_batch_normalization=True
    )
    with pytest.raises(RecipeError, match="no batch normalization"):
        recipe.fit("wine", directory=tmp_path / "a", verbose=False)
    assert not (tmp_path / "a").exists()


@pytest.mark.slow
def test_a_short_run_with_a_high_momentum(tiny_recipe, tmp_path, capsys):
    recipe = tiny_recipe.replace(
        normalization=Part("batch_normalization", momentum=0.99),
        optimizer=Part("adamw", learning_rate=0.01),
        schedule="constant",
        early_stopping=None,
        image_size=(8, 8),
        epochs=4,
    )
    plain = recipe.fit("digits", directory=tmp_path / "a", verbose=False)
    recipe = recipe.replace(precise_batch_normalization=True)
    run = recipe.fit("digits", directory=tmp_path / "b")
    assert "statistics of 2 batch normalizations" in capsys.readouterr().out
    # Of 16×16 pixels, measured over three seeds: 0.27 and 0.71.
    assert run.metrics["test_accuracy"] > plain.metrics["test_accuracy"] + 0.1
    # The same training; what is scored is what is saved.
    np.testing.assert_allclose(run.history["loss"], plain.history["loss"], 1e-4)
    loaded = recipes.load_run(run.directory).model
    data = recipes.data.load("digits")
    inputs = loaded.get_layer("convolution1_normalization").input
    x = keras.Model(loaded.inputs, inputs).predict(data.train.read(), verbose=0)
    mean = loaded.get_layer("convolution1_normalization").moving_mean
    np.testing.assert_allclose(
        np.asarray(mean), x.astype("float64").mean((0, 1, 2)), 1e-3, 1e-5
    )
    test = data.test
    score = loaded.evaluate(test.read(), test.labels, verbose=0)[1]
    assert score == pytest.approx(run.metrics["test_accuracy"])
