"""TensorFlow Datasets: `tfds:NAME`. The only file here that imports it."""

import os

from recipes.data.class_folders import SPLITS
from recipes.data.raw import Raw, to_path
from recipes.data.tensorflow_dataset import (
    first_line,
    read_dataset,
    stacked,
)
from recipes.errors import DataError


def from_tfds(rest, image_size="auto", channels=None):
    """Read a TensorFlow Datasets builder, by name or by its folder.

    `tfds:mnist`, `tfds:cifar10:3.0.2`, or `tfds:/data/mine/1.0.0`, a prepared
    folder. A name is looked for in TFDS' data folder (`TFDS_DATA_DIR`), and
    downloaded if it is not there. A builder of your own must be imported
    before. The splits train, validation and test are taken as they are; what
    is missing is drawn from train.

    Args:
        rest: The name, or the folder.
        image_size: (height, width) for images of different sizes, or
            `"auto"`.
        channels: For these: 1 (gray), 3 (RGB), or None to tell from them.

    Raises:
        DataError: For an unknown name, a failed download, a builder without
            features and labels, or a damaged record.
    """
    import tensorflow_datasets as tfds

    builder = _builder(tfds, rest)
    read = {}
    for name in builder.info.splits:
        role = SPLITS.get(name.lower())
        if role:
            read[role] = _read_split(builder, name, role)
    if "train" not in read:
        found = ", ".join(builder.info.splits) or "none"
        raise DataError(
            f"the splits {found}",
            "a split called train",
            "hand over the splits yourself: {'train': (x, y), …}",
            file=f"tfds:{rest}",
        )
    if set(read) == {"train"}:
        read = {"all": read["train"]}
    splits = stacked(read, image_size, channels)
    keys = builder.info.supervised_keys
    names = getattr(builder.info.features[keys[1]], "names", None)
    return Raw(
        builder.info.name, splits, class_names=tuple(names) if names else None
    )


def _builder(tfds, rest):
    folder = to_path(rest)
    try:
        is_path = rest.startswith(("/", ".", "~"))  # glue/mrpc is a name
        if is_path or (folder / "dataset_info.json").is_file():
            return tfds.builder_from_directory(str(folder))
        # TFDS itself reads the variable once, when it is imported.
        home = os.environ.get("TFDS_DATA_DIR")
        builder = tfds.builder(rest, data_dir=home)
        builder.download_and_prepare()
    except Exception as error:  # TFDS raises a different type for each cause
        raise DataError(
            f"TensorFlow Datasets cannot give {rest!r} ({first_line(error)})",
            "the name of a data set, or the folder of a prepared one",
            "check the name with tfds.list_builders(), the network, and "
            "TFDS_DATA_DIR; import the class of a builder of your own",
            file=f"tfds:{rest}",
        ) from error
    return builder


def _read_split(builder, name, role):
    file = f"tfds:{builder.info.name}"
    keys = builder.info.supervised_keys
    if keys is None or not all(isinstance(key, str) for key in keys):
        raise DataError(
            "a data set without (features, label) pairs",
            "a builder with supervised_keys of two names",
            "read it yourself and hand over {'train': (x, y), …}",
            file=file,
        )
    try:
        dataset = builder.as_dataset(split=name, as_supervised=True)
    except Exception as error:  # again a type for each cause
        raise DataError(
            f"a split that cannot be read ({first_line(error)})",
            "whole records",
            "prepare the data set again",
            split=role,
            file=file,
        ) from error
    return read_dataset(dataset, role, file)
