"""A policy in other people's loaders: `tf.data`, and one image at a time."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import augment

POLICY = augment.Policy(
    [augment.RandomCrop(12, 12), augment.RandomBrightness(0.4)]
)
MIXING = augment.Policy([augment.CutMix()])


@pytest.fixture(scope="module")
def data():
    draw = np.random.default_rng(0)
    images = draw.integers(0, 256, (10, 16, 16, 3), "uint8")
    return images, draw.integers(0, 3, 10)


@pytest.fixture(scope="module")
def tf():
    return pytest.importorskip("tensorflow")


def test_each_repetition_is_an_epoch(data, tf):
    dataset = tf.data.Dataset.from_tensor_slices(data).repeat(2)
    dataset = dataset.enumerate().batch(4)
    mapped = dataset.map(POLICY.as_map(seed=5, size=10), num_parallel_calls=2)
    shapes = [tuple(x.shape) for x in mapped.element_spec]
    assert shapes == [(None, 12, 12, 3), (None,)]
    found = list(mapped.as_numpy_iterator())
    images = np.concatenate([x for x, _ in found])
    labels = np.concatenate([y for _, y in found])
    expected = [POLICY(data[0], seed=5, epoch=epoch) for epoch in (0, 1)]
    assert (images == np.concatenate(expected)).all()
    assert (labels == np.concatenate([data[1]] * 2)).all()
    assert labels.dtype == data[1].dtype
    assert (expected[0] != expected[1]).any(axis=(1, 2, 3)).all()


def test_without_a_size_all_is_epoch_0(data, tf):
    dataset = tf.data.Dataset.from_tensor_slices(data[0]).repeat(2)
    dataset = dataset.enumerate().batch(20).map(POLICY.as_map())
    (found,) = dataset.as_numpy_iterator()
    twice = np.concatenate([data[0]] * 2)
    assert (found == POLICY(twice, indices=np.arange(20))).all()


def test_mixed_labels_become_rows(data, tf):
    dataset = tf.data.Dataset.from_tensor_slices(data)
    dataset = dataset.enumerate().batch(10)
    mapped = dataset.map(MIXING.as_map(size=10, num_classes=3))
    assert mapped.element_spec[1].shape.as_list() == [None, 3]
    ((images, labels),) = mapped.as_numpy_iterator()
    expected = MIXING(*data, num_classes=3)
    assert (images == expected[0]).all() and (labels == expected[1]).all()
    assert ((labels > 0).sum(axis=1) == 2).any()


def test_what_does_not_fit_is_said_before_it_runs(data, tf):
    dataset = tf.data.Dataset.from_tensor_slices(data[0])
    with pytest.raises(ValueError, match="in batches"):
        dataset.enumerate().map(POLICY.as_map())
    with pytest.raises(ValueError, match="images alone"):
        dataset.enumerate().batch(2).map(MIXING.as_map())
    with pytest.raises(ValueError, match="whole number"):
        POLICY.as_map(size=0)


def test_weights_go_through(data, tf):
    weights = np.arange(10, dtype="float32")
    dataset = tf.data.Dataset.from_tensor_slices((*data, weights))
    dataset = dataset.enumerate().batch(10)
    ((images, labels, found),) = dataset.map(POLICY.as_map())
    assert (images.numpy() == POLICY(data[0])).all()
    assert (labels.numpy() == data[1]).all()
    assert (found.numpy() == weights).all()
    with pytest.raises(ValueError, match="Received: weights"):
        dataset.map(MIXING.as_map(num_classes=3))


def test_a_column_of_class_numbers_becomes_rows(data, tf):
    dataset = tf.data.Dataset.from_tensor_slices((data[0], data[1][:, None]))
    mapped = dataset.enumerate().batch(10).map(MIXING.as_map(num_classes=3))
    assert mapped.element_spec[1].shape.as_list() == [None, 3]
    ((_, labels),) = mapped.as_numpy_iterator()
    assert (labels == MIXING(*data, num_classes=3)[1]).all()


def test_elements_and_classes_that_do_not_fit_are_refused(data, tf):
    def mapped(given, policy=POLICY, numbered=True, **arguments):
        dataset = tf.data.Dataset.from_tensor_slices(given)
        dataset = dataset.enumerate() if numbered else dataset
        return dataset.batch(2).map(policy.as_map(**arguments))

    images, labels = data
    with pytest.raises(ValueError, match=r"a dict of \['x', 'y'\]"):
        mapped({"x": images, "y": labels})
    for given in ((images,) * 4, (images, {"y": labels})):
        with pytest.raises(ValueError, match="elements must be"):
            mapped(given)
    for given in (images, (images, labels)):
        with pytest.raises(ValueError, match="elements must be"):
            mapped(given, numbered=False)
    with pytest.raises(ValueError, match="Received: .*int32"):
        mapped(images.astype("int32"))
    with pytest.raises(ValueError, match="num_classes=None"):
        mapped(data, MIXING)
    with pytest.raises(ValueError, match="`num_classes`.*Received: 'a'"):
        mapped(data, MIXING, num_classes="a")
    with pytest.raises(ValueError, match="class numbers, or rows"):
        mapped((images, labels / 2), MIXING, num_classes=3)
    mapped(data, MIXING, num_classes=3)


class Photographs:
    """As `torch.utils.data.Dataset` wants it: a length, and an item.

    >>> photographs = Photographs(np.zeros((5, 16, 16, 3), "uint8"))
    >>> photographs.epoch = 3
    >>> photographs[2].shape
    (12, 12, 3)
    """

    def __init__(self, images):
        self.images, self.epoch = images, 0

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        return POLICY(self.images[i], seed=5, epoch=self.epoch, indices=i)


def test_one_image_at_a_time_in_any_order(data):
    photographs = Photographs(data[0])
    order = np.random.default_rng(1).permutation(len(photographs)).tolist()
    for epoch in (0, 1):
        photographs.epoch = epoch
        with ThreadPoolExecutor(4) as workers:
            found = np.stack(list(workers.map(photographs.__getitem__, order)))
        whole = POLICY(data[0], seed=5, epoch=epoch)
        assert (found == whole[order]).all()
        other = POLICY(data[0], seed=5, epoch=epoch + 1)
        assert (found != other[order]).any(axis=(1, 2, 3)).all()
