"""Rules on the labels: label noise."""

import numpy as np

from recipes.training.diagnosis.found import Diagnosis, sure

NEIGHBORS, AGREE = 10, 0.7
SHARE, LEAST_ROWS = 0.06, 4
KNOWN = 0.3  # how much better than the largest class the neighbors must be
SHOWN = 8


def label_noise(evidence):
    """Training rows whose neighbors agree on another class.

    Of each row (2,000 at most) the 10 nearest others are asked, by distance
    of the standardized inputs; pictures are shrunk to 16 pixels. A
    row is contradicted if 7 of them agree on one other class. Above 0.06 of
    the rows, labels are suspect, if the neighbors are a guide at all: their
    majority is right k of the times, the largest class has a share m, and
    (k − m) / (1 − m) is 0.3 or more. The network has no part in it, and may
    have learned the wrong labels by heart. Classes that overlap look the
    same. Not for texts, several labels and numbers; silent where raw inputs
    are no guide, as with most photographs.

    Reference: Wilson, 1972, IEEE Transactions SMC-2 (edited nearest neighbor).
    """
    vectors = evidence.own.vectors if evidence.target == "class" else None
    if vectors is None or len(vectors[0]) <= 2 * NEIGHBORS:
        return None
    places, points = vectors
    labels = evidence.own.data.train.labels[places]
    votes = _votes(points, labels, evidence.classes)
    top, agreed = votes.argmax(axis=1), votes.max(axis=1)
    largest = np.bincount(labels).max() / len(labels)
    known = ((top == labels).mean() - largest) / max(1 - largest, 1e-9)
    against = (top != labels) & (agreed >= AGREE)
    share, count = float(against.mean()), int(against.sum())
    if share <= SHARE or count < LEAST_ROWS or known < KNOWN:
        return None
    rows = [int(row) for row in places[against]]
    shown = ", ".join(map(str, rows[:SHOWN]))
    words = (
        f"{count} of {len(labels)} training rows ({share:.1%}; healthy is "
        f"below {SHARE:.0%}) have a label that {AGREE:.0%} of their "
        f"{NEIGHBORS} nearest neighbors contradict: rows {shown} …"
    )
    numbers = {"share": share, "rows": rows, "known": float(known)}
    numbers["bound"] = SHARE
    changes = calmer(evidence.recipe)
    mend = "look at these rows, and mend their labels"
    return Diagnosis(
        "label-noise", words, numbers, sure(share, SHARE), changes, mend
    )


def _votes(points, labels, classes):
    """Return the share of each class among the nearest others of each row."""
    squares = np.square(points).sum(axis=1)
    apart = squares[:, None] + squares[None] - 2 * points @ points.T
    np.fill_diagonal(apart, np.inf)
    near = np.argpartition(apart, NEIGHBORS, axis=1)[:, :NEIGHBORS]
    found = labels[near]
    return np.stack([(found == c).mean(axis=1) for c in range(classes)], axis=1)


def calmer(recipe):
    """Return what keeps wrong labels from being learned by heart."""
    changes = {"label_smoothing": max(recipe.label_smoothing, 0.1)}
    if recipe.early_stopping is None:
        changes["early_stopping"] = "early_stopping"
    return {k: v for k, v in changes.items() if getattr(recipe, k) != v}


RULES = {"label-noise": label_noise}
