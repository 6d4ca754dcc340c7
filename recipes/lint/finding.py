"""Finding: one thing that is known to hurt, and the change that mends it."""

from dataclasses import dataclass

# What `why` ends in where `benchmarks/lint.py` finds none beyond the spread.
NO_COST = "No cost found on small data."


@dataclass(frozen=True)
class Finding:
    """One thing that is known to hurt.

    Args:
        code: Short stable name, such as `"sigmoid-deep"`.
        path: The field, or the layer, that it is about.
        why: One sentence; and `NO_COST` if so.
        source: Where this is shown.
        changes: Field → value: `recipe.replace(**changes)` mends it. None for
            a model, which has no fields.
        words: The mend in words, for a model.

    Example:

    >>> finding = Finding(
    ...     "made-up", "dropout", "Too much.", "Nobody, 2020", {"dropout": 0.1}
    ... )
    >>> finding.mend
    'recipe.replace(dropout=0.1)'
    >>> print(finding)
    made-up (dropout): Too much. Mend: recipe.replace(dropout=0.1) [Nobody, \
2020]
    """

    code: str
    path: str
    why: str
    source: str
    changes: dict | None = None
    words: str = ""

    @property
    def mend(self):
        """The change as code, or in words."""
        if self.changes is None:
            return self.words
        given = ", ".join(f"{k}={v!r}" for k, v in self.changes.items())
        return f"recipe.replace({given})"

    def __str__(self):
        return (
            f"{self.code} ({self.path}): {self.why} Mend: {self.mend} "
            f"[{self.source}]"
        )
