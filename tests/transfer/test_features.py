"""Frozen features: the same as through the network, kept, checked, bounded."""

import keras
import numpy as np
import pytest

from recipes.data.data import ArraySource, Split
from recipes.transfer.features import FeatureStore, features, key_of

pytestmark = pytest.mark.both_backends


def body(scale=0.5, width=3):
    return keras.Sequential(
        [
            keras.Input((4, 4, 1)),
            keras.layers.Rescaling(scale),
            keras.layers.Conv2D(width, 2, kernel_initializer="glorot_normal"),
            keras.layers.BatchNormalization(),
            keras.layers.GlobalAveragePooling2D(),
        ]
    )


@pytest.fixture(scope="module")
def network():
    return body()


@pytest.fixture
def split():
    x = np.random.default_rng(0).normal(size=(12, 4, 4, 1)).astype("float32")
    rows = np.array([3, 0, 7, 9, 11])
    return Split("train", ArraySource(x), rows, rows)


def through(network, split):
    return keras.ops.convert_to_numpy(network(split.read(), training=False))


def test_they_are_what_the_network_gives_also_from_disk(
    network, split, tmp_path
):
    store, done = FeatureStore(tmp_path), []
    given = {"batch_size": 2, "progress": done.append}
    first, there = features(network, split, store, **given)
    assert not there and done == [2, 4, 5]
    np.testing.assert_allclose(first, through(network, split), atol=1e-6)
    again, there = features(network, split, FeatureStore(tmp_path))
    assert there and (again == first).all()
    assert not isinstance(again, np.ndarray) or isinstance(again, np.memmap)


def test_whatever_decides_them_is_in_the_key(network, split):
    copy = body()
    copy.set_weights(network.get_weights())
    key = key_of(network, split)
    assert key_of(copy, split) == key  # Keras' names count layers up
    moved = [w + 1e-3 for w in network.get_weights()]
    copy.set_weights(moved)
    assert key_of(copy, split) != key
    other = body(scale=0.25)
    other.set_weights(network.get_weights())
    assert key_of(other, split) != key
    assert key_of(network, split, about=("view", 1)) != key
    fewer = Split("train", split.source, split.rows[:4], split.labels[:4])
    assert key_of(network, fewer) != key
    other = ArraySource(split.source.array + 1)
    assert key_of(network, Split("train", other, split.rows, None)) != key
    statistics = network.layers[2].moving_mean
    before = keras.ops.convert_to_numpy(statistics)
    statistics.assign(before + 1)
    assert key_of(network, split) != key
    statistics.assign(before)
    assert key_of(network, split) == key


def test_changed_bytes_are_not_served(network, split, tmp_path):
    store = FeatureStore(tmp_path)
    first = np.array(features(network, split, store)[0])
    path = next(tmp_path.glob("*.npy"))
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)
    again, there = features(network, split, store)
    assert not there and (again == first).all()
    path.write_bytes(path.read_bytes()[:-8])
    assert store.get(path.stem) is None


def test_a_pass_that_breaks_off_leaves_nothing(network, split, tmp_path):
    store = FeatureStore(tmp_path)

    def broken():
        yield np.zeros((2, 3), "float32")
        raise OSError("no such file")

    with pytest.raises(OSError, match="no such file"):
        store.compute("key", (5, 3), broken())
    with pytest.raises(ValueError, match="2 rows in place of 5"):
        store.compute("key", (5, 3), [np.zeros((2, 3), "float32")])
    assert not list(tmp_path.iterdir())


def test_the_folder_stays_within_its_limit(tmp_path):
    store = FeatureStore(tmp_path, limit=9000)
    one = np.zeros((1, 1000), "float32")
    for key in "abc":
        store.compute(key, one.shape, [one])
        if key == "b":
            import os

            os.utime(tmp_path / "a.json", (2e9, 2e9))
            os.utime(tmp_path / "b.json", (1e9, 1e9))
    assert sorted(p.stem for p in tmp_path.glob("*.npy")) == ["a", "c"]
    big = np.zeros((1, 10_000), "float32")
    assert store.compute("big", big.shape, [big]).shape == big.shape
    assert [p.stem for p in tmp_path.glob("*.npy")] == ["big"]
