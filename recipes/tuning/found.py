"""Sweep: what a search has found, and what lies on disk."""

import json
from pathlib import Path

from recipes.errors import RunError
from recipes.training.fit import fit
from recipes.training.run import open_run
from recipes.tuning import settings
from recipes.tuning.journal import Journal
from recipes.tuning.trial import FIRST, finished
from recipes.tuning.tuner import JOURNAL, TRIALS

BEST = "best"


class Sweep:
    """A sweep, finished or on its way.

    Args:
        directory: The sweep's folder.
        from_json: From the text of a recipe to the recipe.
        data: Loaded `Data`, or what `fit` takes; None reads it again by its
            spec.

    Attributes:
        trials: A dict per trial, in the order they began.
        best: The closed `Recipe` of the best trial.
        best_run: The `Run` of that recipe: the test split is read for it
            alone.
    """

    def __init__(self, directory, from_json, data=None):
        self.directory = Path(directory)
        self._from_json, self._data = from_json, data
        self.settings = settings.read(self.directory, from_json)

    @property
    def trials(self):
        """One dict per trial, in the order they began, read from disk."""
        rows = {}
        for event in Journal(self.directory / JOURNAL).read():
            if event["event"] == "create":
                rows[event["trial"]] = self._trial(event)
            elif event["event"] == "end" and event["trial"] in rows:
                rows[event["trial"]].setdefault("message", event["message"])
        return list(rows.values())

    def _trial(self, event):
        place = self.directory / TRIALS / f"trial_{event['trial']}"
        found = finished(place, event["values"])
        started = {"trial": event["trial"], "values": event["values"]}
        return found or {**started, "ended": None, "score": None}

    @property
    def best_trial(self):
        """The trial with the best score."""
        scored = [t for t in self.trials if t["ended"] == "completed"]
        if not scored:
            raise RunError(f"{self.directory}: no trial has a score yet.")
        sign = 1 if self.settings.direction == "min" else -1
        return min(scored, key=lambda trial: sign * trial["score"])

    @property
    def best(self):
        """The closed `Recipe` of the best trial."""
        return self._from_json(json.dumps(self.best_trial["recipe"]))

    @property
    def best_run(self):
        """The `Run` of the best recipe; it is fitted when first asked for.

        Where the trial's checkpoint is there and whole, the fit goes on from
        it: nothing is trained twice, and a trial of all epochs gives the run
        its own weights.
        """
        place = self.directory / BEST
        if (place / "metrics.json").exists():
            return open_run(place, self._from_json)
        trial = self.best_trial
        origin = self.directory / TRIALS / f"trial_{trial['trial']}" / FIRST
        return fit(
            self._from_json(json.dumps(trial["recipe"])),
            self._data,
            directory=place,
            verbose=False,
            origin=origin,
        )

    def __repr__(self):
        trials = self.trials
        return f"Sweep({str(self.directory)!r}, {len(trials)} trials)"
