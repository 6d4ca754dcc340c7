"""Whether the network has learned anything that holds beyond train."""

from functools import cached_property
from typing import NamedTuple

import numpy as np

from recipes.data.small import CHUNK, sample
from recipes.preflight import simple_model
from recipes.preflight.course import STEPS

LATE = 600  # steps, before it is said that nothing can be learned
SHUFFLES = 50
SURE = 3.0  # deviations of the score by chance


class Told(NamedTuple):
    """A score above chance on validation, and the steps it took."""

    steps: int
    score: float


class Learned:
    """What the network tells of validation, soon or late.

    Labels that the short training does not tell may only be hard: so it is
    repeated with ten times the steps where anything depends on it.

    Args:
        bench: The `Bench`, with the weights of its short training. The late
            one, if it is asked for, changes them.
    """

    def __init__(self, bench):
        self._bench = bench
        self._soon = scored(bench)

    @cached_property
    def found(self):
        """The `Told` of the shorter training that suffices, or None."""
        score, by_chance = self._soon
        if score > by_chance:
            return Told(STEPS, score)
        bench = self._bench
        bench.losses(bench.batches(), LATE)
        score, by_chance = scored(bench)
        return Told(LATE, score) if score > by_chance else None


def scored(bench):
    """Return (score, score by chance) on validation, as the weights are."""
    data = bench.data
    places = sample(len(data.validation))
    parts = np.split(places, range(CHUNK, len(places), CHUNK))
    read = bench.validation.read
    guessed = np.concatenate([bench.guesses(read(part)) for part in parts])
    truth = data.validation.labels[places]
    if not np.isfinite(guessed).all():  # it has diverged
        return -np.inf, 0.0
    score = simple_model.score(data, truth, guessed)
    return score, chance(data, truth, guessed)


def chance(data, truth, guessed):
    """Return the score that labels in any order stay below.

    By chance is what lies below 3 deviations of the scores with the labels
    shuffled 50 times.

    >>> from types import SimpleNamespace
    >>> y = np.arange(300) % 3
    >>> 0 < chance(SimpleNamespace(target="class"), y, y) < 0.3
    True
    """
    random = np.random.default_rng(0)
    scores = [
        simple_model.score(data, truth[random.permutation(len(truth))], guessed)
        for _ in range(SHUFFLES)
    ]
    return max(0.0, float(np.mean(scores) + SURE * np.std(scores)))
