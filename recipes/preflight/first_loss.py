"""The loss before the first step, against that of a network that guesses."""

import numpy as np

from recipes.preflight.finding import Finding
from recipes.training.chance import chance_loss

NAME = "first loss"
BATCHES = 4
WARN, FAIL = 2.0, 4.0  # times what is expected
# Outputs of deviation 1, as a usual initializer makes them, double the loss of
# numbers, and the luck of the few weights of one output makes that up to 5.5
# times in 60 seeds of the default regressor.
OF_NUMBERS = 8.0, 16.0
KNOWS = 0.6  # of the least that one can have without the inputs
FEW = 10  # rows: fewer may have so low a loss by chance


def check(bench):
    """Compare the mean loss of four batches with its expected value.

    Dropout, smoothing and penalties are off, normalizations have the batch's
    statistics, and the learning rate is 0. Expected: log C for C classes; log
    2 for each label, and two classes; 1, their variance, for standardized
    numbers. Warns above twice as much, and fails above four times (of numbers
    8 and 16): the outputs are large before anything is learned. Warns
    below 0.6 of the entropy of the classes' shares, which is the least without
    looking at the inputs; fewer than 10 rows may have that by chance, and it
    is skipped.

    Args:
        bench: The `Bench`.
    """
    found = float(bench.losses(bench.batches(), BATCHES, scale=0.0).mean())
    wanted, least = expected(bench.data)
    told = f"about {wanted:.3g}"
    warn, fail = OF_NUMBERS if bench.data.target == "number" else (WARN, FAIL)
    if not np.isfinite(found) or found > warn * wanted:
        fails = not np.isfinite(found) or found > fail * wanted
        return Finding(
            NAME,
            "fail" if fails else "warn",
            found,
            told,
            "The outputs are far from 0 before the first step: the first "
            "steps are spent on making them smaller.",
            "take the kernel_initializer 'auto', a normalization, and inputs "
            "in a small range",
        )
    if found < KNOWS * least and len(bench.train) < FEW:
        words = "Too few rows to tell: as low as this may be by chance."
        return Finding(NAME, "skipped", found, told, words)
    if found < KNOWS * least:
        return Finding(
            NAME,
            "warn",
            found,
            told,
            "Lower than can be without knowing the labels.",
            "look whether the inputs hold the label",
        )
    return Finding(NAME, "pass", found, told, "As of a network that guesses.")


def expected(data):
    """Return (loss of outputs that say nothing, least for constant ones).

    The first is `chance_loss`, the second the entropy of the training labels:
    −Σ p log p.

    Args:
        data: Checked data.
    """
    labels = data.train.labels
    if data.target == "number":
        return chance_loss("number"), 1.0
    if data.target == "labels":
        p = labels.mean(axis=0)
        least = np.mean(_entropy(p) + _entropy(1 - p))
        return chance_loss("labels"), float(least)
    p = np.bincount(labels, minlength=len(data.class_names)) / len(labels)
    return chance_loss("class", len(p)), float(_entropy(p).sum())


def _entropy(p):
    return -p * np.log(np.clip(p, 1e-12, 1))
