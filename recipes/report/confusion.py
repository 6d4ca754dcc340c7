"""What was taken for what, as a table that is shaded by shares."""

import numpy as np

from recipes.report.blocks import box, number, paragraph, table
from recipes.report.markup import clean, joined, name, tag

MOST = 20  # classes with a row
LABELS = 40  # labels with a row


def counts(truth, predicted, classes):
    """Return how often each class was taken for each, (true, predicted).

    >>> counts(np.array([0, 0, 1]), np.array([0, 1, 1]), 2).tolist()
    [[1, 1], [0, 1]]
    """
    found = np.zeros((classes, classes), "int64")
    np.add.at(found, (truth, predicted), 1)
    return found


def confusion(truth, predicted, class_names, split):
    """Return the confusion matrix; of many classes those with most errors.

    Args:
        truth: Class numbers.
        predicted: Class numbers.
        class_names: Names in the order of the numbers.
        split: What the rows are, in words.
    """
    found = counts(truth, predicted, len(class_names))
    rows = found.sum(axis=1)
    right = np.diag(found)
    wrong = int(found.sum() - right.sum())
    said = f"{split}: {wrong} of {found.sum()} wrong. "
    shown = np.arange(len(class_names))
    if len(shown) > MOST:
        errors = rows + found.sum(axis=0) - 2 * right
        shown = np.sort(np.argsort(-errors, kind="stable")[:MOST])
        said += f"The {MOST} of {len(class_names)} classes with most errors. "
    said += "A row is a true class, a column what it was taken for."
    return _matrix(found, rows, shown, class_names, said)


def _matrix(found, rows, shown, class_names, said):
    names = [clean(class_names[i], 60) for i in shown]
    turned = max(map(len, names)) > 3
    head = [tag("th", "true", scope="col")] + [
        tag("th", name(each), scope="col", title=each) for each in names
    ]
    lines = []
    for i, own in zip(shown, names, strict=True):
        cells = [tag("th", name(own), scope="row", title=own)]
        for j in shown:
            share = found[i, j] / max(1, rows[i])
            if i != j:  # so that one in a hundred shows
                share = 0.15 + 0.85 * share**0.5
            kind = "none" if not found[i, j] else None if i == j else "wrong"
            cells.append(
                tag(
                    "td",
                    found[i, j],
                    class_=kind,
                    style=f"--share:{share:.3f}" if found[i, j] else None,
                )
            )
        lines.append(tag("tr", *cells))
    whole = tag(
        "table",
        tag("thead", tag("tr", *head)),
        tag("tbody", *lines),
        class_=f"confusion{' turned' * turned}",
    )
    return joined(paragraph(said), box(whole, f"confusion matrix, {said}"))


def labels(truth, predicted, names, split):
    """Return a row per label: how many have it, were given it, and the F1."""
    right = (truth * predicted).sum(axis=0)
    has, given = truth.sum(axis=0), predicted.sum(axis=0)
    f1 = 2 * right / np.maximum(1, has + given)
    order = np.argsort(f1, kind="stable")[:LABELS]
    rows = [
        (name(names[i]), has[i], given[i], right[i], number(float(f1[i])))
        for i in order
    ]
    heads = ("label", "rows", "predicted", "right", "F1")
    said = f"{split}: each label, the lowest F1 first"
    if len(names) > LABELS:
        said += f"; {LABELS} of {len(names)}"
    return table(heads, rows, said, numeric=(1, 2, 3, 4))


def residuals(truth, predicted, split, names=None):
    """Return how far numbers are off, a row per target.

    Args:
        truth: Numbers (rows, targets).
        predicted: Numbers (rows, targets).
        split: What the rows are, in words.
        names: Of the targets; None, or another number of them: their numbers.
    """
    off = np.abs(predicted - truth)
    heads = ("target", "mean |error|", "median", "largest", "true deviation")
    if not names or len(names) != truth.shape[1]:
        names = range(truth.shape[1])
    rows = [
        (
            name(names[i]),
            *(
                number(float(v))
                for v in (
                    off[:, i].mean(),
                    np.median(off[:, i]),
                    off[:, i].max(),
                    truth[:, i].std(),
                )
            ),
        )
        for i in range(truth.shape[1])
    ]
    said = f"{split}: how far predictions are off, in the targets' own units"
    return joined(
        table(heads, rows[:LABELS], said, numeric=range(1, 5)),
        paragraph(f"{LABELS} of {len(rows)} targets are shown.")
        if len(rows) > LABELS
        else None,
    )
