"""tf.data.Dataset and tfds:NAME, on a builder that is written to disk."""

import numpy as np
import pytest
from PIL import Image

from recipes.data import load, tensorflow_dataset

BAD_SPECS = {
    "features alone": lambda tf, x, y: (x,),
    "with weights": lambda tf, x, y: ((x, y, y),),
    "dictionary": lambda tf, x, y: (({"x": x}, y),),
    "ragged": lambda tf, x, y: ((tf.RaggedTensor.from_tensor(x), y),),
}


@pytest.fixture(scope="module")
def tf():
    return pytest.importorskip("tensorflow")


def of(tf, x, y):
    return tf.data.Dataset.from_tensor_slices((x, y))


def assert_holds(data, x, y):
    np.testing.assert_array_equal(data.train.source.array, x)
    for split in data.splits:
        np.testing.assert_array_equal(split.labels, y[split.rows])


@pytest.mark.parametrize(
    "change",
    [
        lambda ds: ds,
        lambda ds: ds.batch(7),
        lambda ds: ds.batch(6, drop_remainder=True),
        lambda ds: ds.batch(10, drop_remainder=True).prefetch(2).cache(),
        lambda ds: ds.filter(lambda x, y: True),
    ],
)
@pytest.mark.parametrize("one_hot", [False, True])
@pytest.mark.parametrize("kind", ["table", "pictures"])
def test_datasets(tf, request, change, one_hot, kind):
    x, y = request.getfixturevalue(kind)
    labels = np.eye(3, dtype="float32")[y] if one_hot else y
    data = load(change(of(tf, x, labels)))
    assert_holds(data, x, y)
    assert data.num_outputs == 3


def test_one_hot_labels_as_long_as_the_image_is_high(tf):
    x = np.random.default_rng(0).integers(0, 256, (60, 3, 4, 3), "uint8")
    y = np.arange(60) % 3
    assert_holds(load(of(tf, x, np.eye(3)[y])), x, y)


def test_gray_images_without_channel(tf, pictures):
    x, y = pictures
    assert_holds(load(of(tf, x[..., 0], y).batch(6)), x[..., :1], y)


def test_text_labels(tf, table):
    x, y = table
    letters = np.array(["a", "ö", "c"])[y]
    data = load(of(tf, x, letters).batch(8))
    assert data.class_names == ("a", "c", "ö")


def generated(tf, images, channels=3):
    """A dataset that does not know the size of its images."""
    return tf.data.Dataset.from_generator(
        lambda: ((image, i % 2) for i, image in enumerate(images)),
        output_signature=(
            tf.TensorSpec((None, None, channels), tf.uint8),
            tf.TensorSpec((), tf.int64),
        ),
    )


def mixed(low, high, channels=3):
    rng = np.random.default_rng(low)
    return [
        rng.integers(0, 256, (i, 30, channels), "uint8")
        for i in range(low, high)
    ]


def resized(image, size, mode="RGB"):
    image = Image.fromarray(image.squeeze()).convert(mode)
    return np.asarray(image.resize(size[::-1], Image.Resampling.BILINEAR))


@pytest.mark.parametrize("image_size", ["auto", (20, 24), [20, 24]])
def test_images_of_different_sizes_are_read_as_files(tf, image_size):
    images = mixed(17, 37)
    data = load(generated(tf, images), image_size=image_size)
    size = (26, 26) if image_size == "auto" else (20, 24)
    assert data.input_shape == (*size, 3)
    expected = [resized(image, size) for image in images]
    np.testing.assert_array_equal(data.train.source.array, expected)
    resolved = load(generated(tf, images), image_size=size)
    assert resolved.fingerprint == data.fingerprint


def test_one_size_for_all_datasets_of_a_dictionary(tf):
    """The median of every split's own images is another one for each."""
    parts = {"train": mixed(17, 37), "test": mixed(25, 31)}
    data = load({r: generated(tf, images) for r, images in parts.items()})
    assert data.input_shape == data.test.source.shape == (27, 27, 3)
    expected = [resized(image, (27, 27)) for image in parts["test"]]
    np.testing.assert_array_equal(data.test.read(), expected)


