"""A sample of a split as short vectors."""

import numpy as np
import pytest

from recipes.data.data import ArraySource, Split
from recipes.data.small import CHUNK, sample, vectors

pytestmark = pytest.mark.both_backends


def split(x):
    return Split("train", ArraySource(x), np.arange(len(x)), None)


@pytest.mark.parametrize(
    "labels",
    [np.arange(6000) % 3, np.arange(6000) // 2000],
    ids=["in turn", "sorted"],
)
def test_a_sample_has_every_class_whatever_the_order_of_the_rows(labels):
    found = sample(len(labels))
    counts = np.bincount(labels[found], minlength=3)
    assert len(set(found)) == 2000 and (np.diff(found) > 0).all()
    assert counts.min() > 550
    # What the first rows have, and evenly spaced ones:
    first, even = labels[:2000], labels[:: len(labels) // 2000]
    assert min(len(set(first)), len(set(even))) == 1


def test_pictures_are_averaged_over_boxes_and_keep_their_shape():
    random = np.random.default_rng(0)
    pictures = random.integers(0, 256, (CHUNK + 3, 64, 32, 3), "uint8")
    boxes = pictures.reshape(len(pictures), 16, 4, 8, 4, 3).mean(axis=(2, 4))
    found = vectors(split(pictures), np.arange(len(pictures)))
    assert found.dtype == "float32" and found.shape == (CHUNK + 3, 16 * 8 * 3)
    np.testing.assert_allclose(found, boxes.reshape(len(found), -1), rtol=1e-5)


def test_what_is_small_stays_as_it_is():
    pictures = np.arange(2 * 64.0).reshape(2, 8, 8, 1).astype("float32")
    found = vectors(split(pictures), np.array([1, 0]))
    np.testing.assert_array_equal(found, pictures[::-1].reshape(2, -1))
    table = np.array([[1.7e9 + 1, 2.0], [1.7e9 + 2, 3.0]])
    np.testing.assert_array_equal(
        vectors(split(table), np.arange(2)), table
    )  # float32 would make these two alike


def test_no_more_pictures_are_read_at_once_than_a_chunk():
    asked = []

    class Source(ArraySource):
        def read(self, indices):
            asked.append(len(indices))
            return super().read(indices)

    pictures = np.zeros((3 * CHUNK + 1, 4, 4, 1), "uint8")
    all_of_them = Split("train", Source(pictures), np.arange(len(pictures)), 0)
    vectors(all_of_them, np.arange(len(pictures)))
    assert asked == [CHUNK, CHUNK, CHUNK, 1]
