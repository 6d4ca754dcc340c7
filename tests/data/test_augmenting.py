"""Augmentation in the loader: drawn by (seed, epoch, example), nothing else."""

import keras
import numpy as np
import pytest

import recipes
from recipes import Part
from recipes.data import load
from recipes.data.augmenting import augmenter, build_policy
from recipes.data.loader import Loader
from recipes.data.preprocessing import fit_layers
from recipes.data.text_vectorization import vectorize

pytestmark = pytest.mark.both_backends

SIZE, CLASSES = 24, 4


def images(kind="uint8"):
    generator = np.random.default_rng(0)
    x = generator.integers(0, 256, (SIZE * 2, 8, 8, 1)).astype("uint8")
    if kind == "float":
        x = x.astype("float64")
    y = np.arange(SIZE * 2) % CLASSES
    data = load({"train": (x[:SIZE], y[:SIZE]), "test": (x, y)})
    assert len(data.train) < SIZE  # validation is drawn from it
    return data


def batches(data, augmentation, epochs=1, first=0, **changes):
    """Return (images, targets) of some epochs, in the order they came."""
    recipe = recipes.image_classifier(
        augmentation=augmentation, image_size=(8, 8)
    )
    given = dict(batch_size=5, threads=0, drop_remainder=False, balanced=False)
    given.update(changes)
    loader = Loader(
        data.train,
        lambda labels: np.eye(CLASSES, dtype="float32")[labels],
        seed=3,
        augment=augmenter(recipe, data),
        **given,
    )
    running = loader.batches(first)
    found = [next(running) for _ in range(epochs * loader.steps_per_epoch)]
    loader.close(running)
    return [np.concatenate(part) for part in zip(*found, strict=True)]


MIXED = ["light", Part("mixup_or_cutmix", rate=0.7)]


