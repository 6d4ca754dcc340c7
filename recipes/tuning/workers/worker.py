"""A worker: one process that asks the chief for trials, and fits them."""

import os
import sys
from pathlib import Path

import keras

from callbacks import SteadyConsole
from recipes.errors import RunError
from recipes.quiet import many_models
from recipes.training.environment import version
from recipes.training.going_on.lock import held
from recipes.tuning import settings
from recipes.tuning.names import WORKERS, trial_folder
from recipes.tuning.place import major
from recipes.tuning.tuner import Tuner
from recipes.tuning.workers import crashes, failures
from recipes.tuning.workers.chief import check_variables
from recipes.tuning.workers.client import PatientClient
from recipes.tuning.workers.handed_over import take
from recipes.tuning.workers.heartbeat import Heartbeat

PATIENCE = 20.0  # seconds for a process of our name that is about to end


class Worker(Tuner):
    """A tuner whose oracle is the chief's, and who says that it is alive.

    Args:
        about: The `Settings` of the sweep.
        path: The sweep's folder.
        data: Loaded `Data`.
        heart: The `Heartbeat`.
        recycle: Trials after which the process ends, so that memory returns
            to the system; None: never.
        max_crashes: Ends of a process in a trial, and crashes of the backend,
            after which it has failed.
    """

    def __init__(self, about, path, data, heart, recycle, max_crashes):
        console = SteadyConsole(quiet=True)
        super().__init__(
            about,
            path,
            data,
            console,
            callbacks=[heart],
            max_crashes=max_crashes,
        )
        self.heart, self.recycle, self.done = heart, recycle, 0
        self.oracle = PatientClient(self.oracle, heart.beat)

    def pre_create_trial(self):
        """Leave between two trials, after enough of them."""
        if self.recycle is not None and self.done >= self.recycle:
            raise SystemExit(failures.RECYCLED)

    def crashes(self, trial):
        """Return how many processes have ended in a trial before."""
        found = self._crash(trial)
        return 0 if found is None else found["times"]

    def _crash(self, trial):
        return crashes.read(self.path / WORKERS).get(trial.trial_id)

    def run_trial(self, trial):
        """Fit a trial, unless too many processes have ended in it."""
        self.heart.at(trial.trial_id)
        crash = self._crash(trial)
        if crash is not None and crash["times"] >= self.max_crashes:
            place = trial_folder(self.path, trial.trial_id)
            values = dict(trial.hyperparameters.values)
            crashes.give_up(self.about, trial.trial_id, values, place, crash)
        return super().run_trial(trial)

    def on_trial_end(self, trial):
        """Report a trial, and say that it is over."""
        super().on_trial_end(trial)
        self.done += 1
        self.heart.at(None)


def work(directory, from_json, recycle, max_crashes):
    """Fit trials until the chief has no more.

    Args:
        directory: The sweep's folder.
        from_json: From the text of a recipe to the recipe.
        recycle: As of `Worker`.
        max_crashes: As of `Worker`.

    Returns:
        The code to leave with.
    """
    check_variables(None)
    path, name = Path(directory), os.environ["KERASTUNER_TUNER_ID"]
    ours = path / WORKERS
    ours.mkdir(exist_ok=True)
    try:
        with held(ours / f"{name}.lock", f"is {name}", PATIENCE):
            heart = Heartbeat(ours / f"{name}.json")
            heart.beat()
            about = settings.read(path, from_json)
            _refuse_elsewhere(about)
            data = take(path, about)
            tuner = Worker(about, path, data, heart, recycle, max_crashes)
            with many_models():
                tuner.search()
    except MemoryError:
        raise  # a crash like another
    except Exception as error:
        failures.write(ours / f"{name}.error.json", name, error)
        sys.stdout.flush()
        return failures.FAILED
    return 0


def _refuse_elsewhere(about):
    """Refuse trials that could not be compared with those of other workers.

    Raises:
        RunError: For another backend, or another major version.
    """
    backend, library = keras.backend.backend(), version("keras-recipes")
    if backend != about.backend:
        raise RunError(
            f"The sweep is one on the {about.backend} backend, and this "
            f"worker's is {backend}: set KERAS_BACKEND={about.backend}."
        )
    if major(library) != major(about.library):
        raise RunError(
            f"The sweep is one of keras-recipes {about.library}, and this "
            f"worker has {library}: install the sweep's version here."
        )
