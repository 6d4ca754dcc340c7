"""Preprocessing: by hand, on train alone."""

import tracemalloc

import keras
import numpy as np
import pytest

import recipes
from recipes.data import load
from recipes.data.preprocessing import fit_layers, moments
from recipes.training.saving import load_model, save_model

pytestmark = pytest.mark.both_backends
ROLES = ("train", "validation", "test")


def spec(x, y):
    """Three splits of their own."""
    parts = (slice(0, 40), slice(40, 50), slice(50, 60))
    return {r: (x[p], y[p]) for r, p in zip(ROLES, parts, strict=True)}


def image_recipe(name, size):
    return recipes.image_classifier(preprocessing=name, image_size=size)


def applied(layers, x):
    x = keras.ops.convert_to_tensor(x, "float32")
    for layer in layers:
        x = layer(x)
    return keras.ops.convert_to_numpy(x)


def fitted(name, given, x):
    data = load(given)
    return applied(fit_layers(image_recipe(name, x.shape[1:3]), data), x)


BY_HAND = {
    None: lambda t, x: x,
    "channel_mean": lambda t, x: x - t.mean((0, 1, 2)),
    "mean_image": lambda t, x: x - t.mean(0),
    "standardization": lambda t, x: (x - t.mean((0, 1, 2))) / t.std((0, 1, 2)),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_images_by_hand(pictures, name):
    x, y = pictures
    x = x // np.array([1, 2, 4], "uint8")  # channels of their own
    small = x / 255.0
    expected = BY_HAND[name](small[:40], small)
    found = fitted(name, spec(x, y), x)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    if name:  # fitted on all rows it would be something else
        leaked = BY_HAND[name](small, small)
        assert np.abs(found - leaked).max() > 1e-3


@pytest.mark.parametrize("name", BY_HAND)
def test_only_train_is_seen(pictures, name):
    x, y = pictures
    first = fitted(name, spec(x, y), x[:40])
    other = x.copy()
    other[40:] = 255 - other[40:]  # validation and test
    np.testing.assert_array_equal(fitted(name, spec(other, y), x[:40]), first)
    other = x.copy()
    other[:40] = other[:40] // 2  # train: the control
    changed = fitted(name, spec(other, y), x[:40])
    assert np.array_equal(changed, first) == (name is None)


@pytest.mark.parametrize("name", BY_HAND)
@pytest.mark.parametrize(
    "change",
    [
        lambda x: x / 255,
        lambda x: (x / 255).astype("float32"),
        lambda x: x.astype("float32"),
        lambda x: x.astype("uint16") * 257,
    ],
)
def test_every_range_gives_the_same_values(pictures, name, change):
    x, y = pictures
    expected = fitted(name, spec(x, y), x)
    raw = change(x)
    found = fitted(name, spec(raw, y), raw)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_the_mean_image_is_taken_at_the_size_of_the_network(pictures):
    x, y = pictures
    recipe = image_recipe("mean_image", (3, 4))
    found = applied(fit_layers(recipe, load(spec(x, y))), x[:40])
    assert found.shape == (40, 3, 4, 3)
    np.testing.assert_allclose(found.mean(0), 0, atol=1e-5)


@pytest.mark.parametrize("name", ["channel_mean", "standardization"])
def test_tables_by_hand(table, name):
    x, y = table
    x = x * [1, 10, 100, 0] + [0, 0, 1e4, 7]  # the last one is constant
    recipe = recipes.tabular_classifier(preprocessing=name)
    found = applied(fit_layers(recipe, load(spec(x, y))), x)
    train = x[:40]
    deviation = train.std(0) if name == "standardization" else np.ones(4)
    expected = (x - train.mean(0)) / np.where(deviation > 0, deviation, 1)
    np.testing.assert_allclose(found, expected, atol=2e-3)
    assert np.isfinite(found).all() and not found[:, 3].any()


@pytest.mark.parametrize("shift", [0, 1, 1e4])
@pytest.mark.parametrize("scale", [1e-30, 1e-22, 1e-9, 1, 1e9, 1e22, 1e33])
def test_tables_of_any_scale(table, scale, shift):
    x, y = table
    x = ((x + shift) * scale).astype("float32").astype("float64")
    layers = fit_layers(recipes.tabular_classifier(), load(spec(x, y)))
    expected = (x - x[:40].mean(0)) / x[:40].std(0)
    np.testing.assert_allclose(applied(layers, x), expected, atol=1e-5)


def test_the_largest_and_smallest_numbers(table):
    x, y = table
    top = float(np.finfo("float32").max)
    x = np.clip(x, -1, 1).astype("float64")
    x[:, 0] *= top
    x[:, 1] = np.where(y, 2e-38, -2e-38)
    x[:, 2] = 1e7 + x[:, 2].round()
    x[:, 3] = 2**24 - 9 + y  # neighbours among the numbers of float32
    x = x.astype("float32").astype("float64")
    layers = fit_layers(recipes.tabular_classifier(), load(spec(x, y)))
    expected = (x - x[:40].mean(0)) / x[:40].std(0)
    np.testing.assert_allclose(applied(layers, x), expected, atol=1e-5)


def test_a_preprocessing_of_your_own_may_be_one_layer_or_a_list(table):
    def double(batches, layers=1):
        made = [keras.layers.Rescaling(2.0) for _ in range(layers)]
        return made if layers > 1 else made[0]

    recipes.register("preprocessing", "double", double)
    for layers in (1, 2):
        part = recipes.Part("double", layers=layers)
        recipe = recipes.tabular_classifier(preprocessing=part)
        found = applied(fit_layers(recipe, load(table)), table[0])
        np.testing.assert_allclose(found, table[0] * 2**layers)


def test_drawn_splits_are_not_seen_either(table):
    x, y = table
    data = load((x, y))
    layers = fit_layers(recipes.tabular_classifier(), data)
    train = x[data.train.rows]
    expected = (x - train.mean(0)) / train.std(0)
    np.testing.assert_allclose(applied(layers, x), expected, atol=1e-5)


def test_moments_do_not_cancel_and_take_any_batches():
    x = np.random.default_rng(0).normal(1e8, 1.0, (1000, 3))
    for size in (1, 7, 1000):
        chunks = [x[i : i + size] for i in range(0, 1000, size)]
        mean, variance = moments(chunks, keep=1)
        np.testing.assert_allclose(mean, x.mean(0), rtol=1e-14)
        np.testing.assert_allclose(variance, x.var(0), rtol=1e-6)


def test_preprocessing_travels_with_the_model(table, tmp_path):
    x, y = table
    layers = fit_layers(recipes.tabular_classifier(), load((x, y)))
    model = keras.Sequential([keras.Input((4,)), *layers])
    save_model(model, tmp_path / "model.keras")
    again = load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(applied([again], x), applied(layers, x))


def test_large_images_are_measured_a_few_at_a_time():
    """A thousand at once, in float64, took gigabytes."""
    x = np.zeros((200, 224, 224, 3), "uint8")  # 30 MB
    x[:100] = 200
    data = load((x, np.arange(200) % 2))
    assert max(map(len, data.train.chunks())) < 30
    tracemalloc.start()
    layers = fit_layers(recipes.image_classifier().resolve(), data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 300 * 2**20
    standardized = applied(layers, data.train.read())
    assert abs(standardized.mean()) < 1e-3
    assert standardized.std() == pytest.approx(1, abs=1e-3)
    tracemalloc.start()
    moments([data.train.read()], keep=1)
    _, whole = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert whole > 2 * peak
