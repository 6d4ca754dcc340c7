"""A `tf.data.Dataset` to arrays, without importing TensorFlow itself."""

import re

import numpy as np

from recipes.data.arrays import pair
from recipes.data.images import common_size
from recipes.data.raw import Raw
from recipes.errors import DataError

LARGEST = 2**33  # bytes that are read of a dataset of unknown length


def is_dataset(spec):
    """Whether `spec` is a `tf.data.Dataset`, without importing TensorFlow."""
    return any(
        base.__module__.startswith("tensorflow")
        and base.__name__ == "DatasetV2"
        for base in type(spec).__mro__
    )


def from_dataset(dataset, name="dataset"):
    """Read a finite dataset of (features, label), batched or not."""
    return Raw(name, {"all": read_dataset(dataset)})


def read_arrays(dataset, role):
    """Return a split of a dictionary as a pair of arrays."""
    source, labels = read_dataset(dataset, role)
    return source.array, labels


def read_dataset(dataset, role=None, file=None):
    """Return (source, labels) of a `tf.data.Dataset`.

    Args:
        dataset: Pairs (features, label), batched or not.
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
    endless = int(dataset.cardinality()) == -1  # tf.data.INFINITE_CARDINALITY
    if endless or _is_batched(*spec):
        _refuse_endless(endless, "a dataset without an end", role)
        dataset = dataset.unbatch()
    x, y = [], []
    try:
        size, known = 0, int(dataset.cardinality()) >= 0
        for features, label in dataset.as_numpy_iterator():
            x.append(features)
            y.append(_text(label))
            size += getattr(features, "nbytes", 0)
            _refuse_endless(
                size > LARGEST and not known,
                "more than 8 GiB in a dataset of unknown length",
                role,
            )
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
    return pair(stack(x), y, role)


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
    if x.shape.rank == 4 or y.shape.rank == 2:
        return True
    if x.shape.rank == 3 and x.shape[-1] in (1, 3):
        return False
    return x.shape[0] == y.shape[0] and x.shape.rank > 1


def stack(examples):
    """Stack examples; images of different sizes are resized first."""
    if len({np.shape(e) for e in examples}) == 1:
        return np.stack(examples)
    if any(np.ndim(e) != 3 or e.dtype != np.uint8 for e in examples):
        return examples  # of different shapes: refused where arrays are read
    size = common_size([np.shape(e)[:2] for e in examples])
    return np.stack([_resized(e, size) for e in examples])


def _resized(image, size):
    from PIL import Image

    height, width = size
    channels = image.shape[2]
    picture = Image.fromarray(image[..., 0] if channels == 1 else image)
    return np.asarray(picture.resize((width, height))).reshape(
        height, width, channels
    )


def _text(label):
    if isinstance(label, bytes):
        return label.decode(errors="backslashreplace")
    return label
