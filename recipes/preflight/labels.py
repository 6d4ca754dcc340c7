"""Labels that the inputs say nothing about, or that validation has mixed up."""

import warnings

import numpy as np

from recipes.data.small import sample
from recipes.preflight import simple_model
from recipes.preflight.finding import Finding
from recipes.preflight.learned import LATE, chance
from recipes.preflight.mixed_up import mend_for

NAME = "labels"
FOLDS, LEAST = 3, 10  # rows, of fewer nothing can be told
UNSURE = 0.4  # a score by chance that says of few rows nothing


def check(data, network=None):
    """Say whether the labels follow from the inputs, in train and beyond it.

    Two simple models (five neighbors, and a linear one) are fitted on two
    thirds of train and score the third; the better one, fitted on train,
    scores validation. The score s is 0 for chance, 1 for no mistake
    (`simple_model.score`). By chance is what lies below 3 deviations of the
    scores with the labels shuffled 50 times. Fails for a score of train by
    chance, unless the network itself tells validation's labels better than
    that after 60 or 600 steps (of so few rows that 0.4 may be chance it
    warns); and for a validation that is by chance, or much better with its
    labels renamed or moved by a row.

    Args:
        data: Checked data.
        network: What the network has `Learned`, or None.
    """
    rows, places = sample(len(data.train)), sample(len(data.validation))
    train, fitted = simple_model.features(data, data.train, rows)
    validation, _ = simple_model.features(data, data.validation, places, fitted)
    y = simple_model.labels(data, data.train, rows)
    truth = simple_model.labels(data, data.validation, places)
    if _too_few(data, y):
        return _unsure(None, "")
    tried = [
        (_crossed(data, m, train, y), m) for m in simple_model.models(data)
    ]
    inside, model = max(tried, key=lambda pair: pair[0][0])
    guessed = model.fit(train, y).predict(validation).reshape(truth.shape)
    score = simple_model.score(data, truth, guessed)
    by_chance = chance(data, truth, guessed)
    expected = f"train {inside[0]:.2f}, chance below {by_chance:.2f}"
    if inside[0] <= inside[1]:
        # One that gives the same class to all rows has no chance to err.
        widest = max(bound for (_, bound), _ in tried)
        return _nothing(score, expected, widest, network)
    beside = {
        step: simple_model.labels(
            data, data.validation, (places + step) % len(data.validation)
        )
        for step in (1, -1)
    }
    fix = mend_for(data, truth, guessed, beside)
    if fix is not None:
        return Finding(NAME, "fail", score, expected, *fix)
    if score <= by_chance and inside[0] > 2 * by_chance:
        return Finding(
            NAME,
            "fail",
            score,
            expected,
            "Train's labels follow from its inputs; validation's, by the same "
            "simple model, do not.",
            "look at validation's labels: shuffled, of other rows, or of "
            "other data",
        )
    if score < inside[0] / 2 and score < inside[0] - by_chance:
        words = "Validation is told much worse than rows of train left out."
        mend = "look whether validation is like train, as what you predict is"
        return Finding(NAME, "warn", score, expected, words, mend)
    words = f"{type(model).__name__} on train tells validation's labels."
    if score <= by_chance:
        words = (
            f"{type(model).__name__} tells rows of train left out; validation "
            "has too few rows to say more."
        )
    return Finding(NAME, "pass", score, expected, words)


def _crossed(data, model, x, y):
    """Return (score on rows left out, what it would be by chance)."""
    from sklearn.model_selection import (
        KFold,
        StratifiedKFold,
        cross_val_predict,
    )

    kind, count = KFold, FOLDS
    if data.target == "class":  # a rare one is in each part that is learned
        kind, count = StratifiedKFold, min(FOLDS, np.bincount(y).max())
    folds = kind(count, shuffle=True, random_state=0)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The least populated class")
        guessed = cross_val_predict(model, x, y, cv=folds).reshape(y.shape)
    return simple_model.score(data, y, guessed), chance(data, y, guessed)


def _too_few(data, y):
    """Whether a part of train may lack what there is to tell apart."""
    rare = data.target == "class" and np.sort(np.bincount(y))[-2] < 2
    return len(y) < LEAST or rare


def _unsure(score, expected):
    words = "The rows are too few to tell whether labels follow."
    mend = "look at the contact sheet"
    return Finding(NAME, "warn", score, expected, words, mend)


def _nothing(score, expected, by_chance, network):
    """Return what to say where the simple models tell nothing."""
    if by_chance > UNSURE:
        return _unsure(score, expected)
    tried, found = "Two simple models", network and network.found
    if found:
        words = (
            "Simple models tell nothing, but after "
            f"{found.steps} steps the network tells validation's labels."
        )
        return Finding(NAME, "pass", found.score, expected, words)
    if network is not None:
        tried = f"Two simple models, and the network in {LATE} steps,"
    return Finding(
        NAME,
        "fail",
        score,
        expected,
        f"{tried} tell the labels no better than chance: inputs and labels do "
        "not belong together, or the inputs say nothing.",
        "look at the contact sheet, and whether inputs and labels were put in "
        "order, or shuffled, separately",
    )
