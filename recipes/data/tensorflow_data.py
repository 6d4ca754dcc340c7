"""TensorFlow's own data: `tfds:NAME` and `tf.data.Dataset`.

The only files of this room that import TensorFlow, and only when asked.
"""

from pathlib import Path

import numpy as np

from recipes.data.arrays import pair
from recipes.data.folder import SPLITS
from recipes.data.images import common_size
from recipes.data.raw import Raw
from recipes.errors import DataError


def is_dataset(spec):
    """Whether `spec` is a `tf.data.Dataset`, without importing TensorFlow."""
    return any(
        base.__module__.startswith("tensorflow") and base.__name__ == "DatasetV2"
        for base in type(spec).__mro__
    )


def from_dataset(dataset, name="dataset"):
    """Read a finite dataset of (features, label), batched or not."""
    return Raw(name, {"all": read_dataset(dataset)})


def read_dataset(dataset, role=None):
    """Return (source, labels) of a `tf.data.Dataset`.

    Raises:
        DataError: For elements that are no pairs, and for a dataset without
            an end.
    """
    spec = dataset.element_spec
    if not isinstance(spec, tuple) or len(spec) != 2:
        raise DataError(
            f"elements of the structure {spec}",
            "pairs (features, label)",
            "map the dataset to pairs; sample weights are not supported",
            split=role,
        )
    if int(dataset.cardinality()) == -1:  # tf.data.INFINITE_CARDINALITY
        raise DataError(
            "a dataset without an end",
            "a finite dataset",
            "remove repeat(); the recipe repeats by itself",
            split=role,
        )
    if _is_batched(*spec):
        dataset = dataset.unbatch()
    rows = list(dataset.as_numpy_iterator())
    if not rows:
        raise DataError(
            "no elements", "at least one", "check the dataset", split=role
        )
    x = stack([row[0] for row in rows])
    return pair(x, np.array([_text(row[1]) for row in rows]), role)


def _is_batched(x, y):
    """Whether the first axis of both is the batch.

    One label per element has rank 0, so rank 1 is a batch, unless it is a
    one-hot label: then its length differs from that of the features.
    """
    if not y.shape.rank or not x.shape.rank:
        return False
    if x.shape.rank == 4 or y.shape.rank == 2:
        return True
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
    return label.decode() if isinstance(label, bytes) else label


def from_tfds(rest):
    """Read a TensorFlow Datasets builder, by name or by its folder.

    `tfds:mnist`, `tfds:cifar10:3.0.2`, or `tfds:/data/mine/1.0.0`, a prepared
    folder. A name is looked for in TFDS' data folder (`TFDS_DATA_DIR`), and
    downloaded if it is not there. A builder of your own must be imported
    before. The splits train, validation and test are taken as they are; what
    is missing is drawn from train.

    Raises:
        DataError: For an unknown name, a failed download, a builder without
            features and labels, or a damaged record.
    """
    import tensorflow_datasets as tfds

    builder = _builder(tfds, rest)
    splits = {}
    for name in builder.info.splits:
        role = SPLITS.get(name.lower())
        if role:
            splits[role] = _read_split(builder, name, role)
    if "train" not in splits:
        found = ", ".join(builder.info.splits) or "none"
        raise DataError(
            f"the splits {found}",
            "a split called train",
            "hand over the splits yourself: {'train': (x, y), …}",
            file=f"tfds:{rest}",
        )
    if set(splits) == {"train"}:
        splits = {"all": splits["train"]}
    keys = builder.info.supervised_keys
    names = getattr(builder.info.features[keys[1]], "names", None)
    return Raw(
        builder.info.name, splits, class_names=tuple(names) if names else None
    )


def _builder(tfds, rest):
    try:
        if Path(rest).expanduser().is_dir():
            return tfds.builder_from_directory(str(Path(rest).expanduser()))
        builder = tfds.builder(rest)
        builder.download_and_prepare()
    except Exception as error:  # TFDS raises a different type for each cause
        words = str(error).strip().splitlines() or [type(error).__name__]
        raise DataError(
            f"TensorFlow Datasets cannot give {rest!r} ({words[0]})",
            "the name of a data set, or the folder of a prepared one",
            "check the name with tfds.list_builders(), the network, and "
            "TFDS_DATA_DIR; import the class of a builder of your own",
            file=f"tfds:{rest}",
        ) from error
    return builder


def _read_split(builder, name, role):
    if builder.info.supervised_keys is None:
        raise DataError(
            "a data set without (features, label) pairs",
            "a builder with supervised_keys",
            "read it yourself and hand over {'train': (x, y), …}",
            file=f"tfds:{builder.info.name}",
        )
    try:
        dataset = builder.as_dataset(split=name, as_supervised=True)
        return read_dataset(dataset, role)
    except DataError:
        raise
    except Exception as error:
        words = str(error).strip().splitlines() or [type(error).__name__]
        raise DataError(
            f"records that cannot be read ({words[0][:120]})",
            "whole records",
            "prepare the data set again",
            split=role,
            file=f"tfds:{builder.info.name}",
        ) from error
