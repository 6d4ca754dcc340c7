"""Finding: what one check has measured, what was expected, what to do."""

from dataclasses import dataclass

from recipes.lint.finding import as_call

VERDICTS = ("pass", "skipped", "warn", "fail")  # the worse the later


@dataclass(frozen=True)
class Finding:
    """What one check of `recipe.check` has found.

    Args:
        name: Short stable name, such as `"first loss"`.
        verdict: `"pass"`, `"warn"`, `"fail"`, or `"skipped"` where the check
            does not apply; `words` says why.
        number: What was measured, or None.
        expected: What it should be, in words.
        words: What was seen, in a sentence.
        mend: What to do, in words; empty for a pass.
        changes: Field → value: `recipe.replace(**finding.changes)` makes the
            change that was tried, or that follows; or None.

    Example:

    >>> print(Finding("first loss", "pass", 2.31, "about 2.30", "As it is."))
    pass     first loss       2.31 (about 2.30)  As it is.
    """

    name: str
    verdict: str
    number: float | None
    expected: str
    words: str
    mend: str = ""
    changes: dict | None = None

    def __post_init__(self):
        if self.verdict not in VERDICTS:
            raise ValueError(
                f"`verdict` must be one of {', '.join(VERDICTS)}. "
                f"Received: {self.verdict!r}"
            )

    @property
    def code(self):
        """The change of the recipe as code, or ""."""
        if self.changes is None:
            return ""
        return as_call(self.changes)

    def __str__(self):
        measured = "" if self.number is None else f"{self.number:.3g}"
        if self.expected:
            measured = f"{measured} ({self.expected})".strip()
        line = f"{self.verdict:8} {self.name:16} {measured}  {self.words}"
        mends = [text for text in (self.mend, self.code) if text]
        return "\n".join([line, *(f"{'':9}Mend: {text}" for text in mends)])


def skipped(name, why):
    """Return the `Finding` of a check that does not apply.

    >>> skipped("augmentation", "The recipe has none.").verdict
    'skipped'
    """
    return Finding(name, "skipped", None, "", why)
