"""The change of validation's labels that would make sense of them."""

import numpy as np

BETTER = 0.25  # of the rows


def mend_for(data, truth, guessed, beside):
    """Return (words, mend) where labels renamed, or moved, fit much better.

    Renamed: classes (of several labels: columns) are matched with what a
    model of train says, so that as many rows as can be agree (Kuhn, 1955).
    Moved: the label of the row before, or after. Either counts where the share
    of rows that agree grows by more than 0.25.

    Args:
        data: Checked data.
        truth: Labels of validation.
        guessed: What a simple model of train says of the same rows.
        beside: 1 → labels of the rows after these, −1 → of those before.

    Returns:
        Two texts, or None.

    Example:

    >>> from types import SimpleNamespace
    >>> data = SimpleNamespace(target="class", class_names=("a", "b", "c"))
    >>> y = np.arange(30) % 7 % 3
    >>> mend_for(data, (y + 1) % 3, y, {})[1]
    "rename validation's labels: 'a' → 'c', 'b' → 'a', 'c' → 'b'"
    >>> mend_for(data, y, y, {1: np.roll(y, -1)}) is None
    True
    """
    least = _agreement(data, truth, guessed) + BETTER
    found = [
        _moved(data, labels, guessed, step) for step, labels in beside.items()
    ]
    if data.target != "number":
        found.append(_renamed(data, truth, guessed))
    best, *told = max(found, key=lambda each: each[0])
    return tuple(told) if best > least else None


def _moved(data, labels, guessed, step):
    """Return (agreement, words, mend) for the labels of rows beside these."""
    where = "before" if step == 1 else "after"
    return (
        _agreement(data, labels, guessed),
        f"Validation's labels are those of the row {where}: moved by one.",
        f"move them by one row: np.roll(labels, {-step}, axis=0)",
    )


def _renamed(data, truth, guessed):
    """Return (agreement, words, mend) for labels with other names."""
    names = data.class_names
    to = _matched(data, truth, guessed)
    if data.target == "class":
        renamed = to[truth]
    else:
        renamed = np.empty_like(truth)
        renamed[:, to] = truth
    pairs = [f"{names[i]!r} → {names[j]!r}" for i, j in enumerate(to) if i != j]
    step = int(to[0])
    shifted = all((i + step) % len(names) == j for i, j in enumerate(to))
    by = min(step, len(names) - step)
    how = f"shifted by {by}" if shifted else "mixed up"
    return (
        _agreement(data, renamed, guessed),
        f"Validation's labels are {how}: a model of train, which knows the "
        "rows of train left out, gives others.",
        f"rename validation's labels: {', '.join(pairs[:12])}",
    )


def _agreement(data, truth, guessed):
    """Return the share of rows alike; for numbers, the correlation."""
    if data.target == "number":
        pairs = zip(truth.T, guessed.T, strict=True)
        found = [np.corrcoef(t, g)[0, 1] if g.std() else 0.0 for t, g in pairs]
        return float(np.mean(found))
    if data.target == "labels":
        pairs = zip(truth.T, guessed.T, strict=True)
        return float(np.mean([_alike(t, g) for t, g in pairs]))
    return float((truth == guessed).mean())


def _matched(data, truth, guessed):
    """Return for each class, or column, of validation which one it is."""
    from scipy.optimize import linear_sum_assignment

    count = len(data.class_names)
    if data.target == "class":
        table = np.zeros((count, count))
        np.add.at(table, (truth, guessed), 1)
        table += 1e-3 * np.eye(count)  # in doubt as it is
    else:
        table = np.array([[_alike(t, g) for g in guessed.T] for t in truth.T])
    return linear_sum_assignment(-table)[1]


def _alike(truth, guessed):
    """Return the correlation of two columns of 0 and 1, 0 where one is flat."""
    if not truth.std() or not guessed.std():
        return 0.0
    return float(np.corrcoef(truth, guessed)[0, 1])
