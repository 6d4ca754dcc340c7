"""How often each class, or each label, comes."""

import numpy as np

from recipes.preflight.finding import Finding, skipped

NAME = "class balance"
RARE = 10  # times as many rows in the largest class as in the smallest
SHARE = 0.8  # of the rows in one class
FEW = 5  # rows


def check(recipe, data):
    """Compare the classes of train, and look for those validation lacks.

    max n_c / min n_c over the classes c of train; for several labels of a
    label's rarer answer, yes or no, to the other. Warns above 10, where one
    class has more than 80 % of the rows, and for a class that has fewer than
    5 rows in train or none in validation. Classes of validation that train
    lacks are refused before (DataError).

    Args:
        recipe: The recipe; `class_weight` or `balanced_sampling` answer it.
        data: Checked data.
    """
    if data.target == "number":
        return skipped(NAME, "Numbers to predict have no classes.")
    train, validation = (_counts(s, data) for s in data.splits[:2])
    if data.target == "labels":
        ratio = (train.max(axis=1) / np.maximum(train.min(axis=1), 1)).max()
        rare = int(train.min(axis=1).argmin())
        share, least = 0.0, int(train.min())
    else:
        ratio = train.max() / max(train.min(), 1)
        rare, least = int(train.argmin()), int(train.min())
        share = train.max() / train.sum()
    names = data.class_names
    absent = [
        n
        for n, count in zip(names, validation, strict=True)
        if not np.min(count)
    ]
    said = [f"The rarest, {names[rare]!r}, has {least} rows of train."]
    mends, changes = [], None
    if least < FEW:
        mends.append(f"collect more of {names[rare]!r}")
    if ratio > RARE or share > SHARE:
        answered = recipe.class_weight or recipe.balanced_sampling
        if answered:
            said.append("The recipe weighs, or draws, the classes alike.")
        elif data.target == "class":
            mends.append("let all classes weigh alike")
            changes = {"class_weight": "balanced"}
        else:
            mends.append("judge by F1, not by accuracy")
    if absent:
        listed = ", ".join(repr(n) for n in absent[:5])
        said.append(f"Validation has none of {listed}: no score tells of it.")
        mends.append("add such rows to validation")
    return Finding(
        NAME,
        "warn" if mends else "pass",
        float(ratio),
        f"at most {RARE} times",
        " ".join(said),
        "; ".join(mends),
        changes,
    )


def _counts(split, data):
    """Return rows per class, or (no, yes) of each label."""
    if data.target == "labels":
        yes = split.labels.sum(axis=0).astype(int)
        return np.stack([len(split) - yes, yes], axis=1)
    return np.bincount(split.labels, minlength=len(data.class_names))
