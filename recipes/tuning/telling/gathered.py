"""Everything a sweep's page shows, read from its folder; nothing is fitted."""

from functools import cached_property

from recipes.training.reporting.gathered import gathered_at
from recipes.tuning.names import BEST
from recipes.tuning.ranges import places, short
from recipes.tuning.telling.axes import score_name
from recipes.tuning.telling.pictures import panels
from recipes.tuning.telling.printed import epochs, how, number
from recipes.tuning.telling.records import best_of, ranked


class GatheredSweep:
    """What a page shows of a sweep.

    Args:
        sweep: A `Sweep`.
        from_json: From the text of a recipe to the recipe.
        data: As of `Gathered`, for the best run.
        model: As of `Gathered`, for the best run.

    Attributes:
        winner: What was gathered of the best run, or None.
        why: Why it is None.
    """

    def __init__(self, sweep, from_json, data=None, model=True):
        self.sweep, self.about = sweep, sweep.settings
        self.directory = sweep.directory
        self.trials = sweep.trials
        self.places = places(self.about.recipe)
        best = self.directory / BEST
        self.winner, self.why = gathered_at(best, from_json, data, model)

    @property
    def data_name(self):
        """What the data was called."""
        return self.about.data.get("name")

    @property
    def task(self):
        """Name of the recipe."""
        return self.about.recipe.task

    @property
    def objective(self):
        """Name of the score, as it is said."""
        return score_name(self.about)

    @property
    def best(self):
        """The trial with the best score, or None."""
        return best_of(self.trials, self.about.direction)

    @property
    def best_values(self):
        """(path, value) of it."""
        if self.best is None:
            return []
        return [(k, number(v)) for k, v in self.sweep.best_values.items()]

    @property
    def edges(self):
        """Sentences of `Sweep.edges`."""
        return self.sweep.edges()

    @property
    def heads(self):
        """Names of the ranges."""
        return list(short([place.path for place in self.places]).values())

    @cached_property
    def ranked(self):
        """A row per trial, the best first."""
        return [
            {
                "trial": trial["trial"],
                "score": trial["score"],
                "cells": [
                    number(p.value(trial["values"])) for p in self.places
                ],
                "epochs": number(epochs(trial)),
                "seconds": number(trial.get("seconds")),
                "how": how(trial),
            }
            for trial in ranked(self.trials, self.about.direction)
        ]

    @property
    def settings(self):
        """(name, value) of what the sweep was."""
        about = self.about
        return [
            ("tuner", about.tuner),
            ("objective", about.objective),
            ("direction", about.direction),
            ("most trials", about.max_trials),
            ("fits of a trial", about.executions_per_trial),
            ("data", about.data.get("spec") or about.data.get("name")),
            ("backend", about.backend),
            *((place.path, str(place)) for place in self.places),
        ]

    def panels(self):
        """Yield (title, words, figure) of each picture of the scores."""
        scores = [t["score"] for t in self.trials if t["score"] is not None]
        best = self.best
        said = "No trial has a score."
        if best is not None:
            said = (
                f"{len(scores)} scores from {min(scores):.4g} to "
                f"{max(scores):.4g}; the best {best['score']:.4g}"
            )
        for path, figure in panels(self.trials, self.places, self.about):
            if path is None:
                title = f"{self.objective} by trial"
                yield title, f"{said}.".replace("..", "."), figure
                continue
            value = None if best is None else dict(self.best_values).get(path)
            words = f"{said}" if value is None else f"{said} at {path} {value}"
            yield f"{self.objective} by {path}", f"{words}.", figure
