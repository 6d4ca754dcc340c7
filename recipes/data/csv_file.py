"""CSV files: `csv:PATH#LABEL`."""

import csv
from pathlib import Path

import numpy as np

from recipes.data.data import ArraySource
from recipes.data.raw import Raw, mend
from recipes.errors import DataError, suggest

LARGEST = float(np.finfo("float32").max)


def from_csv(rest):
    """Read a table whose column LABEL holds the labels.

    The first line names the columns; every other column is a feature.

    Args:
        rest: `PATH#LABEL`.

    Raises:
        DataError: For a missing file, label column or cell, and for text in a
            number column, with the line.
    """
    path, mark, label = rest.rpartition("#")
    if not mark or not path or not label:
        raise DataError(
            f"csv:{rest}",
            "csv:PATH#LABEL",
            "name the label column behind #, for instance csv:wine.csv#grade",
        )
    names, rows = read_rows(path)
    if label not in names:
        raise DataError(
            f"no column {label!r}; the columns are {', '.join(names)}",
            "the label column",
            mend(suggest(label, names), "name one of them behind #"),
            file=path,
        )
    at = names.index(label)
    features = [name for name in names if name != label]
    if not features:
        raise DataError(
            "no column but the label",
            "at least one feature column",
            "add the features",
            file=path,
        )
    labels = [row[at] for _, row in rows]
    for i, value in enumerate(labels):
        if not value:
            raise _cell_error(path, rows, i, label, "a label")
    x = to_numbers(path, names, rows, features)
    return Raw(
        Path(path).stem,
        {"all": (ArraySource(x), _labels(labels))},
        features="table",
        feature_names=tuple(features),
    )


def read_rows(path):
    """Return the column names and (line number, cells) of every row.

    Raises:
        DataError: For a file that is missing, empty, or of uneven rows.
    """
    try:
        with open(
            Path(path).expanduser(), newline="", encoding="utf-8-sig"
        ) as file:
            reader = csv.reader(file)
            lines = [(reader.line_num, row) for row in reader if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(
            f"a file that cannot be read ({error})",
            "a CSV file in UTF-8",
            "check the path and the encoding",
            file=path,
        ) from error
    if len(lines) < 2:
        raise DataError(
            f"{len(lines)} lines",
            "a line of column names and at least one row",
            "check that this is the right file",
            file=path,
        )
    names = [cell.strip() for cell in lines[0][1]]
    if "" in names:
        raise DataError(
            f"no name for column {names.index('') + 1}",
            "a name for each column",
            "name it, or drop it; pandas writes no row numbers with "
            "to_csv(index=False)",
            file=path,
        )
    if len(set(names)) != len(names):
        twice = sorted({n for n in names if names.count(n) > 1})
        raise DataError(
            f"column names that stand twice: {', '.join(twice)}",
            "a name of its own for each column",
            "rename them",
            file=path,
        )
    for i, (line, row) in enumerate(lines[1:]):
        if len(row) != len(names):
            raise DataError(
                f"{len(row)} cells in line {line}",
                f"{len(names)} cells, as the first line has",
                "mend or drop this line",
                file=path,
                index=i,
            )
    return names, [(n, [cell.strip() for cell in row]) for n, row in lines[1:]]


def to_numbers(path, names, rows, features):
    """Return the feature columns as a float32 array (rows, columns).

    Raises:
        DataError: Naming the line and column of a cell that is no number.
    """
    columns = [names.index(name) for name in features]
    x = np.empty((len(rows), len(columns)), "float32")
    for i, (_, row) in enumerate(rows):
        for j, column in enumerate(columns):
            try:
                number = float(row[column])
            except ValueError:
                number = np.nan
            if not abs(number) <= LARGEST:
                raise _cell_error(
                    path, rows, i, names[column], "a number", row[column]
                )
            x[i, j] = number
    return x


def _labels(labels):
    """Return whole numbers as integers, numbers as floats, else text."""
    for kind in (int, float):
        try:
            return np.array([kind(label) for label in labels])
        except (ValueError, OverflowError):
            continue
    return np.array(labels)


def _cell_error(path, rows, index, column, expected, cell=""):
    found = repr(cell) if cell else "an empty cell"
    return DataError(
        f"{found} in column {column!r}, line {rows[index][0]}",
        expected,
        "fill, encode or drop it",
        file=path,
        index=index,
    )
