"""Real runs made to go wrong, each in one way, and healthy ones.

The bounds of the rules were chosen on seeds 101 and 102 of these and of like
runs. Seeds 0, 1 and 2 then had 13 of 15 named and 10 of 10 silent; the two
that were missed (dead-units of a layer of two units, vanishing-gradients under
a penalty) mended these rules. The tests fit seeds 3, 4 and 5, new to all.
"""

from functools import partial

import numpy as np

import recipes
from recipes import Part

BARE = {"normalization": None}
FREE = {**BARE, "regularization": "none", "early_stopping": None}


def mlp(*units):
    return Part("mlp", units=units)


def adamw(rate):
    return Part("adamw", learning_rate=rate)


def images(*units, **fields):
    """A recipe for digits that fits in a second."""
    given = {**BARE, "network": mlp(*(units or (64, 64))), "epochs": 15}
    return recipes.image_classifier(**{**given, **fields})


def with_wrong_labels(name, share, seed):
    """All rows of a data set, a share of them with another class."""
    data = recipes.data.load(name, seed=seed)
    x = np.concatenate([split.read() for split in data.splits])
    y = np.concatenate([split.labels for split in data.splits])
    rng = np.random.default_rng(seed)
    wrong = rng.random(len(y)) < share
    count = y.max() + 1
    return x, np.where(wrong, (y + rng.integers(1, count, len(y))) % count, y)


def digits_with(change, seed):
    """The digits in their splits, the validation split changed."""
    data = recipes.data.load("digits", seed=seed)
    splits = {
        s.role: (s.read().astype("float32"), s.labels) for s in data.splits
    }
    splits["validation"] = change(*splits["validation"])
    return splits


table = recipes.tabular_classifier
numbers = recipes.tabular_regressor
L1, L2 = Part("l1", l1=0.3), Part("l2", l2=3.0)

# Way → (recipe, data or what makes it, seed) of three runs.
WRONG = {
    "overfitting": [
        (
            images(
                256,
                256,
                regularization="none",
                epochs=40,
                validation_split=0.5,
                test_split=0.4,
            ),
            "digits",
            3,
        ),
        (numbers(network=mlp(256, 256), epochs=80, **FREE), "diabetes", 4),
        (
            table(
                network=mlp(256, 256),
                epochs=60,
                validation_split=0.6,
                test_split=0.35,
                **FREE,
            ),
            "breast_cancer",
            5,
        ),
    ],
    "underfitting": [
        (images(2, epochs=20), "digits", 3),
        (table(kernel_regularizer=L1, **BARE), "wine", 4),
        (table(kernel_regularizer=L2, **BARE), "breast_cancer", 5),
    ],
    "rate-too-high": [
        (images(optimizer=adamw(0.3)), "digits", 3),
        (table(optimizer=adamw(1.0), **BARE), "breast_cancer", 4),
        (numbers(optimizer=adamw(1.0), **BARE), "diabetes", 5),
    ],
    "rate-too-low": [
        (images(optimizer=adamw(1e-5)), "digits", 3),
        (table(optimizer=adamw(3e-6)), "wine", 4),
        (numbers(optimizer=adamw(1e-5)), "diabetes", 5),
    ],
    "label-noise": [
        (images(epochs=10), partial(with_wrong_labels, "digits", 0.2, 3), 3),
        (table(), partial(with_wrong_labels, "breast_cancer", 0.2, 4), 4),
        (table(), partial(with_wrong_labels, "wine", 0.2, 5), 5),
    ],
}
HEALTHY = [
    (recipe(), data, seed)
    for recipe, data in (
        (recipes.image_classifier, "digits"),
        (table, "wine"),
        (table, "breast_cancer"),
        (table, "iris"),
        (numbers, "diabetes"),
    )
    for seed in (3, 4)
]
EXPONENTIAL = Part("exponential", final_factor=1e-8)
# Other ways → (what triggers it, a near miss), each (recipe, data, seed).
WAYS = {
    "still-improving": (
        (images(epochs=4, optimizer=adamw(3e-4)), "digits", 3),
        (images(epochs=24, optimizer=adamw(1e-3)), "digits", 3),
    ),
    "plateaued-early": (
        (images(optimizer=adamw(1e-3), schedule=EXPONENTIAL), "digits", 3),
        (
            images(schedule=EXPONENTIAL.replace(final_factor=0.01)),
            "digits",
            3,
        ),
    ),
    "noisy-validation": (
        (
            images(
                epochs=12,
                schedule="constant",
                batch_size=8,
                optimizer=adamw(0.01),
            ),
            "digits",
            3,
        ),
        (images(epochs=12, schedule="constant"), "digits", 3),
    ),
    "dead-units": (
        (
            images(epochs=5, kernel_initializer=Part("constant", value=-0.05)),
            "digits",
            3,
        ),
        (images(epochs=5), "digits", 3),
    ),
    "vanishing-gradients": (
        (images(*[32] * 10, activation="sigmoid", epochs=5), "digits", 3),
        (images(*[32] * 3, activation="sigmoid", epochs=5), "digits", 3),
    ),
    "validation-unlike-train": (
        (
            images(epochs=8),
            partial(digits_with, lambda x, y: (x, (y + 1) % 10), 3),
            3,
        ),
        (images(epochs=8), partial(digits_with, lambda x, y: (x, y), 3), 3),
    ),
}