def test_splits_of_fixed_but_different_sizes(tf, pictures):
    x, y = pictures
    spec = {"train": of(tf, x, y), "test": of(tf, x[:, :4], y)}
    assert load(spec, image_size=(5, 7)).test.source.shape == (5, 7, 3)
    same = {"train": of(tf, x, y), "test": of(tf, x, y)}
    assert load(same, image_size=(5, 7)).input_shape == (6, 8, 3)


@pytest.mark.parametrize("channels", [None, 1, 3])
def test_the_channels_of_mixed_images(tf, channels):
    images = mixed(17, 27, 1) + mixed(17, 27)
    data = load(generated(tf, images, None), channels=channels)
    assert data.input_shape[2] == (channels or 3)
    mode = "L" if channels == 1 else "RGB"
    expected = [resized(image, data.input_shape[:2], mode) for image in images]
    found = data.train.source.array
    np.testing.assert_array_equal(found.squeeze(), expected)


def test_a_dictionary_of_datasets(tf, refusal, table):
    x, y = table
    train, rest = of(tf, x[:40], y[:40]), of(tf, x[40:], y[40:]).batch(4)
    data = load({"train": train, "test": rest, "class_names": list("abc")})
    np.testing.assert_array_equal(data.test.read(), x[40:])
    assert data.class_names == ("a", "b", "c")
    mixed = load({"train": train, "test": (x[40:], y[40:])})
    np.testing.assert_array_equal(mixed.test.read(), x[40:])
    assert "'val'" in str(refusal({"train": train, "val": rest}))
    assert refusal({"train": train, "test": rest.repeat()}).split == "test"


@pytest.mark.parametrize("case", BAD_SPECS)
def test_elements_that_are_no_pairs(tf, refusal, table, case):
    arguments = BAD_SPECS[case](tf, *table)
    dataset = tf.data.Dataset.from_tensor_slices(*arguments)
    assert "pairs (features, label)" in str(refusal(dataset))


@pytest.mark.parametrize(
    "change",
    [
        lambda ds: ds.repeat(),
        lambda ds: ds.batch(4).repeat(),
        lambda ds: ds.repeat().batch(4),
    ],
)
def test_datasets_without_an_end(tf, refusal, table, change):
    assert "remove repeat()" in str(refusal(change(of(tf, *table))))


@pytest.mark.parametrize(
    "bound, value, words",
    [
        ("LARGEST", 10_000, "8 GiB"),
        ("MOST", 1000, "1,000 elements"),
        ("LONGEST", 0.5, "no end after 0.5 seconds"),
    ],
)
def test_an_end_that_cannot_be_known(
    tf, refusal, table, monkeypatch, bound, value, words
):
    monkeypatch.setattr(tensorflow_dataset, bound, value)
    dataset = of(tf, *table).filter(always)
    assert load(dataset)
    error = refusal(dataset.repeat().filter(always))
    assert words in str(error) and "assert_cardinality" in str(error)
    if bound == "LONGEST":
        return
    known = of(tf, *table).repeat(20)
    said = tf.data.experimental.assert_cardinality(1200)
    for dataset in (known, known.batch(7), known.filter(always).apply(said)):
        assert len(load(dataset).train.source) == 1200


def always(x, y):
    return True


def test_a_dataset_that_fails_midway(tf, refusal, table):
    x, y = table
    checked = (
        of(tf, x, y)
        .enumerate()
        .map(
            lambda i, pair: (
                tf.debugging.check_numerics(
                    tf.where(i == 13, np.nan, pair[0]), "spoiled"
                ),
                pair[1],
            )
        )
    )
    error = refusal(checked)
    assert error.index == 13 and "spoiled" in str(error)


def test_a_dataset_without_elements(tf, refusal, table):
    assert "no elements" in str(refusal(of(tf, *table).take(0)))
    x, y = table
    x[4, 1] = np.nan
    assert refusal(of(tf, x, y).batch(8)).index == 4


@pytest.mark.parametrize("batch", [None, 7])
def test_strings_are_texts(tf, batch):
    texts = [f"Größe {i}" for i in range(60)]
    dataset = tf.data.Dataset.from_tensor_slices((texts, np.arange(60) % 3))
    data = load(dataset.batch(batch) if batch else dataset, features="text")
    assert data.train.source.array.tolist() == texts
    parts = {role: dataset for role in ("train", "validation", "test")}
    assert load(parts).test.read()[7] == texts[7]
