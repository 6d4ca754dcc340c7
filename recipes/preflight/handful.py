"""A handful of examples, learned by heart."""

from itertools import repeat

import numpy as np

from recipes.data.sheet import of_each_class
from recipes.preflight.bench import Bench
from recipes.preflight.finding import Finding
from recipes.preflight.first_loss import expected as expected_loss
from recipes.preflight.rate import at_scale
from recipes.preflight.wider import wider

NAME = "handful"
STEPS = 100
NEAR, HALF = 0.1, 0.5  # of the loss of a network that guesses
RATES = (10.0, 0.1, 0.01)  # of the recipe's, tried where that fails


def check(bench):
    """Train one batch for 100 steps: its loss has to come near 0.

    At most 32 examples, of each class in turn, without augmentation, dropout
    and penalties. Last loss / loss of a network that guesses: at most 0.1
    passes. Where it does not, the same is tried at 10, 0.1 and 0.01 times the
    rate, and with a network of four times the width (`wider`), and what helps
    is the mend. If nothing does, it fails; a loss below half is warned of.

    Args:
        bench: The `Bench`.
    """
    wanted, _ = expected_loss(bench.data)
    share = by_heart(bench) / wanted
    told = f"at most {NEAR}"
    if share <= NEAR:
        words = f"{bench.size} examples are learned by heart."
        return Finding(NAME, "pass", share, told, words)
    moved = len(bench.stuck()) < len(bench.model.trainable_variables)
    seen = f"After {STEPS} steps {bench.size} examples are not learned."
    if not moved:
        mend = "the network is frozen, or no gradient reaches its weights"
        return Finding(NAME, "fail", share, told, seen, mend)
    tried = {scale: by_heart(bench, scale) / wanted for scale in RATES}
    best = min(tried, key=tried.get)
    if tried[best] <= NEAR:
        return _of_rate(bench, share, best, tried[best], told, seen)
    return _of_size(bench, share, tried, told, seen, wanted)


def by_heart(bench, scale=1.0):
    """Return the last loss of a handful, infinite if it diverges.

    Args:
        bench: The `Bench`.
        scale: Of the recipe's learning rate.
    """
    wanted, _ = expected_loss(bench.data)
    one = repeat(bench.batch(_rows(bench)))
    losses = bench.losses(one, STEPS, scale, until=wanted * NEAR / 4)
    return float(losses[-1]) if np.isfinite(losses[-1]) else np.inf


def _rows(bench):
    """Return positions of the first of each class, the second of each, ….

    Of numbers to predict, the first of train.
    """
    if bench.data.target == "number":
        return np.arange(bench.size)
    return of_each_class(bench.train.labels)[: bench.size]


def _of_rate(bench, share, scale, found, told, seen):
    high = scale < 1
    words = (
        f"{seen} At {scale:g} of the rate they are ({found:.2g}): the rate is "
        f"too {'high' if high else 'low'}."
    )
    # A rate that is low for 100 steps may be right for many.
    verdict = "fail" if high or share > HALF else "warn"
    mend = f"take {scale:g} times the rate"
    return Finding(
        NAME, verdict, share, told, words, mend, at_scale(bench, scale)
    )


def _of_size(bench, share, tried, told, seen, wanted):
    scale = min(tried, key=tried.get)
    best = tried[scale]
    larger = wider(bench.given)
    if larger is not None:
        other = Bench(larger, bench.data)
        found = min(by_heart(other), by_heart(other, scale)) / wanted
        if found < min(share, best) / 2 or found <= NEAR:
            words = (
                f"{seen} With a wider network they come to {found:.2g}: "
                "the network is too small."
            )
            changes = {"network": larger.network}
            mend = "widen the network"
            return Finding(NAME, "fail", share, told, words, mend, changes)
    verdict = "fail" if min(share, best) > HALF else "warn"
    words = f"{seen} No rate from 0.01 to 10 times the recipe's helps."
    mend = (
        "see the checks last layer, moving weights and input range; look "
        "whether like examples have different labels; widen the network"
    )
    return Finding(NAME, verdict, share, told, words, mend)
