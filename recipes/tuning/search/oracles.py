"""Keras Tuner's four oracles, each with a journal."""

import warnings

import keras_tuner
from sklearn.exceptions import ConvergenceWarning

from recipes.tuning.names import (
    STATUS_COMPLETED,
    STATUS_FAILED,
    STATUS_RUNNING,
)
from recipes.tuning.search.journaled import Journaled
from recipes.tuning.search.numbers import Count, spread
from recipes.tuning.search.pruning import PruningBrackets

STARTS = 50  # points from which Keras Tuner looks for the best proposal
NEVER = 10**9  # failures in a row after which Keras Tuner would give up


class RandomSearch(Journaled, keras_tuner.oracles.RandomSearchOracle):
    """Random values."""


class GridSearch(Journaled, keras_tuner.oracles.GridSearchOracle):
    """Every combination, one after another.

    Keras Tuner's waits for a trial to end before it looks for the next, as a
    model could bring new ranges along. Here all are known from the start, so
    that several workers, or trials trained as one, are given what comes next.
    """

    def populate_space(self, trial_id):
        """Propose the next combination, and be ready for the one after."""
        found = super().populate_space(trial_id)
        if found["status"] == STATUS_RUNNING:
            self._populate_next.append(trial_id)
        return found


class Hyperband(
    PruningBrackets, Journaled, keras_tuner.oracles.HyperbandOracle
):
    """Many trials of few epochs, of which the best go on.

    A trial that failed counts as the worst. Keras Tuner leaves it out, and
    waits for ever for others in its place: after a few, none goes on.
    """

    def populate_space(self, trial_id):
        """Propose values; what failed has lost."""
        failed = [t for t in self.trials.values() if t.status == STATUS_FAILED]
        worst = float("inf" if self.objective.direction == "min" else "-inf")
        for trial in failed:
            trial.status, trial.score = STATUS_COMPLETED, worst
        try:
            return super().populate_space(trial_id)
        finally:
            for trial in failed:
                trial.status, trial.score = STATUS_FAILED, None


class BayesianOptimization(
    Journaled, keras_tuner.oracles.BayesianOptimizationOracle
):
    """A Gaussian process that learns where good values lie."""

    def populate_space(self, trial_id):
        """Propose values; that the process fits badly is nobody's mistake."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            return super().populate_space(trial_id)

    def _costs(self):
        completed = [
            t for t in self.trials.values() if t.status == STATUS_COMPLETED
        ]
        return len(completed) >= self.num_initial_points

    def _skip(self):
        self._random_state.uniform(size=(STARTS, len(self._get_hp_bounds())))


def build_oracle(name, space, objective, max_trials, seed, max_epochs):
    """Return the oracle of a tuner by name.

    Args:
        name: `"random"`, `"grid"`, `"bayesian"` or `"hyperband"`.
        space: `keras_tuner.HyperParameters`.
        objective: `keras_tuner.Objective`.
        max_trials: Whole number, or None: all of a grid, one iteration of
            Hyperband.
        seed: Whole number from 0.
        max_epochs: Epochs of a whole run, for Hyperband.
    """
    if max_trials is not None:
        max_trials = Count(max_trials)
    given = {
        "objective": objective,
        "hyperparameters": space,
        "allow_new_entries": False,
        "tune_new_entries": False,
        "seed": spread(seed),
        "max_consecutive_failed_trials": NEVER,
    }
    if name == "random":
        return RandomSearch(max_trials=max_trials, **given)
    if name == "grid":
        return GridSearch(max_trials=max_trials, **given)
    if name == "bayesian":
        points = min(max(3 * len(space.space), 3), max(3, max_trials // 2))
        return BayesianOptimization(
            max_trials=max_trials, num_initial_points=points, **given
        )
    iterations = 1 if max_trials is None else None
    oracle = Hyperband(
        max_epochs=max_epochs, hyperband_iterations=iterations, **given
    )
    oracle.max_trials = max_trials
    return oracle
