"""A learning rate that is far too high."""

import numpy as np

from recipes.preflight.course import BEGUN, SMALLER
from recipes.preflight.finding import Finding, skipped

NAME = "learning rate"


def check(bench, course):
    """Compare a short training with one at a hundredth of the rate.

    Loss at rate/100 by loss at the recipe's rate, the mean of the last 10 of
    60 steps: above 1 for a rate that is any good, as the other hardly moves.
    At or below 1, the rate is too high by 10 to 1000 times. Rates that are
    off by less, `recipe.range_test` finds.

    Args:
        bench: The `Bench`.
        course: The `Course`.
    """
    best = min(course.real, course.smaller)
    if best > BEGUN * course.blank:
        return skipped(NAME, "Nothing is learned at either rate.")
    ratio = np.inf
    if np.isfinite(course.smaller):
        ratio = course.smaller / course.real if course.real else np.inf
    expected = "above 1"
    if ratio > 1:
        words = f"A hundredth of {bench.rate:g} learns less in as many steps."
        return Finding(NAME, "pass", float(ratio), expected, words)
    return Finding(
        NAME,
        "fail",
        float(ratio),
        expected,
        f"A hundredth of {bench.rate:g} learns as much or more in "
        f"{course.steps} steps: the rate is too high.",
        "take a hundredth of the rate",
        at_scale(bench, SMALLER),
    )


def at_scale(bench, scale):
    """Return the changes that multiply the recipe's learning rate."""
    rate = float(f"{bench.rate * scale:.6g}")
    return {"optimizer": bench.given.optimizer.replace(learning_rate=rate)}
