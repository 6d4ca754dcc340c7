"""What has become of each trial, read from a sweep's folder alone."""

import math

from recipes.tuning.names import (
    ENDED_COMPLETED,
    JOURNAL,
    STATUS_COMPLETED,
    trial_folder,
)
from recipes.tuning.result import finished
from recipes.tuning.search.journal import Journal

WORDS = {  # how trials without a score have ended
    "diverged": "diverged",
    "out_of_memory": "ran out of memory",
    "crashed": "crashed",
}


class Records:
    """The trials of a sweep, also of one that another process is at.

    What has ended is read once. Nothing is written.

    Args:
        directory: The sweep's folder.
        objective: Name of the score.
    """

    def __init__(self, directory, objective):
        self.directory, self.objective = directory, objective
        self._ended = {}

    def read(self):
        """Return one dict per trial, in the order they began."""
        events = Journal(self.directory / JOURNAL).look()
        ends = {e["trial"]: e for e in events if e["event"] == "end"}
        return [
            self._trial(event, ends.get(event["trial"]))
            for event in events
            if event["event"] == "create"
        ]

    def _trial(self, event, end):
        name = event["trial"]
        if name in self._ended:
            return self._ended[name]
        found = finished(self.place(name), event["values"])
        row = {"trial": name, "values": event["values"], "ended": None}
        row.update(score=None, message=None)
        row.update(found or self._as_told(end))
        if found and row["ended"] != ENDED_COMPLETED and not row.get("epochs"):
            row["epochs"] = self._trained(name)
        if row["score"] is not None and not math.isfinite(row["score"]):
            row["score"] = None
        if end is not None:
            self._ended[name] = row
        return row

    def _as_told(self, end):
        """Return what the journal knows of a trial without a result."""
        if end is None:
            return {}
        if end["status"] != STATUS_COMPLETED:
            return {"ended": "failed", "message": end["message"]}
        score = end["metrics"].get(self.objective)
        if isinstance(score, list):
            score = score[0]
        return {
            "ended": ENDED_COMPLETED,
            "score": score,
            "metrics": {self.objective: score},
        }

    def _trained(self, name):
        """Return the epochs of each fit, where no result says them."""
        histories = sorted(self.place(name).glob("fit-*/history.csv"))
        return [each.read_bytes().count(b"\n") - 1 for each in histories]

    def place(self, name):
        """Return a trial's folder."""
        return trial_folder(self.directory, name)

    def epoch(self, name):
        """Return (fit, epoch) that a trial is at, both from 0."""
        fits = sorted(self.place(name).glob("fit-*"), key=_number)
        if not fits:
            return 0, 0
        try:
            lines = (fits[-1] / "history.csv").read_bytes().count(b"\n")
        except OSError:
            lines = 0
        return len(fits), max(0, lines - 1)


def _number(path):
    tail = path.name.removeprefix("fit-")
    return int(tail) if tail.isdecimal() else 0


def ranked(trials, direction):
    """Return the trials, the best first, those without a score last.

    >>> trials = [{"score": 2.0}, {"score": None}, {"score": 1.0}]
    >>> [trial["score"] for trial in ranked(trials, "min")]
    [1.0, 2.0, None]
    """
    sign = 1 if direction == "min" else -1
    return sorted(
        trials,
        key=lambda t: math.inf if t["score"] is None else sign * t["score"],
    )


def best_of(trials, direction):
    """Return the completed trial with the best score, or None."""
    scored = [
        trial
        for trial in trials
        if trial["ended"] == ENDED_COMPLETED and trial["score"] is not None
    ]
    return ranked(scored, direction)[0] if scored else None


def unscored(trials, paths):
    """Say why no trial has a score, and what may help.

    Args:
        trials: Dicts, as `Sweep.trials` has them.
        paths: Of the ranges.

    Example:

    >>> trials = [{"ended": "diverged"}, {"ended": "crashed"}]
    >>> unscored(trials, ["optimizer/learning_rate"])
    ... # doctest: +NORMALIZE_WHITESPACE
    'none of 2 trials has a score: 1 diverged, 1 crashed. Lower the range of
     optimizer/learning_rate. trials.csv has the messages.'
    """
    if not trials or any(trial["ended"] is None for trial in trials):
        return "no trial has a score yet."
    ends = [WORDS.get(trial["ended"], "failed") for trial in trials]
    counts = {end: ends.count(end) for end in ends}
    many = "the only trial" if len(ends) == 1 else f"all {len(ends)} trials"
    said = f"{many} {ends[0]}."
    if len(counts) > 1:
        words = ", ".join(f"{n} {end}" for end, n in counts.items())
        said = f"none of {len(ends)} trials has a score: {words}."
    rates = [path for path in paths if path.split("/")[-1] == "learning_rate"]
    if "diverged" in counts:
        lower = ", ".join(rates) or "the learning rate"
        said += f" Lower {'the range of ' * bool(rates)}{lower}."
    return f"{said} trials.csv has the messages."
