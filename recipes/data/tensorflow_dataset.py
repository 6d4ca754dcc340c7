"""A `tf.data.Dataset` to arrays, without importing TensorFlow itself."""

import re
import time

import numpy as np

from recipes.data.arrays import pair
from recipes.data.images import common_size, resize
from recipes.data.raw import Raw, split_name
from recipes.errors import DataError
from recipes.resolve import enlarged

# What is read of a dataset of unknown length: it may have no end.
LARGEST = 2**33  # bytes
MOST = 200_000  # elements
LONGEST = 60  # seconds


def is_dataset(spec):
    """Whether `spec` is a `tf.data.Dataset`, without importing TensorFlow."""
    return any(
        base.__module__.startswith("tensorflow")
        and base.__name__ == "DatasetV2"
        for base in type(spec).__mro__
    )


def from_dataset(dataset, image_size="auto", channels=None, name="dataset"):
    """Read a finite dataset of (features, label), batched or not."""
    read = {"all": read_dataset(dataset)}
    return Raw(name, stacked(read, image_size, channels))


def read_parts(spec, image_size="auto", channels=None):
    """Return a dictionary of splits with arrays in place of datasets."""
    read = {
        role: read_dataset(part, role)
        for role, part in spec.items()
        if is_dataset(part)
    }
    pairs = {
        role: (source.array, labels)
        for role, (source, labels) in stacked(
            read, image_size, channels
        ).items()
    }
    return {**spec, **pairs}


def read_dataset(dataset, role=None, file=None):
    """Return (examples, labels, whether sizes may differ) of a dataset.

    A dataset that says no size in its `element_spec` is read as files are.

    Args:
        dataset: `tf.data.Dataset` of pairs (features, label), batched or not.
        role: Split, for messages.
        file: Where it came from, for messages.

    Raises:
        DataError: For elements that are no pairs, for a dataset without an
            end, and for an element that cannot be read.
    """
    spec = dataset.element_spec
    if (
        not isinstance(spec, tuple)
        or len(spec) != 2
        or any(type(part).__name__ != "TensorSpec" for part in spec)
    ):
        raise DataError(
            f"elements of the structure {spec}",
            "pairs (features, label) of dense tensors",
            "map the dataset to pairs; sample weights are not supported",
            split=role,
        )
    count = int(dataset.cardinality())
    _refuse_endless(count == -1, "a dataset without an end", role)
    if _is_batched(*spec):
        dataset = dataset.unbatch()
    known = count >= 0
    x, y, size, start = [], [], 0, time.monotonic()
    try:
        for features, label in dataset.as_numpy_iterator():
            x.append(features)
            y.append(_text(label))
            size += getattr(features, "nbytes", 0)
            if known:
                continue
            seconds = time.monotonic() - start
            for over, words in (
                (size > LARGEST, "more than 8 GiB"),
                (len(x) > MOST, f"more than {MOST:,} elements"),
                (seconds > LONGEST, f"no end after {LONGEST} seconds"),
            ):
                where = "in a dataset of unknown length"
                _refuse_endless(over, f"{words} {where}", role)
    except DataError:
        raise
    except Exception as error:  # whatever the user's pipeline raises
        raise DataError(
            f"a record that cannot be read ({first_line(error)})",
            "whole records",
            "prepare the data set again"
            if file
            else "mend the dataset: list(dataset) has to run through",
            split=role,
            index=len(x),
            file=file,
        ) from error
    if not x:
        raise DataError(
            "no elements", "at least one", "check the dataset", split=role
        )
    shape = spec[0].shape
    return x, y, shape.rank is None or None in list(shape)[-3:-1]


def first_line(error):
    """Return the first line of what TensorFlow or TFDS said."""
    said = re.sub(r"^\{\{.*?\}\}\s*|\s*\[Op:.*", "", str(error).strip())
    return said.partition("\n")[0][:200] or type(error).__name__


def _refuse_endless(endless, found, role):
    if endless:
        raise DataError(
            found,
            "a finite dataset",
            "remove repeat(), as the recipe repeats by itself; or say the "
            "length: tf.data.experimental.assert_cardinality",
            split=role,
        )


def _is_batched(x, y):
    """Whether the first axis of both is the batch.

    One label per element has rank 0, so rank 1 is a batch, unless it is a
    one-hot label: then its length differs from that of the features, or the
    features are one image.
    """
    if not y.shape.rank or not x.shape.rank:
        return False
    if x.dtype.name == "string":
        return True
    if x.shape.rank == 4 or y.shape.rank == 2:
        return True
    if x.shape.rank == 3 and x.shape[-1] in (1, 3):
        return False
    return x.shape[0] == y.shape[0] and x.shape.rank > 1


def stacked(read, image_size="auto", channels=None):
    """Return role → (source, labels) of the lists that were read.

    Images whose sizes differ, within a split or between splits, or may
    differ, are resized as a folder's are.

    Args:
        read: Role → what `read_dataset` gives.
        image_size: (height, width) for these, or `"auto"`.
        channels: 1, 3, or None: 1 where all of these are gray.
    """
    every = [example for x, _, _ in read.values() for example in x]
    shapes = {np.shape(example) for example in every}
    images = all(getattr(e, "dtype", None) == np.uint8 for e in every) and all(
        len(shape) == 3 and shape[2] in (1, 3) and all(shape)
        for shape in shapes
    )
    differ = len(shapes) > 1 or any(differ for _, _, differ in read.values())
    if images and differ:
        size = image_size
        if size == "auto":
            size = enlarged(common_size([np.shape(e)[:2] for e in every]))
        if channels is None:
            channels = max(shape[2] for shape in shapes)
        for x, _, _ in read.values():
            x[:] = [resize(e, channels, tuple(map(int, size))) for e in x]
    every.clear()
    splits = {}
    for role, (x, y, _) in read.items():
        if isinstance(x[0], bytes):
            array = x
        elif len(set(map(np.shape, x))) == 1:
            array = np.stack(x)
            x.clear()
        else:
            array = x  # of different shapes: refused where arrays are read
        splits[role] = pair(array, y, split_name(role))
    return splits


def _text(label):
    if isinstance(label, bytes):
        return label.decode(errors="backslashreplace")
    return label
