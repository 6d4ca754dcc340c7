"""From what the user wrote to a `Raw`: one place that knows every form."""

from recipes.data import arrays, csv_file, embedded, folder, tensorflow_data
from recipes.data.raw import Raw
from recipes.errors import DataError
from recipes.registry import suggest

FORMS = "a name, folder:PATH, csv:PATH#LABEL or tfds:NAME"


def read(spec, image_size="auto"):
    """Return the `Raw` of a data spec.

    Args:
        spec: An embedded name (`digits`, `iris`, `wine`, `breast_cancer`,
            `diabetes`), `folder:PATH`, `csv:PATH#LABEL`, `tfds:NAME`, `(x,
            y)`, a dictionary of splits, or a `tf.data.Dataset`.
        image_size: For folders: (height, width), or `"auto"`.

    Raises:
        DataError: For an unknown form or name, and whatever the source
            refuses.
    """
    if isinstance(spec, str):
        return _from_text(spec, image_size)
    if isinstance(spec, dict):
        if spec and all(tensorflow_data.is_dataset(v) for v in spec.values()):
            return _from_datasets(spec)
        return arrays.from_dictionary(spec)
    if isinstance(spec, (tuple, list)) and len(spec) == 2:
        return arrays.from_pair(spec)
    if tensorflow_data.is_dataset(spec):
        return tensorflow_data.from_dataset(spec)
    raise DataError(
        f"{type(spec).__name__}",
        f"{FORMS}, (x, y), a dictionary of splits, or a tf.data.Dataset",
        "hand over one of these",
    )


def _from_text(spec, image_size):
    kind, mark, rest = spec.partition(":")
    if not mark:
        if spec in embedded.NAMES:
            return embedded.embedded(spec)
        raise DataError(
            f"the data name {spec!r}",
            f"{FORMS}; the names are {', '.join(embedded.NAMES)}",
            "check the spelling, or write folder: before a path"
            + suggest(spec, embedded.NAMES),
        )
    if kind == "folder":
        return folder.from_folder(rest, image_size)
    if kind == "csv":
        return csv_file.from_csv(rest)
    if kind == "tfds":
        return tensorflow_data.from_tfds(rest)
    raise DataError(
        f"the data spec {spec!r}",
        FORMS,
        "begin with folder:, csv: or tfds:"
        + suggest(kind, ("folder", "csv", "tfds")),
    )


def _from_datasets(spec):
    read_dataset = tensorflow_data.read_dataset
    if "train" not in spec:
        return arrays.from_dictionary({k: (0, 0) for k in spec})
    return Raw("datasets", {r: read_dataset(d, r) for r, d in spec.items()})
