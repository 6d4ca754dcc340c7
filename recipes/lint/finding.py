"""Finding: one thing that is known to hurt, and the change that mends it."""

import json
import shlex
from dataclasses import dataclass

from recipes.part import Part

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
        flags: The mend for the command line: `--set FIELD=VALUE …`.

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
    flags: str = ""

    @property
    def mend(self):
        """The change as code, or in words."""
        if self.changes is None:
            return self.words
        return as_call(self.changes)

    def __str__(self):
        return (
            f"{self.code} ({self.path}): {self.why} Mend: {self.mend} "
            f"[{self.source}]"
        )


def as_call(changes):
    """Return changes of fields as code.

    >>> as_call({"dropout": 0.1, "schedule": Part("cosine")})
    "recipe.replace(dropout=0.1, schedule=Part('cosine'))"
    """
    given = ", ".join(f"{k}={v!r}" for k, v in changes.items())
    return f"recipe.replace({given})"


def as_flags(old, changes):
    """Return changes of fields as `--set FIELD=VALUE …`.

    Args:
        old: Field → value before the changes.
        changes: Field → value.

    Example:

    >>> old = {"schedule": Part("cosine", alpha=0.1), "dropout": 0.5}
    >>> as_flags(old, {"schedule": Part("cosine", alpha=0.2), "dropout": 0.2})
    '--set schedule/alpha=0.2 --set dropout=0.2'
    >>> as_flags(old, {"schedule": Part("one_cycle", warmup=0.3)})
    '--set schedule=one_cycle --set schedule/warmup=0.3'
    """
    return " ".join(
        f"--set {shlex.quote(setting)}"
        for field, value in changes.items()
        for setting in _settings(field, old.get(field), value)
    )


def _settings(path, old, value):
    """Yield `path=value`, for a Part its name and what is new in it."""
    if not isinstance(value, Part):
        yield f"{path}={_text(value)}"
        return
    known = getattr(old, "config", {})
    if (
        getattr(old, "name", None) != value.name
        or not known.keys() <= value.config.keys()
    ):
        known = {}
        yield f"{path}={value.name}"  # without any argument
    for argument, given in value.config.items():
        if argument not in known or known[argument] != given:
            below = known.get(argument)
            yield from _settings(f"{path}/{argument}", below, given)


def _text(value):
    """Return a value as `--set` reads it: JSON, or bare text."""
    written = json.dumps(value, default=_as_json, separators=(",", ":"))
    try:
        json.loads(value)
    except (TypeError, ValueError):
        return value if isinstance(value, str) else written
    return written  # text that would be read as JSON


def _as_json(part):
    """Return a Part in a list: its name, if that says all."""
    config = dict(part.config)
    return {"part": part.name, "config": config} if config else part.name
