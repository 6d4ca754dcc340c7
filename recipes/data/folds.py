"""Folds: what cross-validation cuts out of train and validation."""

import hashlib
from dataclasses import replace
from numbers import Integral

import numpy as np

from recipes.data import checks, splits
from recipes.data.data import ROLES, ArraySource, Split
from recipes.data.image_files import DecodedFolder
from recipes.data.label_rows import label_sets
from recipes.errors import DataError, RecipeError


def cut(data, folds, validation_split, seed):
    """Cut train and validation into folds; each is held out once.

    Classes keep their shares in every fold; numbers are stratified by the
    tenth they lie in, label rows by their sets of labels, as far as these
    have a row for each fold. Where some have not, chance alone cuts.

    Args:
        data: Three splits; no example of the test split is in the result.
        folds: How many, from 2 to the rows of the rarest class.
        validation_split: Fraction of all rows, the test split's too, that is
            drawn from what is not held out.
        seed: Decides which rows go where.

    Returns:
        A list of `Data`, one per fold. Their `test` is what is held out:
        together these hold each row of train and validation once.

    Raises:
        DataError: If there are too few rows for so many folds.
        RecipeError: For `folds` that is no whole number from 2.

    Example:

    >>> from recipes.data import load
    >>> [len(fold.test) for fold in cut(load("iris"), 5, 0.15, seed=0)]
    [24, 24, 24, 24, 24]
    """
    folds = check_count(folds)
    rest = (data.train, data.validation)
    labels = np.concatenate([split.labels for split in rest])
    _check_rows(data, labels, folds)
    share = validation_split * (len(labels) + len(data.test))
    kept_rows = len(labels) - -(-len(labels) // folds)
    if np.ceil(share) >= kept_rows:
        raise DataError(
            f"{kept_rows} rows besides a fold, and validation_split="
            f"{validation_split} of all rows, {np.ceil(share):.0f} of them",
            "rows to train on besides the fold and the validation split",
            "take more folds or a smaller validation_split",
        )
    source = joined(rest)
    base = data.fingerprint

    def part(role, rows):
        return Split(role, source, rows, labels[rows])

    found = []
    names = data.class_names
    for number, held_out in enumerate(_held_out(data, labels, folds, seed), 1):
        others = np.setdiff1d(np.arange(len(labels)), held_out)
        kept, drawn = splits.draw(
            labels[others], share / len(others), seed, "validation", names
        )
        rows = (others[kept], others[drawn], held_out)
        parts = dict(zip(ROLES, map(part, ROLES, rows), strict=True))
        checks.check_labels(list(parts.values()), names)
        if data.target == "number":
            checks.check_targets(parts["train"])
        about = {"number": number, "folds": folds, "of": base}
        found.append(replace(data, **parts, fold=about))
    return found


def check_count(folds):
    """Return the number of folds as Python's own; refuse what is none.

    Raises:
        RecipeError: For anything but a whole number from 2.
    """
    whole = isinstance(folds, Integral) and not isinstance(folds, bool)
    if not whole or folds < 2:
        raise RecipeError(
            "`folds` must be a whole number of at least 2; 5 or 10 are usual. "
            f"Received: {folds!r}"
        )
    return int(folds)


def _check_rows(data, labels, folds):
    """Refuse more folds than the rarest class has rows."""
    counts, place = [len(labels)], ""
    if data.target == "class":
        counts = np.bincount(labels, minlength=data.num_outputs)
        place = f" of class {data.class_names[np.argmin(counts)]!r}"
    if min(counts) < folds:
        raise DataError(
            f"{min(counts)} rows{place} in train and validation, and "
            f"folds={folds}",
            "at least one row of every class in each fold",
            "take fewer folds, add rows, or drop the rare class",
        )


def _held_out(data, labels, folds, seed):
    """Yield the rows of each fold, sorted."""
    from sklearn.model_selection import KFold, StratifiedKFold

    strata = labels
    if data.target == "labels":
        strata = label_sets(labels, folds)
    elif data.target == "number":
        strata = splits.quantile_bins(labels[:, 0])
    counts = np.bincount(strata)
    stratified = counts[counts > 0].min() >= folds
    # The generator takes a seed of any size.
    state = np.random.RandomState(np.random.MT19937(int(seed)))
    cutter = (StratifiedKFold if stratified else KFold)(
        folds, shuffle=True, random_state=state
    )
    for _, rows in cutter.split(strata, strata):
        yield np.sort(rows)


def joined(parts):
    """Return one source of the rows of several splits, and of no others.

    Examples in memory are copied; others, and those of image files, are read
    where they lie.
    """
    kinds = {type(split.source) for split in parts}
    kind = kinds.pop()
    copied = issubclass(kind, ArraySource) and kind is not DecodedFolder
    if kinds or not copied:
        return JoinedSource(parts)
    source = kind(np.concatenate([split.read() for split in parts]))
    source.files = _files(parts)
    return source


def _files(parts):
    """Return the names of the files of all parts, or None."""
    names = [split.files() for split in parts]
    return None if None in names else [n for some in names for n in some]


class JoinedSource:
    """The rows of several splits as one source.

    Args:
        parts: Splits whose examples have one shape.
    """

    def __init__(self, parts):
        self.parts = parts
        self.files = _files(parts)
        self.ends = np.cumsum([len(split) for split in parts])
        self._digest = None

    def __len__(self):
        return int(self.ends[-1])

    @property
    def shape(self):
        """Shape of one example."""
        return self.parts[0].source.shape

    @property
    def dtype(self):
        """NumPy type of the examples."""
        return self.parts[0].source.dtype

    def read(self, indices):
        """Return the examples at `indices`, in that order."""
        wanted = np.arange(len(self))[indices]
        which = np.searchsorted(self.ends, wanted, side="right")
        places, chunks = [], []
        for number in np.unique(which):
            part = self.parts[number]
            at = np.flatnonzero(which == number)
            start = self.ends[number] - len(part)
            places.append(at)
            chunks.append(part.read(wanted[at] - start))
        if not chunks:
            return self.parts[0].read(wanted)
        examples = np.concatenate(chunks)
        order = np.argsort(np.concatenate(places))
        return examples[order]

    def digest(self):
        """Return what identifies the content, as bytes."""
        if self._digest is None:
            digest = hashlib.sha256()
            for split in self.parts:
                digest.update(split.source.digest())
                digest.update(np.ascontiguousarray(split.rows).tobytes())
            self._digest = digest.digest()
        return self._digest
