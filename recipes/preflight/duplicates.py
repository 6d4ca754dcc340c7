"""The same examples in two splits: what is learned by heart is scored."""

import hashlib

import numpy as np

from recipes.preflight.finding import Finding

NAME = "leakage"
FAIL, FEW = 0.01, 3  # of the rows; rows that may be alike by chance


def check(recipe, data):
    """Say how many rows of validation and test stand in another split too.

    Rows are compared by a hash of their raw content, exactly:
    |{i ∈ validation ∪ test : hash(xᵢ) ∈ hashes of another split}| / rows.
    Fails from 1 % and 3 rows on, warns of any. Rows of train that are alike
    and have different classes or labels are said with them; numbers may
    differ, as by noise.

    Args:
        recipe: The recipe.
        data: Checked data.
    """
    keys = {split.role: hashes(split) for split in data.splits}
    train, validation, test = keys["train"], keys["validation"], keys["test"]
    shared = {
        "validation and train": _in(validation, train),
        "test and train": _in(test, train),
        "test and validation": _in(test, validation),
    }
    seen = [
        *np.isin(validation, train),
        *(np.isin(test, train) | np.isin(test, validation)),
    ]
    share = float(np.mean(seen))
    listed = [f"{n} in {where}" for where, n in shared.items() if n]
    clashes = 0
    if data.target != "number":
        clashes = conflicts(train, data.train.labels)
    words = "No row stands in two splits."
    if listed:
        words = f"The same rows: {', '.join(listed)}."
    if clashes:
        words += f" {clashes} rows of train are alike and labeled differently."
    verdict = "pass"
    if listed or clashes:
        verdict = "fail" if share >= FAIL and sum(seen) >= FEW else "warn"
    mend = ""
    if listed:
        mend = (
            "leave each row in one split: drop the doubles before the data "
            "are split, or split by what they have in common"
        )
    elif clashes:
        mend = "look at these labels: one of each pair is wrong"
        if data.features == "table":
            mend += ", or the columns do not tell these rows apart"
    return Finding(NAME, verdict, share, "0", words, mend)


def hashes(split):
    """Return a number for each row of a split, of its raw content.

    >>> import numpy as np
    >>> from recipes.data.data import ArraySource, Split
    >>> source = ArraySource(np.array([[1.0], [2.0], [1.0]]))
    >>> first, second, third = hashes(Split("train", source, np.arange(3), 0))
    >>> bool(first == third), bool(first == second)
    (True, False)
    """
    found = [_hash(row) for chunk in split.chunks() for row in chunk]
    return np.array(found, "uint64")


def conflicts(keys, labels):
    """Return how many rows have the content of one with another label.

    >>> conflicts(np.array([7, 7, 8]), np.array([0, 1, 1]))
    2
    """
    _, kind = np.unique(labels, axis=0, return_inverse=True)
    pairs = np.unique(
        np.stack([keys, kind.reshape(-1).astype(keys.dtype)]).T, axis=0
    )
    again, counts = np.unique(pairs[:, 0], return_counts=True)
    return int(np.isin(keys, again[counts > 1]).sum())


def _hash(row):
    if isinstance(row, str):
        content = " ".join(row.split()).encode()
    else:
        content = np.ascontiguousarray(row).tobytes()
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest())


def _in(keys, others):
    return int(np.isin(keys, others).sum())
