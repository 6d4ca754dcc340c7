"""Train, validation, test: drawn once, by the seed, stratified by class."""

import numpy as np

from recipes.errors import DataError


def draw(labels, fraction, seed, role, stratify):
    """Draw a fraction of the rows.

    Args:
        labels: One per row; only used to stratify.
        fraction: In (0, 1); the number of rows is rounded up.
        seed: Decides which rows.
        role: Which split is drawn, for messages.
        stratify: Whether each class keeps its share.

    Returns:
        (rows kept, rows drawn), both sorted.

    Raises:
        DataError: If there are too few rows to give each class its place.

    Example:

    >>> kept, drawn = draw(np.array([0, 0, 0, 1, 1, 1]), 0.34, 0, "test", True)
    >>> len(kept), len(drawn)
    (3, 3)
    """
    from sklearn.model_selection import train_test_split

    if stratify:
        _check_rows_per_class(labels, fraction, role)
    elif len(labels) < 2:
        raise DataError(
            f"{len(labels)} rows",
            "at least two, to draw a split from",
            "hand over more rows",
            split=role,
        )
    kept, drawn = train_test_split(
        np.arange(len(labels)),
        test_size=fraction,
        random_state=seed,
        stratify=labels if stratify else None,
    )
    return np.sort(kept), np.sort(drawn)


def _check_rows_per_class(labels, fraction, role):
    classes, counts = np.unique(labels, return_counts=True)
    drawn = int(np.ceil(len(labels) * fraction))
    least = min(drawn, len(labels) - drawn)
    if counts.min() >= 2 and least >= len(classes):
        return
    if least < len(classes):
        found = f"{len(labels)} rows for {len(classes)} classes"
    else:
        rare = classes[counts.argmin()]
        found = f"{counts.min()} row of class number {rare}"
    raise DataError(
        found,
        "enough rows to give every class a place in train, validation and test",
        "add rows, drop the rare class, or hand over the splits yourself: "
        "{'train': (x, y), 'validation': …, 'test': …}",
        split=role,
    )
