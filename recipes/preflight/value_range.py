"""Values in a range that nobody meant."""

import numpy as np

from recipes.data.preprocessing import moments
from recipes.part import Part
from recipes.preflight.finding import Finding, skipped

NAME = "input range"
DARK = 0.25  # of full brightness, which some image of train should reach
SPREAD = 100  # between the deviations of two columns
LARGE = 10  # of what the network sees of a column
APART = 5  # deviations of train between the means of two splits


def check(recipe, data):
    """Look at what the network sees of the values.

    Images: the brightest value of train in [0, 1], max x · scale, should be
    above 0.25: data in 0 to 16, or scaled to [0, 1] twice, is below.
    Tables without a preprocessing that standardizes: the largest mean or
    deviation of a column should be below 10, the deviations within a factor
    of 100. Both: the means of validation should lie within 5 deviations of
    train's. Columns that are constant in train are warned of.

    Args:
        recipe: The recipe.
        data: Checked data; `fit` and this refuse negative pixels.
    """
    if data.features == "text":
        return skipped(NAME, "Texts have no range of values.")
    mean, variance = moments(data.train.chunks(), keep=1)
    deviation = np.sqrt(variance)
    apart = _apart(data, mean, deviation)
    if apart is not None:
        return apart
    if data.features == "image":
        return _images(data)
    return _columns(recipe, data, mean, deviation)


def _images(data):
    scale = data.value_scale
    high = max(float(chunk.max()) for chunk in data.train.chunks())
    bright = high * scale
    dark = bright <= DARK
    words = f"Pixels reach {high:g} of {1 / scale:g}."
    if not dark:
        return Finding(NAME, "pass", bright, f"above {DARK}", words)
    mend = f"scale the images to 0 to {1 / scale:g}: x * {1 / bright:.4g}"
    return Finding(NAME, "fail", bright, f"above {DARK}", words, mend)


def _columns(recipe, data, mean, deviation):
    moving = deviation > 0
    constant = int((~moving).sum())
    part = recipe.preprocessing
    raw = part is None
    size = np.where(moving, np.maximum(abs(mean), deviation), 0)
    spread = 1.0
    if moving.any():
        spread = deviation[moving].max() / deviation[moving].min()
    if raw and (size.max() > LARGE or spread > SPREAD):
        name = _name(data, int(size.argmax()))
        return Finding(
            NAME,
            "fail",
            float(size.max()),
            f"at most {LARGE}",
            f"Column {name} reaches {size.max():.3g} and the deviations "
            f"differ {spread:.3g} times: the network sees them as they are.",
            "standardize the columns",
            {"preprocessing": Part("standardization")},
        )
    seen = float(size.max()) if raw else 1.0
    expected = f"at most {LARGE}"
    if constant:
        name = _name(data, int(np.argmin(moving)))
        words = f"{constant} columns are constant in train, as {name}."
        mend = "leave them out: nothing is learned from them"
        return Finding(NAME, "warn", seen, expected, words, mend)
    words = "The network sees the columns as they are."
    if not raw:
        words = f"The columns go through {part.name}."
    return Finding(NAME, "pass", seen, expected, words)


def _apart(data, mean, deviation):
    """Return the finding of a split whose means lie elsewhere, or None."""
    scale = np.where(deviation > 0, deviation, np.inf)
    for split in data.splits[1:]:
        other, _ = moments(split.chunks(), keep=1)
        distance = abs(other - mean) / scale
        # A mean of few rows wanders by itself.
        if distance.max() <= APART * max(1, 2 / np.sqrt(len(split))):
            continue
        column = int(distance.argmax())
        where = "of the images"
        if data.features == "table":
            where = f"of column {_name(data, column)}"
        return Finding(
            NAME,
            "fail",
            float(distance.max()),
            f"at most {APART} deviations",
            f"The mean {where} is {mean[column]:.3g} in train and "
            f"{other[column]:.3g} in {split.role}.",
            "bring all splits to one scale, or hand over raw values",
        )
    return None


def _name(data, column):
    if data.feature_names and len(data.feature_names) > column:
        return repr(data.feature_names[column])
    return str(column)
