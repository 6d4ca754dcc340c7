"""Diagnosis: one way in which a run went wrong, and the change that follows."""

from dataclasses import dataclass

from recipes.lint.finding import as_call

HALVED = "validation-unlike-train"  # reads the curves, and the data


@dataclass(frozen=True)
class Diagnosis:
    """One way in which a run went wrong.

    Args:
        name: Short stable name, such as `"overfitting"`.
        evidence: One or two sentences, with numbers and epochs.
        numbers: Name → number: what was measured, and the `bound` of it.
        confidence: In [0.5, 1): x / (x + bound), of what is compared with the
            bound. 0.5 stands on the bound, 0.67 at twice as much.
        changes: Field → value: `run.recipe.replace(**changes)` is what to try
            next. Empty where no change of the recipe helps.
        words: What to do beside, or in place of, `changes`.
        flags: The change for the command line: `--set FIELD=VALUE …`.

    Example:

    >>> found = Diagnosis(
    ...     "made-up", "Too much.", {"share": 2.0}, 0.67, {"dropout": 0.1}
    ... )
    >>> found.mend
    'recipe.replace(dropout=0.1)'
    >>> print(found)
    made-up (0.67): Too much. Next: recipe.replace(dropout=0.1)
    """

    name: str
    evidence: str
    numbers: dict
    confidence: float
    changes: dict
    words: str = ""
    flags: str = ""

    @property
    def mend(self):
        """The change as code, or in words."""
        return as_call(self.changes) if self.changes else self.words

    def __str__(self):
        more = f"; {self.words}" if self.words and self.changes else ""
        return (
            f"{self.name} ({self.confidence:.2f}): {self.evidence} "
            f"Next: {self.mend}{more}"
        )


class Diagnoses(list):
    """What the rules found, the surest first; a list of `Diagnosis`.

    Empty is healthy only if `not_tried` is empty too.

    Args:
        found: The `Diagnosis` of each rule that found something.
        not_tried: As the attribute.

    Attributes:
        not_tried: Name of a rule → why it was not tried. Of
            validation-unlike-train this is the half that reads the data; the
            half that reads the curves is always tried.

    Example:

    >>> found = Diagnoses([], {"label-noise": "no data"})
    >>> found, found.untried
    ([], ['Not tried: label-noise: no data.'])
    """

    def __init__(self, found=(), not_tried=None):
        super().__init__(found)
        self.not_tried = dict(not_tried or {})

    @property
    def untried(self):
        """A sentence for each reason for which rules were not tried."""
        by_reason = {}
        for rule, why in self.not_tried.items():
            by_reason.setdefault(why, []).append(rule)
        return [
            f"Not tried: {self._names(rules)}: {why.rstrip('.')}."
            for why, rules in by_reason.items()
        ]

    @property
    def untried_names(self):
        """Names of the rules that were not tried, in a row; "" if none."""
        return self._names(self.not_tried)

    @staticmethod
    def _names(rules):
        half = f"the half of {HALVED} that reads the data"
        return ", ".join(half if r == HALVED else r for r in rules)


def sure(value, bound):
    """Return how far a value is above its bound, as a confidence.

    >>> sure(1.0, 1.0), round(sure(2.0, 1.0), 2), sure(float("inf"), 1.0)
    (0.5, 0.67, 0.99)
    """
    if value == float("inf"):
        return 0.99
    return min(0.99, round(float(value / (value + bound)), 3))
