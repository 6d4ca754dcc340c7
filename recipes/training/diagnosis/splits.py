"""Rules on the splits: validation unlike train."""

import numpy as np

from recipes.data.small import sample, vectors
from recipes.training.diagnosis.found import Diagnosis, sure

SHIFT, SHARE, ERRORS = 0.5, 0.1, 5.0
USELESS, LEARNED = 0.9, 0.3  # share left in validation at best; in training
BETTER, BETTER_ERRORS = 0.05, 4.0
NOISE = ("drop_connect", "stochastic_depth")
MEND = (
    "look at how the splits were made (recipes mistakes RUN): shuffle the rows "
    "before they are split, or hand over splits of your own"
)


def unlike(evidence):
    """The validation split is of other rows than the training split.

    One of, from the curves: training is fitted (0.3 of chance left or less)
    while validation was never below 0.9 of chance; validation accuracy is
    above the training's by max(0.05, 4 SE), where nothing makes training
    harder (no dropout, no augmentation, no drop connect, no stochastic
    depth). From the data: the share of a class differs by
    max(0.1, 5 SE) between the splits, or the mean of a column (of a picture:
    of its mean and deviation; of targets) by max(0.5, 5 SE) deviations,
    SE = sqrt(1/n + 1/m). No change of the recipe mends it.
    """
    found = [_useless(evidence), _better(evidence), *_shifts(evidence)]
    found = [row for row in found if row and row[0] > 1]
    if not found:
        return None
    over, value, bound, words = max(found)
    numbers = {"value": value, "bound": bound}
    return Diagnosis(
        "validation-unlike-train", words, numbers, sure(over, 1), {}, MEND
    )


def _useless(evidence):
    best = float(np.nanmin(evidence.val))
    left = float(evidence.train[evidence.kept])
    if evidence.penalty or left > LEARNED or best < USELESS:
        return None
    words = (
        f"Training is fitted ({left:.2f} of chance left), and validation was "
        f"never better than {best:.2f} of chance: what holds in the one does "
        "not hold in the other."
    )
    return 2 * best / USELESS, best, USELESS, words


def _better(evidence):
    recipe = evidence.recipe
    train, val = evidence.accuracy(), evidence.accuracy("val_")
    harder = recipe.dropout or recipe.augmentation
    harder = harder or any(recipe.network.config.get(name) for name in NOISE)
    harder = harder or recipe.class_weight or recipe.balanced_sampling
    averaged = recipe.weight_average is not None
    if train is None or val is None or harder or averaged:
        return None
    kept = evidence.kept
    more = float(val[kept] - train[kept])
    bound = max(BETTER, BETTER_ERRORS * evidence.error_of(val[kept]))
    words = (
        f"Validation accuracy is {more:.3f} above training accuracy in epoch "
        f"{kept + 1}, where chance explains {bound:.3f}: these rows are "
        "easier, or known."
    )
    # Within an epoch the training's is a mean over a network that learns.
    settled = kept >= 4 and abs(train[kept] - train[kept - 2]) < bound / 2
    return (more / bound, more, bound, words) if settled else None


def _shifts(evidence):
    data = evidence.own.data if evidence.own else None
    if data is None:
        return
    train, val = data.train, data.validation
    error = np.sqrt(1 / len(train) + 1 / len(val))
    if data.target == "class":
        yield _classes(data, train.labels, val.labels, error)
    elif data.target == "number":
        names = [f"target {i}" for i in range(train.labels.shape[1])]
        yield _moved(train.labels, val.labels, error, names)
    if data.features != "text":
        both = [_features(data, s) for s in (train, val)]
        names = data.feature_names
        if data.features == "image":
            names = ["the pictures' mean", "the pictures' deviation"]
        yield _moved(*both, error, names)


def _features(data, split):
    found = vectors(split, sample(len(split)))
    if data.features == "table":
        return found
    return np.stack([found.mean(axis=1), found.std(axis=1)], axis=1)


def _classes(data, train, val, error):
    count = len(data.class_names)
    here = np.bincount(train, minlength=count) / len(train)
    there = np.bincount(val, minlength=count) / len(val)
    spread = np.sqrt(np.maximum(here * (1 - here), 0.01))
    bound = np.maximum(SHARE, ERRORS * error * spread)
    over = np.abs(here - there) / bound
    worst = int(over.argmax())
    words = (
        f"Class {data.class_names[worst]!r} is {here[worst]:.1%} of the "
        f"training rows and {there[worst]:.1%} of the validation rows."
    )
    value = abs(float(here[worst] - there[worst]))
    return float(over[worst]), value, float(bound[worst]), words


def _moved(train, val, error, names):
    spread = np.maximum(train.std(axis=0), 1e-12)
    shift = np.abs(train.mean(axis=0) - val.mean(axis=0)) / spread
    shift = np.where(train.std(axis=0) > 0, shift, 0.0)
    worst, bound = int(shift.argmax()), max(SHIFT, ERRORS * float(error))
    name = repr(names[worst]) if names else f"column {worst}"
    words = (
        f"The mean of {name} is {shift[worst]:.2f} deviations away in "
        f"validation, where chance explains {bound:.2f}."
    )
    return float(shift[worst] / bound), float(shift[worst]), bound, words


RULES = {"validation-unlike-train": unlike}
