"""Keras Tuner's loop over trials, with our trial inside."""

from functools import partial

import keras_tuner
from keras_tuner.engine.base_tuner import BaseTuner

from recipes.training.candidate import fit_candidate
from recipes.training.reuse import planner
from recipes.tuning.failures import MAX_CRASHES, own_errors
from recipes.tuning.names import (
    ENDED_COMPLETED,
    JOURNAL,
    STATUS_COMPLETED,
    STATUS_FAILED,
    TRIALS,
    trial_folder,
)
from recipes.tuning.peak import forget_peak
from recipes.tuning.search.oracles import build_oracle
from recipes.tuning.search.space import hyperparameters
from recipes.tuning.trial import run_trial


class Tuner(BaseTuner):
    """What asks the oracle for values, fits them, and reports the score.

    Args:
        about: The `Settings` of the sweep.
        path: The sweep's folder.
        data: Loaded `Data`.
        console: Says what a fit says while it trains.
        ended: Called with each result.
        callbacks: A list of Keras callbacks for every fit.
        max_crashes: Crashes of a trial, from 1, after which it has failed.
    """

    def __init__(
        self,
        about,
        path,
        data,
        console,
        ended=None,
        callbacks=(),
        max_crashes=MAX_CRASHES,
    ):
        self.about, self.path, self.data = about, path, data
        self.console, self.ended = console, ended
        self.max_crashes = max_crashes
        self.fit = partial(
            fit_candidate, callbacks=callbacks, planner=planner()
        )
        oracle = make_oracle(about)
        super().__init__(oracle, directory=str(path), project_name=TRIALS)

    @property
    def ids(self):
        """The names under which trials are asked for."""
        return [self.tuner_id]

    def crashes(self, trial):
        """Return how many processes have ended in a trial before."""
        return 0

    def prepare(self, trial):
        """Measure the memory of a trial from here on."""
        forget_peak()

    def run_trial(self, trial):
        """Fit a trial, and return its metrics by name."""
        self.prepare(trial)
        place = trial_folder(self.path, trial.trial_id)
        values = dict(trial.hyperparameters.values)
        found = run_trial(
            self.about,
            trial.trial_id,
            values,
            place,
            self.data,
            self.console,
            self.fit,
            self.max_crashes,
            self.crashes(trial),
        )
        if self.ended is not None:
            self.ended(found)
        if found["ended"] != ENDED_COMPLETED:
            raise keras_tuner.errors.FailedTrialError(found["message"])
        return found["metrics"]

    def search(self):
        """Ask, fit and report; a user's error is raised as it was."""
        with own_errors():
            super().search()

    def _try_run_and_update_trial(self, trial):
        """Report a trial that failed.

        Keras Tuner's own prints a traceback for each, and takes any other
        exception for a failed trial too.
        """
        try:
            self._run_and_update_trial(trial)
            trial.status = STATUS_COMPLETED
        except keras_tuner.errors.FailedTrialError as error:
            trial.status, trial.message = STATUS_FAILED, str(error)

    def save(self):
        """Do nothing: the journal is the state."""


def make_oracle(about):
    """Return the oracle that the settings name, without a journal yet."""
    oracle = build_oracle(
        about.tuner,
        hyperparameters(about.recipe),
        keras_tuner.Objective(about.objective, about.direction),
        about.max_trials,
        about.recipe.seed,
        about.max_epochs,
    )
    oracle.verbose, oracle.keep = 0, about.keep
    return oracle


def search_here(
    about,
    path,
    data,
    console,
    ended=None,
    kind=Tuner,
    max_crashes=MAX_CRASHES,
    until=None,
):
    """Search in this process, with a `Tuner` of some kind."""
    tuner = kind(about, path, data, console, ended, max_crashes=max_crashes)
    tuner.oracle.open(path / JOURNAL, tuner.ids)
    tuner.oracle.until = until
    tuner.search()
    tuner.oracle.prune(over=not tuner.oracle.late)
