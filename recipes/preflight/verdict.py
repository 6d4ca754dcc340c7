"""Check: the findings of a preflight, and its verdict."""

from dataclasses import dataclass

from recipes.preflight.finding import VERDICTS

WORDS = {
    "pass": "nothing stands against training",
    "warn": "look at what is warned of, then train",
    "fail": "do not train yet",
}


@dataclass(frozen=True, eq=False)
class Check:
    """What `recipe.check(data)` returns.

    Args:
        findings: A `Finding` for each check, in the order of the checks.
        figure: Contact sheet of training examples as the network gets them,
            a `matplotlib.figure.Figure`.
        seconds: What it took.

    Example:

    >>> from recipes.preflight.finding import Finding
    >>> check = Check((Finding("x", "warn", 1, "0", "One."),), None, 0.1)
    >>> check.verdict, check["x"].number
    ('warn', 1)
    """

    findings: tuple
    figure: object
    seconds: float

    @property
    def verdict(self):
        """The worst of all findings: `"pass"`, `"warn"` or `"fail"`."""
        found = [finding.verdict for finding in self.findings]
        worst = max(found, key=VERDICTS.index, default="pass")
        return "pass" if worst == "skipped" else worst

    def __getitem__(self, name):
        """Return the finding of a name."""
        for finding in self.findings:
            if finding.name == name:
                return finding
        names = ", ".join(finding.name for finding in self.findings)
        raise KeyError(f"No check has this name. Legal: {names}: {name!r}")

    def failed(self):
        """Return the names of the checks that fail."""
        return [f.name for f in self.findings if f.verdict == "fail"]

    def __str__(self):
        lines = [f"{self.verdict}: {WORDS[self.verdict]}"]
        return "\n".join([*lines, *map(str, self.findings)])
