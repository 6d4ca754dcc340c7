"""tf.data.Dataset and tfds:NAME, on a builder that is written to disk."""

import numpy as np
import pytest

from recipes.data import load

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


def test_images_of_different_sizes_are_resized(tf):
    def images():
        for i in range(30):
            yield np.full((8 + i % 3, 9, 1), i, "uint8"), i % 2

    spec = (
        tf.TensorSpec((None, None, 1), tf.uint8),
        tf.TensorSpec((), tf.int64),
    )
    data = load(tf.data.Dataset.from_generator(images, output_signature=spec))
    assert data.input_shape == (9, 9, 1)
    assert data.train.source.array[:, 4, 4, 0].tolist() == list(range(30))


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


def test_an_end_that_cannot_be_known(tf, refusal, table, monkeypatch):
    from recipes.data import tensorflow_dataset

    monkeypatch.setattr(tensorflow_dataset, "LARGEST", 10_000)
    dataset = of(tf, *table).filter(lambda x, y: True)
    assert load(dataset)
    assert "unknown length" in str(refusal(dataset.repeat().filter(always)))
    known = of(tf, *table).repeat(20)
    assert len(load(known).train.source) == 1200


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
