"""A recipe that was trained with several seeds, and what beats its noise."""

import json
import math
import statistics
from pathlib import PurePath
from types import MappingProxyType
from typing import NamedTuple

from recipes.errors import RunError
from recipes.six_steps.kinds import MEND, NUMBER, TOLD, wrong

MEASURED = {  # what `to_dict` returns
    "recipe": dict,
    "folder": TOLD,
    "scores": list,
    "message": TOLD,
    "metrics": dict,
    "parts": int,
    "factor": NUMBER,
}
LARGEST = 1e150  # of a score, whose square is a number still
TIMES = 2.0  # standard errors of the mean gain that it has to be above


def refuse_state(fits, name):
    """Refuse a state.json unless what it says fits the tune.

    Raises:
        RunError: With the name of what does not.
    """
    if not fits:
        raise RunError(
            f"state.json is not what a tune writes: {name} cannot be read. "
            f"{MEND}"
        )


class Measured(NamedTuple):
    """The scores of a recipe, one a seed.

    Args:
        recipe: A recipe without open ranges.
        folder: Of its sweep, within that of the tune.
        scores: Of the validation split, one for each seed; empty where a
            seed has none.
        message: Why it has none, or None.
        metrics: Of the first seed, as a trial has them.
        parts: Batches that stood for one, where memory did not suffice.
        factor: What an epoch of it costs, by one of the recipe as given.
    """

    recipe: object
    folder: str | None
    scores: tuple
    message: str | None = None
    metrics: dict = MappingProxyType({})
    parts: int = 1
    factor: float = 1.0

    @property
    def mean(self):
        """The mean over seeds."""
        return statistics.fmean(self.scores)

    @property
    def deviation(self):
        """The standard deviation between seeds; None of one seed."""
        return statistics.stdev(self.scores) if len(self.scores) > 1 else None

    def about(self):
        """Return mean and deviation as plain values; None without a score."""
        if not self.scores:
            return None
        return {"mean": self.mean, "deviation": self.deviation}

    def to_dict(self):
        """Return it as plain values."""
        return {
            **self._asdict(),
            "recipe": json.loads(self.recipe.to_json()),
            "scores": list(self.scores),
            "metrics": dict(self.metrics),
        }

    @classmethod
    def from_dict(cls, found, from_json):
        """Return what `to_dict` was made of.

        Raises:
            RunError: For what no `to_dict` returns, as of a folder that lies
                elsewhere.
        """
        lacking = wrong(found, MEASURED)
        odd = not lacking and not all(map(is_score, found["scores"]))
        bad = lacking or odd or _elsewhere(found["folder"])
        refuse_state(not bad, ", ".join(lacking) or "scores or folder")
        given = {name: found[name] for name in MEASURED}
        given["recipe"] = from_json(json.dumps(found["recipe"]))
        return cls(**{**given, "scores": tuple(found["scores"])})

    def __str__(self):
        if not self.scores:
            return "no score"
        if self.deviation is None:
            return f"{self.mean:.4g}"
        return f"{self.mean:.4g} ± {self.deviation:.2g}"


def is_score(value):
    """Whether a value can be a score, or a loss, in whatever unit."""
    real = isinstance(value, NUMBER) and not isinstance(value, bool)
    return real and abs(value) < LARGEST


def _elsewhere(folder):
    """Whether a folder is not within that of the tune."""
    path = PurePath(folder or "")
    return path.is_absolute() or ".." in path.parts


def gains(new, old, direction):
    """Return by how much new scores are better than old, seed by seed.

    >>> gains([0.25, 1.0], [0.5, 0.5], "min")
    [0.25, -0.5]
    """
    sign = 1 if direction == "max" else -1
    return [sign * (a - b) for a, b in zip(new, old, strict=True)]


def beyond_noise(found):
    """Whether paired gains are beyond the noise between seeds.

    `mean > 0` and `mean > 2 · sd / sqrt(n)`. Where there is no gain it says
    yes by chance with probability `P(t > 2)` of a t distribution with n − 1
    degrees of freedom: 0.148 for 2 seeds, 0.092 for 3, 0.058 for 5.

    Args:
        found: A gain for each seed; of fewer than two the answer is no.

    Example:

    >>> beyond_noise([0.1, 0.1, 0.1]), beyond_noise([0.1, -0.1, 0.2])
    (True, False)
    """
    count = len(found)
    if count < 2:
        return False
    mean, noise = statistics.fmean(found), statistics.stdev(found)
    return mean > 0 and mean > TIMES * noise / math.sqrt(count)
