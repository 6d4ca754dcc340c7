"""Diagnosis: one way in which a run went wrong, and the change that follows."""

from dataclasses import dataclass

from recipes.lint.finding import as_call


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


def sure(value, bound):
    """Return how far a value is above its bound, as a confidence.

    >>> sure(1.0, 1.0), round(sure(2.0, 1.0), 2), sure(float("inf"), 1.0)
    (0.5, 0.67, 0.99)
    """
    if value == float("inf"):
        return 0.99
    return min(0.99, round(float(value / (value + bound)), 3))
