"""RangeTest: the curves, and the rates that they speak for."""

from typing import NamedTuple

import numpy as np

from recipes.range_test.curve import first_steps
from recipes.range_test.rising import rising_rates
from recipes.range_test.suggestions import VALLEY, falls, suggested

RECOMMENDED = VALLEY


class Suggestion(NamedTuple):
    """A learning rate, and why it is one.

    Args:
        name: `"steepest"`, `"valley"` or `"minimum_tenth"`.
        learning_rate: To three digits; of several seeds the geometric mean.
        least: The least of the seeds' own.
        most: The largest of them.
        changes: What `recipe.replace(**changes)` takes.
    """

    name: str
    learning_rate: float
    least: float
    most: float
    changes: dict


class RangeTest:
    """What a learning-rate range test has found.

    Args:
        recipe: The recipe as it was given.
        data: The name of the data.
        curves: A `Curve` for each seed.
        lowest: The first rate.
        highest: The last rate.
        steps: From the one to the other.

    Attributes:
        rates: Of all steps, also of those that were not made.
        seeds: Of the trainings.
        losses: For each seed the loss of each step that was made, which may be
            fewer than there are rates.
        smoothed: For each seed the same, smoothed.
        stopped: For each seed the rate at which it diverged, or None.
        suggestions: Name → `Suggestion`; empty where the loss never fell.
        suggestion: The one that is recommended, `"valley"`, or None: it uses
            the whole fall, where `"steepest"` hangs on a few steps, and
            `"minimum_tenth"` on where a flat bottom happens to be lowest.
        recipe: The recipe with that rate; as it was given without one.
        told: How many seeds the suggestions are of: whose loss fell.
        notes: What else is to be said, in sentences.
    """

    def __init__(self, recipe, data, curves, lowest, highest, steps):
        self.data, self.curves = data, curves
        self.rates = rising_rates(lowest, highest, steps)
        self.seeds = [curve.seed for curve in curves]
        self.losses = [curve.losses for curve in curves]
        self.smoothed = [curve.smoothed for curve in curves]
        self.stopped = [curve.stopped for curve in curves]
        first = first_steps(steps)
        fallen = [c for c in curves if falls(c.losses, c.smoothed, first)]
        each = [suggested(c.rates, c.smoothed, first) for c in fallen]
        self.told = len(each)
        self.suggestions = {
            name: _together(name, [found[name] for found in each], recipe)
            for name in (each[0] if each else ())
        }
        self.suggestion = self.suggestions.get(RECOMMENDED)
        self.recipe = recipe
        if self.suggestion is not None:
            self.recipe = recipe.replace(**self.suggestion.changes)
        self.notes = _notes(curves, fallen, first, steps)

    @property
    def figure(self):
        """The losses against the rate, with the suggestions marked."""
        from recipes.range_test.figure import figure

        return figure(self)

    def lines(self):
        """Return a line for each suggestion, and each note."""
        found = []
        for name, each in self.suggestions.items():
            line = f"{name:<14} {each.learning_rate:<7.3g}"
            if self.told > 1:
                line += f" ({each.least:.3g} to {each.most:.3g})"
            elif len(self.curves) > 1:
                line += f" (of 1 of {len(self.curves)} seeds)"
            if name == RECOMMENDED:
                line += "  recommended: --set optimizer/learning_rate="
                line += f"{each.learning_rate:.3g}"
            found.append(line.rstrip())
        return [*found, *self.notes]

    def to_dict(self):
        """Return the numbers as plain values, as range_test.json has them."""
        rows = zip(self.curves, self.losses, self.smoothed, strict=True)
        return {
            "data": self.data,
            "rates": self.rates.tolist(),
            "seeds": [
                {
                    "seed": curve.seed,
                    "stage": curve.stage,
                    "stopped": curve.stopped,
                    "losses": losses.tolist(),
                    "smoothed": smoothed.tolist(),
                }
                for curve, losses, smoothed in rows
            ],
            "suggestions": {
                name: {
                    "learning_rate": each.learning_rate,
                    "least": each.least,
                    "most": each.most,
                }
                for name, each in self.suggestions.items()
            },
            "recommended": self.suggestion and self.suggestion.name,
            "notes": self.notes,
        }

    def __str__(self):
        return "\n".join(self.lines())

    def __repr__(self):
        found = self.suggestion
        rate = "nothing" if found is None else f"{found.learning_rate:.3g}"
        return f"RangeTest({self.data}: {rate} suggested)"


def _together(name, rates, recipe):
    mean = float(np.exp(np.mean(np.log(rates))))
    least, most = (float(f"{r:.3g}") for r in (min(rates), max(rates)))
    rate = float(f"{mean:.3g}")
    changed = {"optimizer": recipe.optimizer.replace(learning_rate=rate)}
    return Suggestion(name, rate, least, most, changed)


def _notes(curves, fallen, first, steps):
    """Return sentences on what the curves do not say."""
    found = []
    stage = curves[0].stage
    if stage is not None:
        found.append(
            f"The stage {stage!r} was tested, the strategy's first; variables "
            "with a multiplier have that share of each rate."
        )
    early = [c for c in curves if len(c.losses) <= first]
    if early:
        rate = min(c.stopped for c in early)
        found.append(
            f"{_seeds(early, curves)} diverged within the first {first} "
            f"steps, at {rate:.3g}: give a lower `lowest`."
        )
    still = [c for c in curves if c not in fallen and c not in early]
    if still:
        found.append(
            f"{_seeds(still, curves)} had a loss that never fell by more "
            "than its noise"
            + (": nothing is suggested. " if not fallen else ". ")
            + "Look at the labels, at the range of the inputs, and at "
            "whether the optimizer clips the gradients to nothing; or raise "
            "`highest`."
        )
    ends = [
        c
        for c in fallen
        if len(c.losses) == steps and np.argmin(c.smoothed) >= steps - first
    ]
    if ends:
        found.append(
            f"{_seeds(ends, curves)} had the least loss at the highest "
            "rates: give a higher `highest`."
        )
    return found


def _seeds(some, curves):
    if len(curves) == 1:
        return f"Seed {curves[0].seed}"
    return f"{len(some)} of {len(curves)} seeds"
