"""Train, validation, test: drawn once, by the seed, stratified.

Classes keep their shares; numbers are stratified by the tenth they lie in,
label rows by their sets of labels, as far as these are frequent.
"""

import numpy as np

from recipes.data.label_rows import label_sets
from recipes.errors import DataError


def draw(labels, fraction, seed, role, class_names=None):
    """Draw a fraction of the rows, stratified by their labels.

    Args:
        labels: Class numbers (rows,); float numbers (rows, targets): then the
            first target's tenths are the strata; or integer label rows of 0
            and 1: then every set of labels is one that would get a row, and
            all other sets together.
        fraction: In (0, 1); the number of rows is rounded up.
        seed: Decides which rows.
        role: Which split is drawn, for messages.
        class_names: Names of the classes, for messages.

    Returns:
        (rows kept, rows drawn), both sorted.

    Raises:
        DataError: If there are too few rows to give each class its place.

    Example:

    >>> kept, drawn = draw(np.array([0, 0, 0, 1, 1, 1]), 0.34, 0, "test")
    >>> len(kept), len(drawn)
    (3, 3)
    """
    from sklearn.model_selection import train_test_split

    if len(labels) < 2:
        raise DataError(
            f"{len(labels)} rows",
            "at least two, to draw a split from",
            "hand over more rows",
            split=role,
        )
    if labels.ndim == 1:
        _check_rows_per_class(labels, fraction, role, class_names)
        strata = labels
    elif labels.dtype.kind == "i":
        least = max(2, int(np.ceil(1 / fraction)))
        strata = _usable(label_sets(labels, least), fraction)
    else:
        strata = _usable(quantile_bins(labels[:, 0]), fraction)
    count = min(_drawn(len(labels), fraction), len(labels) - 1)
    kept, drawn = train_test_split(
        np.arange(len(labels)),
        test_size=count,
        random_state=_state(seed),
        stratify=strata if strata.any() else None,
    )
    return np.sort(kept), np.sort(drawn)


def quantile_bins(numbers, most=10, rows_per_bin=20):
    """Return which tenth of the values each number lies in.

    Splits stratified by these bins have alike targets. Small data gets fewer
    bins, and with fewer than 40 rows all lie in one.

    >>> quantile_bins(np.arange(40.0)).tolist() == [0] * 20 + [1] * 20
    True
    """
    count = min(most, len(numbers) // rows_per_bin)
    if count < 2:
        return np.zeros(len(numbers), "int64")
    edges = np.quantile(numbers, np.linspace(0, 1, count + 1)[1:-1])
    return np.searchsorted(np.unique(edges), numbers)


def _drawn(size, fraction):
    return int(np.ceil(size * fraction))


def _usable(strata, fraction):
    """Return strata of which both sides get a part, or one stratum."""
    drawn = _drawn(len(strata), fraction)
    least = min(drawn, len(strata) - drawn)
    counts = np.bincount(strata)
    counts = counts[counts > 0]
    if counts.min() < 2 or least < len(counts):
        return np.zeros(len(strata), "int64")
    return strata


def _state(seed):
    """Return what scikit-learn takes for a seed of any size."""
    if seed < 2**32:
        return int(seed)
    return np.random.RandomState(np.random.MT19937(int(seed)))


def _check_rows_per_class(labels, fraction, role, class_names):
    classes, counts = np.unique(labels, return_counts=True)
    drawn = _drawn(len(labels), fraction)
    least = min(drawn, len(labels) - drawn)
    if counts.min() >= 2 and least >= len(classes):
        return
    if least < len(classes):
        found = f"{len(labels)} rows for {len(classes)} classes"
    else:
        rare = classes[counts.argmin()]
        name = repr(class_names[rare]) if class_names else f"number {rare}"
        found = f"{counts.min()} row of class {name}"
    raise DataError(
        found,
        "enough rows to give every class a place in train, validation and test",
        "add rows, drop the rare class, or hand over the splits yourself: "
        "{'train': (x, y), 'validation': …, 'test': …}",
        split=role,
    )
