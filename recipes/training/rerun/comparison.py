"""Two runs compared: every number, every epoch, every weight."""

import math
from typing import NamedTuple

import numpy as np
from rich.table import Table

UNLIKE = ("seconds",)  # never the same
ROUNDING = 1e-4  # what is below counts as the same


class Results(NamedTuple):
    """What two runs are compared by, as it lies on disk.

    Args:
        metrics: Name → number.
        history: Name → one number per epoch.
        weights: List of (path, NumPy array).
    """

    metrics: dict
    history: dict
    weights: list


def results(run):
    """Return the `Results` of a `Run`, read from its folder."""
    weights = [
        (weight.path, value)
        for weight, value in zip(
            run.model.weights, run.model.get_weights(), strict=True
        )
    ]
    return Results(run.metrics, run.history, weights)


class Differing(NamedTuple):
    """What is not the same in one part of two runs.

    Args:
        largest: Difference |a − b| / max(1, |a|, |b|): absolute of numbers up
            to 1, relative of larger ones. 0: not one bit differs; infinite:
            something is missing.
        words: Where, or "equal".
    """

    largest: float
    words: str


class Comparison(NamedTuple):
    """A run and its rerun.

    Args:
        metrics: Name → (number of the run, of the rerun), None where missing.
        parts: `"metrics"`, `"history"` and `"weights"` → `Differing`.
    """

    metrics: dict
    parts: dict

    @property
    def largest(self):
        """The largest difference of all."""
        return max(part.largest for part in self.parts.values())

    @property
    def same(self):
        """Whether nothing differs by more than rounding does."""
        return self.largest <= ROUNDING

    @property
    def verdict(self):
        """One line: how far the two are the same."""
        if self.largest == 0:
            return "the same to the last bit"
        if self.same:
            return f"the same within {self.largest:.1g}"
        found = [n for n, p in self.parts.items() if p.largest > ROUNDING]
        return f"differs in {', '.join(found)}"

    def table(self):
        """Return a `rich.table.Table`: a row per metric, history, weights."""
        table = Table("", "run", "rerun", "difference")
        for name, (was, now) in self.metrics.items():
            same = difference(was, now) == 0
            words = "equal" if same else _difference(was, now)
            table.add_row(name, _shown(was), _shown(now), words)
        table.add_section()
        for name in ("history", "weights"):
            table.add_row(name, "", "", self.parts[name].words)
        return table

    def to_dict(self):
        """Return it as plain values."""
        return {
            "verdict": self.verdict,
            "same": self.same,
            "largest_difference": self.largest,
            "metrics": {
                name: {"run": was, "rerun": now}
                for name, (was, now) in self.metrics.items()
            },
            "parts": {n: part._asdict() for n, part in self.parts.items()},
        }


def compare(old, new):
    """Return the `Comparison` of two `Results`."""
    names = [n for n in {**old.metrics, **new.metrics} if n not in UNLIKE]
    metrics = {n: (old.metrics.get(n), new.metrics.get(n)) for n in names}
    found = {name: difference(*both) for name, both in metrics.items()}
    worst = max(found, key=found.get, default=None)
    words = f"{worst} by {found[worst]:.1g}" if found.get(worst) else "equal"
    return Comparison(
        metrics,
        {
            "metrics": Differing(found.get(worst, 0.0), words),
            "history": _history(old.history, new.history),
            "weights": _weights(old.weights, new.weights),
        },
    )


def difference(a, b):
    """Return |a − b| / max(1, |a|, |b|); of what is missing, infinity.

    Args:
        a: A number, or an array of them, or None.
        b: Another, of its shape.

    >>> difference(1.0, 1.0), difference(0.25, 0.5), difference(1.0, None)
    (0.0, 0.25, inf)
    >>> difference(0.0, -0.0) > 0
    True
    """
    if a is None or b is None:
        return math.inf
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype != b.dtype or a.shape != b.shape:
        return math.inf
    if a.tobytes() == b.tobytes():
        return 0.0
    a, b = a.astype("float64"), b.astype("float64")
    with np.errstate(invalid="ignore"):  # infinity less infinity
        apart = np.abs(a - b) / np.maximum(1, np.maximum(abs(a), abs(b)))
    apart = np.where(a == b, 0.0, apart)
    # Other bits of the same value, as -0.0 has, are not the same bits.
    return max(
        math.ulp(0.0), float(np.where(np.isnan(apart), np.inf, apart).max())
    )


def _history(old, new):
    """Compare what both have, epoch by epoch; a callback may log more."""
    names = [name for name in old if name in new]
    lengths = {len(rows[name]) for rows in (old, new) for name in names}
    if len(lengths) != 1:
        was, now = (len(next(iter(rows.values()), ())) for rows in (old, new))
        return Differing(math.inf, f"{was} epochs, and {now}")
    missing = [name for name in old if name not in new]
    beside = f"; not compared: {', '.join(missing)}" if missing else ""
    largest, first = 0.0, None
    for epoch in range(lengths.pop()):
        for name in names:
            apart = difference(old[name][epoch], new[name][epoch])
            if apart and first is None:
                first = f"from epoch {epoch + 1} on, {name} by {apart:.1g}"
            largest = max(largest, apart)
    return Differing(largest, (first or "equal") + beside)


def _weights(old, new):
    shapes = [[value.shape for _, value in each] for each in (old, new)]
    if shapes[0] != shapes[1]:
        words = f"{len(old)} weights, and {len(new)} of other shapes"
        return Differing(math.inf, words)
    # By place: paths of a model that is built twice may differ by a number.
    apart = [difference(a, b) for (_, a), (_, b) in zip(old, new, strict=True)]
    largest = max(apart, default=0.0)
    if largest == 0:
        return Differing(0.0, "equal")
    count = sum(each > 0 for each in apart)
    path = old[int(np.argmax(apart))][0]
    words = f"{count} of {len(apart)} differ, {path} by {largest:.1g}"
    return Differing(largest, words)


def _shown(value):
    return "missing" if value is None else f"{value:.6g}"


def _difference(was, now):
    if was is None or now is None:
        return "missing"
    return f"{now - was:+.1g}"
