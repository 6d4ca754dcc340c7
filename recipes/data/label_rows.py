"""Multi-label targets: rows of 0 and 1, one column per label."""

import numpy as np

from recipes.data.raw import split_name
from recipes.data.targets import encode_numbers
from recipes.errors import DataError

ROWS = "rows of 0 and 1, one column per label"
ONE_CLASS = "for one class per example leave multi_label=False"


def encode_label_rows(labels, class_names=None):
    """Encode the label rows of every split alike.

    Numbers, booleans and text that are 0 or 1 are accepted.

    Args:
        labels: Role → labels as they came.
        class_names: Names of the columns, or None for "0", "1", ….

    Returns:
        (role → int8 array (rows, labels), tuple of names).

    Raises:
        DataError: With the split and index of the first bad row.
    """
    numbers = encode_numbers({r: _numeric(y, r) for r, y in labels.items()})
    for role, y in numbers.items():
        bad = np.argwhere((y != 0) & (y != 1))
        if len(bad):
            row, column = (int(i) for i in bad[0])
            raise DataError(
                f"the label {y[row, column]:g} in column {column}",
                ROWS,
                f"set it to 0 or 1; {ONE_CLASS}",
                split=split_name(role),
                index=row,
            )
    count = next(iter(numbers.values())).shape[1]
    names = tuple(
        map(str, range(count) if class_names is None else class_names)
    )
    if len(names) != count or len(set(names)) < count:
        raise DataError(
            f"{len(names)} label names, {', '.join(names[:20])}",
            f"{count} different names, one for each column of the labels",
            "name every label once with class_names, or leave them out",
        )
    return {role: y.astype("int8") for role, y in numbers.items()}, names


def _numeric(y, role):
    """Return labels as numbers, refusing other text and other shapes."""
    y = np.asarray(y)
    if y.ndim != 2 and y.dtype.kind in "biuf":
        raise DataError(
            f"labels of shape {y.shape}",
            f"(rows, labels): {ROWS}",
            f"y.reshape(-1, 1) makes one column; {ONE_CLASS}",
            split=split_name(role),
        )
    if y.dtype.kind not in "USO":
        return y
    for i, row in enumerate(y):
        for value in np.atleast_1d(np.asarray(row, object)):
            try:
                float(value)
            except (TypeError, ValueError) as error:
                raise DataError(
                    f"the label {str(value)[:60]!r}",
                    ROWS,
                    "make a column of 0 and 1 for each label, for instance "
                    "with sklearn.preprocessing.MultiLabelBinarizer; "
                    f"{ONE_CLASS}",
                    split=split_name(role),
                    index=i,
                ) from error
    return y


def check_label_rows(train, class_names):
    """Refuse labels that the training split gives nothing to learn about.

    Raises:
        DataError: For a label that no row, or every row, of train has.
    """
    share = train.labels.mean(axis=0)
    for words, same in (("no row", share == 0), ("every row", share == 1)):
        names = [class_names[i] for i in np.flatnonzero(same)]
        if names:
            more = f" and {len(names) - 5} more" if names[5:] else ""
            raise DataError(
                f"{words} with the label {', '.join(names[:5])}{more}",
                "rows with and rows without each label in train",
                "add rows, or drop this column",
                split="train",
            )


def label_sets(labels, least):
    """Return the stratum of each row: its set of labels, where frequent.

    Rows whose set occurs fewer than `least` times share one stratum; if that
    is too small as well, it joins the largest one.

    >>> rows = np.array([[1, 0]] * 3 + [[0, 1]] * 3 + [[1, 1], [0, 0]])
    >>> label_sets(rows, 2).tolist()
    [1, 1, 1, 0, 0, 0, 2, 2]
    """
    found = np.unique(labels, axis=0, return_inverse=True)[1].reshape(-1)
    counts = np.bincount(found)
    rare = counts[found] < least
    shared = len(counts) if rare.sum() >= least else counts.argmax()
    return np.unique(np.where(rare, shared, found), return_inverse=True)[1]
