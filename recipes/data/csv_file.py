"""CSV files: `csv:PATH#LABEL`."""

import csv
import re

import numpy as np

from recipes.data.csv_labels import DECIMAL_COMMA, from_cells
from recipes.data.data import ArraySource
from recipes.data.raw import Raw, mend, to_number, to_path
from recipes.data.text_files import text_column
from recipes.data.texts import from_strings
from recipes.errors import DataError, suggest

LARGEST = float(np.finfo("float32").max)
MISSING = ("", "nan", "na", "n/a", "#n/a", "<na>", "null")


def from_csv(rest, features=None):
    """Read a table whose column LABEL holds the labels.

    The first line names the columns; every other column is a feature. Several
    LABELs with commas between them are numbers, or label rows of 0 and 1. With
    `features="text"` one column holds the texts: the only other one, or the
    one called `text`. Labels that are whole numbers can be numbers to predict,
    or names of classes.

    Args:
        rest: `PATH#LABEL`; both may hold a # of their own.
        features: `"text"` for texts, anything else for a table.

    Raises:
        DataError: For a missing file, label column or cell, and for text in a
            number column, with the line.
    """
    path, wanted, (names, rows) = _table(rest)
    for label in wanted:
        if label not in names:
            raise DataError(
                f"no column {label!r}; the columns are {', '.join(names)}",
                "the label column",
                mend(suggest(label, names), "name one of them behind #"),
                file=path,
            )
    others = [name for name in names if name not in wanted]
    if not others:
        raise DataError(
            "no column but the label",
            "at least one feature column",
            "add the features",
            file=path,
        )
    if len(wanted) > 1:
        class_names = tuple(wanted)
        labels = to_numbers(path, names, rows, wanted, "float64")
    else:
        labels, class_names = _one_column(path, names, rows, label)
    if features == "text":
        others = [text_column(path, others)]
        source = to_texts(path, names, rows, others[0])
    else:
        source = ArraySource(to_numbers(path, names, rows, others))
    return Raw(
        to_path(path).stem,
        {"all": (source, labels)},
        features="text" if features == "text" else "table",
        class_names=class_names,
        feature_names=tuple(others),
        target_names=tuple(wanted),
    )


def _one_column(path, names, rows, label):
    """Return the labels of one column, and the class names or None."""
    given = [row[names.index(label)] for _, row in rows]
    for i, value in enumerate(given):
        if value.lower() in MISSING:
            raise _cell_error(path, rows, i, label, "a label", value)
    labels, class_names = from_cells(given)
    if labels is None:
        i = next(i for i, v in enumerate(given) if DECIMAL_COMMA.fullmatch(v))
        raise _cell_error(path, rows, i, label, "a number", given[i])
    return labels, class_names


def _table(rest):
    """Return (path, labels, (names, rows)), split at the # that fits."""
    marks = [i for i, letter in enumerate(rest) if letter == "#"]
    cuts = [(rest[:i], rest[i + 1 :]) for i in reversed(marks)]
    cuts = [(path, label) for path, label in cuts if path and label]
    if not cuts:
        raise DataError(
            f"csv:{rest}",
            "csv:PATH#LABEL",
            "name the label column behind #, for instance csv:wine.csv#grade",
        )
    files = [cut for cut in cuts if to_path(cut[0]).is_file()]
    tables = []
    for path, label in files or cuts[:1]:
        names, rows = read_rows(path)
        several = [part.strip() for part in label.split(",")]
        wanted = [label] if label in names else list(dict.fromkeys(several))
        tables.append((path, wanted, (names, rows)))
    fitting = [table for table in tables if set(table[1]) <= set(table[2][0])]
    return (fitting or tables)[0]


def read_rows(path):
    """Return the column names and (line number, cells) of every row.

    Raises:
        DataError: For a file that is missing, empty, or of uneven rows.
    """
    try:
        with open(to_path(path), newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file)
            lines = [(reader.line_num, row) for row in reader if row]
    except UnicodeDecodeError as error:
        raise DataError(
            f"bytes that are no UTF-8 ({error.reason})",
            "a CSV file in UTF-8",
            "save it as UTF-8, for instance with pandas: read_csv(PATH, "
            "encoding='cp949').to_csv(PATH, index=False), with the encoding "
            "that it has",
            file=path,
        ) from error
    except (OSError, csv.Error) as error:
        raise DataError(
            f"a file that cannot be read ({error})",
            "a CSV file in UTF-8",
            "check the path and the encoding",
            file=path,
        ) from error
    if len(lines) < 2:
        raise DataError(
            f"{len(lines)} line{'s' * (len(lines) != 1)}",
            "a line of column names and at least one row",
            "check that this is the right file",
            file=path,
        )
    names = [cell.strip() for cell in lines[0][1]]
    _check_separator(path, names)
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
                "mend or drop this line; a comma within a cell needs quotes, "
                "and numbers take a decimal point",
                file=path,
                index=i,
            )
    return names, [(n, [cell.strip() for cell in row]) for n, row in lines[1:]]


def to_numbers(path, names, rows, features, dtype="float32"):
    """Return the columns as an array (rows, columns) of numbers.

    Raises:
        DataError: Naming the line and column of a cell that is no number.
    """
    columns = [names.index(name) for name in features]
    x = np.empty((len(rows), len(columns)), dtype)
    for i, (_, row) in enumerate(rows):
        for j, column in enumerate(columns):
            try:
                number, expected = to_number(row[column]), "a finite number"
            except ValueError:
                number, expected = np.nan, "a number"
            if not abs(number) <= LARGEST:
                raise _cell_error(
                    path, rows, i, names[column], expected, row[column]
                )
            x[i, j] = number
    return x


def to_texts(path, names, rows, column):
    """Return one column as texts.

    Raises:
        DataError: Naming the line of an empty cell.
    """
    texts = [row[names.index(column)] for _, row in rows]
    places = [f"{path}, line {line}" for line, _ in rows]
    return from_strings(texts, places=places)


def _check_separator(path, names):
    """Refuse columns that are not separated by commas."""
    for mark in ";\t|":
        if len(names) == 1 and mark in names[0]:
            raise DataError(
                f"columns separated by {mark!r}: {names[0][:60]}",
                "commas between the columns, points in the numbers",
                "save the file with commas, for instance with pandas: "
                f"read_csv(PATH, sep={mark!r}).to_csv(PATH, index=False); "
                "add decimal=',' where numbers have decimal commas",
                file=path,
            )


def _cell_error(path, rows, index, column, expected, cell=""):
    mend = "fill, encode or drop it"
    if DECIMAL_COMMA.fullmatch(cell):
        expected, mend = "a decimal point", "write 1.5 for 1,5"
    elif re.search(r"\d", cell) and expected == "a finite number":
        expected, mend = "a number that fits float32", "scale this column"
    return DataError(
        f"{repr(cell) if cell else 'an empty cell'} in column {column!r}, "
        f"line {rows[index][0]}",
        expected,
        mend,
        file=path,
        index=index,
    )