@pytest.mark.parametrize("augmentation", ["standard", MIXED])
@pytest.mark.parametrize(
    "changes", [{"threads": 3}, {"batch_size": 7}, {"batch_size": 20}]
)
def test_threads_and_batch_size_change_nothing(augmentation, changes):
    data = images()
    straight = batches(data, augmentation, epochs=2)
    other = batches(data, augmentation, epochs=2, **changes)
    for one, two in zip(straight, other, strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("augmentation", ["standard", MIXED])
def test_an_epoch_begins_as_if_the_others_had_been_run(augmentation):
    data = images()
    three = batches(data, augmentation, epochs=3)
    third = batches(data, augmentation, first=2)
    first = batches(data, augmentation)
    for one, two in zip(three, third, strict=True):
        np.testing.assert_array_equal(one[-len(two) :], two)
    assert (third[0] != first[0]).any()  # and each epoch is drawn anew


def test_an_image_gets_what_its_place_in_the_split_decides():
    data = images()
    policy = build_policy(
        recipes.image_classifier(augmentation="standard", image_size=(8, 8)),
        data,
    )
    alone = policy(data.train.read(), seed=0, epoch=1)
    among, targets = batches(data, "standard", first=1)
    rows = [np.flatnonzero((alone == x).all(axis=(1, 2, 3))) for x in among]
    assert sorted(row.item() for row in rows) == list(range(len(alone)))
    labels = data.train.labels[np.concatenate(rows)]
    np.testing.assert_array_equal(targets.argmax(axis=1), labels)


def test_a_row_that_comes_twice_is_drawn_twice():
    x = np.random.default_rng(0).integers(0, 256, (40, 8, 8, 1)).astype("uint8")
    y = np.array([0] * 30 + [1] * 10)
    data = load({"train": (x, y), "validation": (x, y), "test": (x, y)})
    recipe = recipes.image_classifier(
        augmentation="standard", image_size=(8, 8)
    )
    loader = Loader(
        data.train,
        lambda labels: labels[:, None].astype("float32"),
        40,
        0,
        True,
        0,
        balanced=True,
        augment=augmenter(recipe, data),
    )
    seen, targets = next(loader.batches())
    rare = seen[targets[:, 0] == 1]
    assert len(rare) == 20  # ten rows, each twice
    assert len(np.unique(rare.reshape(20, -1), axis=0)) == 20


def grays(count=40):
    """Class k is an image of one gray: the pixels tell the shares."""
    values = np.array([0, 51, 102, 255], "uint8")
    y = np.arange(count) % CLASSES
    x = np.broadcast_to(values[y][:, None, None, None], (count, 8, 8, 1))
    return load({"train": (x, y), "validation": (x, y), "test": (x, y)}), values


def test_labels_are_mixed_as_the_pixels():
    data, values = grays()
    found, targets = batches(data, Part("mixup", alpha=1.0))
    gray = targets @ values.astype("float32")
    np.testing.assert_allclose(found.mean(axis=(1, 2, 3)), gray, atol=0.6)
    assert (targets.max(axis=1) < 0.9).any()


def test_each_part_of_a_mixture_keeps_its_own_weight():
    """Weight times cross-entropy is that of the parts, weighted."""
    data, _ = grays()
    _, plain = batches(data, Part("mixup", alpha=1.0))
    weights = 1.0 + data.train.labels.astype("float32")
    _, targets, mixed = batches(data, Part("mixup", alpha=1.0), weights=weights)
    by_class = np.array([1, 2, 3, 4])  # share of a class times its weight
    np.testing.assert_allclose(
        mixed[:, None] * targets, plain * by_class, rtol=1e-4, atol=1e-5
    )
    np.testing.assert_allclose(targets.sum(axis=1), 1, rtol=1e-5)
    # The control: the mean of the weights would give the rare class's away.
    wrong = (plain @ by_class)[:, None] * plain
    assert np.abs(wrong - plain * by_class).max() > 0.1


@pytest.mark.parametrize("kind", ["int32", "int64", "uint16"])
def test_whole_numbers_are_rounded_not_cut(kind):
    x = np.random.default_rng(0).integers(0, 256, (40, 8, 8, 1))
    y = np.arange(40) % CLASSES
    means = []
    for dtype in (kind, "uint8"):
        parts = (x.astype(dtype), y)
        if kind == "uint16" and dtype == kind:
            parts = (x.astype(dtype) * 257, y)
        data = load({"train": parts, "validation": parts, "test": parts})
        found, _ = batches(data, "random_rotation")
        scale = 257 if found.dtype == "uint16" else 1
        means.append(found.astype("float64").mean() / scale)
    assert abs(means[0] - means[1]) < 0.05


def test_the_served_model_averages_what_training_averages():
    """Noise of 32 pixels on 8: without it pixels would be skipped."""
    x = np.random.default_rng(0).integers(0, 256, (40, 32, 32, 1), "uint8")
    y = np.arange(40) % CLASSES
    data = load({"train": (x, y), "validation": (x, y), "test": (x, y)})
    recipe = recipes.image_classifier(
        augmentation=Part("random_rotation", factor=1e-6),
        image_size=(8, 8),
        preprocessing=None,
    )
    augment = augmenter(recipe, data)
    trained, _ = augment(x, np.zeros((40, 1)), 0, np.arange(40))
    served = x.astype("float32")
    for layer in fit_layers(recipe.resolve(), data):
        served = layer(served)
    served = np.asarray(keras.ops.convert_to_numpy(served)) * 255
    assert abs(trained.std() - served.std()) < 6
    skipped = keras.layers.Resizing(8, 8)(x.astype("float32"))
    assert np.asarray(skipped).std() > 1.5 * trained.std()  # the control


def test_raw_floats_come_back_in_their_own_range():
    data = images("float")
    assert data.value_scale == 1 / 255
    found, _ = batches(data, ["standard", "random_erasing"], epochs=3)
    assert found.dtype == "float64"
    assert found.min() >= 0 and 128 < found.max() <= 255.001


def test_tiny_images_are_enlarged_as_they_are_turned():
    data = images()
    recipe = recipes.image_classifier(augmentation="light")
    augment = augmenter(recipe, data)
    found, _ = augment(data.train.read(), np.zeros((20, 1)), 0, np.arange(20))
    assert found.shape[1:] == (16, 16, 1)


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: recipes.tabular_classifier(augmentation="light"), "None for"),
        (lambda: recipes.image_classifier(augmentation="word_drop"), "not for"),
        (lambda: recipes.text_classifier(augmentation="mixup"), "texts"),
        (lambda: recipes.image_classifier(augmentation="flip"), "random_flip"),
        (
            lambda: recipes.image_classifier(
                augmentation=Part("random_rotation", angle=3)
            ),
            "factor",
        ),
        (lambda: recipes.image_classifier(augmentation=["light"] * 2), "twice"),
    ],
)
def test_a_wrong_augmentation_is_refused_at_once(make, words):
    with pytest.raises(recipes.RecipeError, match=words):
        make()


def test_two_lenses_are_refused():
    recipe = recipes.image_classifier(
        augmentation=["strong", "random_lens_distortion"]
    )
    with pytest.raises(recipes.RecipeError, match="one lens"):
        build_policy(recipe, images())


def test_words_are_drawn_before_they_become_tokens():
    if keras.backend.backend() != "tensorflow":
        pytest.skip("strings need TensorFlow")
    words = np.array([f"w{i}" for i in range(20)])
    generator = np.random.default_rng(0)
    x = [" ".join(generator.permutation(words)) for _ in range(60)]
    data = load((x, np.arange(60) % 2), features="text")
    recipe = recipes.text_classifier(augmentation=Part("word_drop", rate=0.5))
    _, layer = vectorize(recipe, data)
    augment = augmenter(recipe, data, layer)
    texts, rows = data.train.read(), np.arange(len(data.train))
    targets = np.zeros((len(rows), 1))
    first, _ = augment(texts, targets, 0, rows)
    again, _ = augment(texts[5:9], targets[5:9], 0, rows[5:9])
    np.testing.assert_array_equal(first[5:9], again)
    other, _ = augment(texts, targets, 1, rows)
    assert (first != other).any()
    kept = (first > 0).sum(axis=1)
    assert 7 < kept.mean() < 13  # of 20
