"""From what the user wrote to a `Raw`: one place that knows every form."""

import os

from recipes.data import (
    arrays,
    class_folders,
    csv_file,
    embedded,
    folder,
    tensorflow_dataset,
    text_files,
    tfds,
)
from recipes.data.raw import a_type, mend
from recipes.errors import DataError, suggest

FORMS = "a name, folder:PATH, csv:PATH#LABEL or tfds:NAME"


def read(spec, image_size="auto", channels=None, features=None):
    """Return the `Raw` of a data spec.

    Args:
        spec: An embedded name (`digits`, `iris`, `wine`, `breast_cancer`,
            `diabetes`, `docstrings`), `folder:PATH`, `csv:PATH#LABEL`,
            `tfds:NAME`, `(x, y)`, a dictionary of splits, or a
            `tf.data.Dataset`.
        image_size: For folders, and data sets of images of different sizes:
            (height, width), or `"auto"`.
        channels: For the same images: 1 (gray), 3 (RGB), or None to tell
            from them.
        features: `"image"`, `"table"` or `"text"`: how files are read. None:
            a folder of .txt files holds texts, any other folder images, and
            a CSV file a table.

    Raises:
        DataError: For an unknown form or name, and whatever the source
            refuses.
    """
    if isinstance(spec, str):
        return _from_text(spec, image_size, channels, features)
    if isinstance(spec, dict):
        return arrays.from_dictionary(
            tensorflow_dataset.read_parts(spec, image_size, channels)
        )
    if isinstance(spec, (tuple, list)) and len(spec) == 2:
        return arrays.from_pair(spec)
    if tensorflow_dataset.is_dataset(spec):
        return tensorflow_dataset.from_dataset(spec, image_size, channels)
    count = f" of {len(spec)}" if isinstance(spec, (tuple, list)) else ""
    raise DataError(
        f"{a_type(spec)}{count}",
        f"{FORMS}, (x, y), a dictionary of splits, or a tf.data.Dataset",
        "hand over one of these",
    )


def from_anywhere(spec):
    """Return a spec that means the same in any working directory.

    >>> from_anywhere("digits"), from_anywhere("csv:/tmp/wine.csv#grade")
    ('digits', 'csv:/tmp/wine.csv#grade')
    """
    kind, mark, rest = spec.partition(":")
    if kind not in ("folder", "csv"):
        return spec
    return f"{kind}:{os.path.join(os.getcwd(), os.path.expanduser(rest))}"


def _from_text(spec, image_size, channels, features):
    kind, mark, rest = spec.partition(":")
    if not mark:
        if spec in embedded.NAMES:
            return embedded.embedded(spec)
        raise DataError(
            f"the data name {spec!r}",
            f"{FORMS}; the names are {', '.join(embedded.NAMES)}",
            mend(
                suggest(spec.lower(), embedded.NAMES),
                "check the spelling, or write folder: before a path",
            ),
        )
    if not rest.strip():
        raise DataError(
            f"the data spec {spec!r}", FORMS, f"write something after {kind}:"
        )
    if kind == "folder":
        if features is None and class_folders.holds_texts(
            class_folders.listing(rest)[1]
        ):
            features = "text"
        if features == "text":
            return text_files.from_text_folder(rest)
        return folder.from_folder(rest, image_size, channels)
    if kind == "csv":
        return csv_file.from_csv(rest, features)
    if kind == "tfds":
        return tfds.from_tfds(rest, image_size, channels)
    raise DataError(
        f"the data spec {spec!r}",
        FORMS,
        mend(
            suggest(kind, ("folder", "csv", "tfds")),
            "begin with folder:, csv: or tfds:",
        ),
    )
