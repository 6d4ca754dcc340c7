"""Predictions for files: an image, a text, or a CSV of rows."""

from pathlib import Path

import numpy as np

from recipes.data.csv_file import read_rows, to_numbers, to_texts
from recipes.data.images import decode
from recipes.data.text_files import read_text, text_column
from recipes.data.texts import from_strings
from recipes.errors import DataError


def predict_file(run, file):
    """Yield one line per example of a file.

    Args:
        run: A `Run`.
        file: An image, for image recipes; a CSV with the columns that the run
            was trained on (others are passed over), for tables; for texts
            such a CSV, or any other file: it is one text.

    Yields:
        `FILE  CLASS  PROBABILITY  (CLASS PROBABILITY, …)`,
        `FILE  LABEL, LABEL  (LABEL PROBABILITY, …)` (those above 0.5, or `-`),
        or `FILE:LINE  NUMBER`.

    Raises:
        DataError: For a file that cannot be read, naming it.
    """
    about = run.environment["data"]
    if about["features"] == "image":
        x, places = read_image(file, about), [file]
    elif about["features"] == "text":
        x, places = _texts(file, about)
    else:
        x, places = _table(file, about)
    outputs = run.model.predict(x, verbose=0)
    for place, row in zip(places, outputs, strict=True):
        words = _labels if about["target"] == "labels" else _words
        yield f"{place}  {words(row, about['class_names'])}"


def read_image(file, about):
    """Read an image as the run's training images were read.

    Args:
        file: Its path.
        about: What the run's environment says of its data.

    Returns:
        Array (1, height, width, channels), as the model takes it.

    Raises:
        DataError: For a file that cannot be read, naming it.
    """
    height, width, channels = about["input_shape"]
    path = Path(file)
    if not path.is_file():
        raise DataError("no such file", "an image", "check the path", file=path)
    image = decode(path, channels, (height, width))
    if about["value_scale"] == 1.0:
        image = image.astype("float32") / 255
    elif about["value_scale"] < 1 / 255:
        image = image.astype("float32") * 257  # the run was fitted on 16 bits
    return image[None]


def _texts(file, about):
    if Path(file).suffix.lower() != ".csv":
        return from_strings([read_text(file)], places=[file]).array, [file]
    names, rows = read_rows(file)
    known = about["feature_names"] or (None,)
    column = text_column(file, names, *known)
    x = to_texts(file, names, rows, column).array
    return x, [f"{file}:{line}" for line, _ in rows]


def _table(file, about):
    names, rows = read_rows(file)
    wanted = about["feature_names"]
    if wanted is None:
        wanted = names
    missing = [name for name in wanted if name not in names]
    count = about["input_shape"][0]
    if missing or len(wanted) != count:
        found = (
            f"no column {missing[0]!r}"
            if missing
            else (f"{len(names)} columns")
        )
        raise DataError(
            found,
            f"the {count} columns that the run was trained on",
            "add or rename columns",
            file=file,
        )
    x = to_numbers(file, names, rows, wanted)
    return x, [f"{file}:{line}" for line, _ in rows]


def _words(row, class_names):
    if class_names is None:
        return "  ".join(f"{number:.6g}" for number in row)
    shares = row if len(row) > 1 else np.array([1 - row[0], row[0]])
    best = int(shares.argmax())
    every = ", ".join(
        f"{name} {share:.4f}"
        for name, share in zip(class_names, shares, strict=True)
    )
    return f"{class_names[best]}  {shares[best]:.4f}  ({every})"


def _labels(row, names):
    pairs = list(zip(names, row, strict=True))
    found = ", ".join(name for name, share in pairs if share > 0.5) or "-"
    return f"{found}  ({', '.join(f'{n} {s:.4f}' for n, s in pairs)})"
