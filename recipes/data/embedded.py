"""Data sets that need no network: scikit-learn's copies, and Python's texts."""

import numpy as np

from recipes.data.data import ArraySource
from recipes.data.docstrings import docstrings
from recipes.data.raw import Raw

NAMES = ("digits", "iris", "wine", "breast_cancer", "diabetes", "docstrings")


def embedded(name):
    """Return one of the embedded data sets.

    `digits`: 1,797 scans of handwritten digits, 8×8 gray, ten classes.
    `iris`, `wine`, `breast_cancer`: tables with 3, 3 and 2 classes.
    `diabetes`: a table with a number to predict.
    `docstrings`: sentences of Python's standard library, five topics; see
    `recipes.data.docstrings`.
    """
    if name == "docstrings":
        return docstrings()
    from sklearn import datasets

    bunch = getattr(datasets, f"load_{name}")()
    if name == "digits":
        # 17 gray levels, spread over 0 to 255.
        images = np.rint(bunch.images * (255 / 16)).astype("uint8")
        return Raw(
            name,
            {"all": (ArraySource(images[..., None]), bunch.target)},
            features="image",
            target="class",
            class_names=tuple(str(n) for n in bunch.target_names),
        )
    number = name == "diabetes"
    names = None if number else tuple(str(n) for n in bunch.target_names)
    return Raw(
        name,
        {"all": (ArraySource(bunch.data.astype("float32")), bunch.target)},
        features="table",
        target="number" if number else "class",
        class_names=names,
        feature_names=tuple(str(n) for n in bunch.feature_names),
    )
