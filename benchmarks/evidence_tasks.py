"""The small tasks of benchmarks/evidence.py.

Each is drawn anew with every seed from data that comes with the library: few
examples to train on, 100 or so for validation, and a large test split, so that
little noise comes from there. The recipes are plain: no regularization but what
a row adds, at the best of three learning rates on seed 10, which no row has, or
within 0.3 points of it.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

import recipes
from recipes import Part


class Task(NamedTuple):
    """One task: `draw(seed)` gives its splits; `words` say what it is."""

    words: str
    recipe: recipes.Recipe
    draw: object


@lru_cache
def everything(name):
    """Return all rows and labels of an embedded data set."""
    splits = recipes.data.load(name).splits
    x = np.concatenate([np.asarray(s.read()) for s in splits])
    return x, np.concatenate([s.labels for s in splits])


def drawn(name, seed, train, validation, test=None):
    """Return splits, drawn by the seed.

    Args:
        name: An embedded data set.
        seed: Decides which rows.
        train: Examples per class: one number, or one for each class.
        validation: How many in all, after those.
        test: How many in all, after those; None: what is left.
    """
    x, y = everything(name)
    order = np.random.default_rng(seed).permutation(len(y))
    classes = np.unique(y)
    counts = np.broadcast_to(train, len(classes))
    chosen = np.concatenate(
        [order[y[order] == c][:n] for c, n in zip(classes, counts, strict=True)]
    )
    rest = order[~np.isin(order, chosen)]
    end = None if test is None else validation + test
    rows = {
        "train": chosen,
        "validation": rest[:validation],
        "test": rest[validation:end],
    }
    return {role: (x[found], y[found]) for role, found in rows.items()}


def digits(seed):
    """Return 30 digits per class to train on."""
    return drawn("digits", seed, 30, 100)


def few_digits(seed):
    """Return 10 digits per class to train on."""
    return drawn("digits", seed, 10, 100, 1000)


def uneven_digits(seed):
    """Return 6 each of the digits 0 to 4, and 54 each of 5 to 9."""
    return drawn("digits", seed, [6] * 5 + [54] * 5, 100)


def colored_digits(seed):
    """Return the same, each in a color of its own on another."""
    found = {}
    for role, (x, y) in digits(seed).items():
        random = np.random.default_rng([seed, len(y)])
        ink = random.uniform(128, 255, (len(y), 1, 1, 3))
        paper = random.uniform(0, 128, (len(y), 1, 1, 3))
        share = x / 255
        colored = paper + share * (ink - paper)
        found[role] = np.rint(colored).astype("uint8"), y
    return found


def rows_of_digits(seed):
    """Return the digits as rows of 64 numbers."""
    return {
        role: (x.reshape(len(x), -1).astype("float32"), y)
        for role, (x, y) in digits(seed).items()
    }


def cells(seed):
    """Return 50 rows per class of breast_cancer to train on."""
    return drawn("breast_cancer", seed, 50, 60)


def sentences(seed):
    """Return 120 sentences per topic to train on."""
    return drawn("docstrings", seed, 120, 150, 1500)


IMAGES = recipes.image_classifier(
    network=Part("cnn", filters=((16,), (32,), (64,))),
    image_size=(16, 16),
    optimizer=Part("adam", learning_rate=3e-3),
    regularization="none",
    batch_size=32,
    epochs=20,
)
ROWS = recipes.tabular_classifier(
    network=Part("mlp", units=(64, 64, 64, 64, 64)),
    normalization=None,
    optimizer=Part("adam", learning_rate=1e-2),
    regularization="none",
    early_stopping=None,
    epochs=30,
)
TEXTS = recipes.text_classifier(
    network="bag_of_embeddings",
    optimizer=Part("adam", learning_rate=3e-3),
    regularization="none",
    epochs=15,
)
GLYPHS = recipes.image_fine_tuner(
    "glyphnet", strategy="full", batch_size=25, epochs=20
)

TASKS = {
    "digits": Task(
        "300 handwritten digits, 8 × 8 gray, shown to a small CNN as 16 × 16",
        IMAGES,
        digits,
    ),
    "colored": Task(
        "the same digits, each in a color of its own on another",
        IMAGES,
        colored_digits,
    ),
    "uneven": Task(
        "300 digits, 6 each of 0 to 4 and 54 each of 5 to 9; the test split "
        "is even",
        IMAGES,
        uneven_digits,
    ),
    "rows": Task(
        "the 300 digits as rows of 64 numbers: five dense layers of 64",
        ROWS,
        rows_of_digits,
    ),
    "cells": Task(
        "100 rows of breast_cancer, 30 numbers each: two dense layers of 32",
        ROWS.replace(
            network=Part("mlp", units=(32, 32)),
            optimizer=Part("adam", learning_rate=3e-3),
        ),
        cells,
    ),
    "sentences": Task(
        "600 sentences of docstrings, five topics",
        TEXTS,
        sentences,
    ),
    "few": Task(
        "100 digits on glyphnet, which was pretrained on printed characters",
        GLYPHS,
        few_digits,
    ),
}


@lru_cache(maxsize=8)
def data_of(task, seed):
    """Return the splits of a task for one seed."""
    return TASKS[task].draw(seed)
