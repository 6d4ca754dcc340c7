"""A tuner that asks the oracle for many trials, and trains them as one."""

from recipes.errors import UserError
from recipes.training import folder
from recipes.tuning.failures import fatal
from recipes.tuning.names import (
    STATUS_COMPLETED,
    STATUS_RUNNING,
    trial_folder,
)
from recipes.tuning.result import finished
from recipes.tuning.search.space import close
from recipes.tuning.trial import executions
from recipes.tuning.tuner import Tuner
from recipes.tuning.vectorized.alike import likeness, why_not
from recipes.tuning.vectorized.groups import Groups

WIDTH = 64  # trials in a batch
# A Gaussian process proposes with the trials that it waits for taken at its
# own guess; a few such guesses do little harm.
BAYESIAN = 4


class TogetherTuner(Tuner):
    """Keras Tuner's loop over trials; the first of a batch trains them all.

    The oracle is asked under several names, as if by several workers, as long
    as it has trials to give. Those that differ in numbers only are trained as
    one; the loop then reports each, in turn. A killed batch leaves trials
    that are running: the next begins with them, from their first epoch.

    Args:
        *args: As of `Tuner`.
        **options: As of `Tuner`.
    """

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.alone, self.fit = self.fit, self._fit
        self.groups = Groups(self.data, self.console)
        self.ready, self.asked = {}, set()

    @property
    def ids(self):
        """The names under which trials are asked for."""
        return [f"{self.tuner_id}-{k}" for k in range(WIDTH)] + [self.tuner_id]

    def pre_create_trial(self):
        """Take over the next trial of the batch."""
        waiting = sorted(
            self.oracle.ongoing_trials.items(),
            key=lambda pair: pair[1].trial_id,
        )
        if waiting and self.tuner_id not in self.oracle.ongoing_trials:
            self.oracle.adopt(self.tuner_id, waiting[0][0])

    def prepare(self, trial):
        """Fit the batch that a trial begins; its memory is that of each."""
        if trial.trial_id not in self.asked:
            super().prepare(trial)
            self._fit_together([trial, *self._more()])

    def _more(self):
        """Ask for trials until there are as many as make sense."""
        found = []
        for name in self.ids[: self._width() - 1]:
            trial = self.oracle.create_trial(name)
            if trial.status != STATUS_RUNNING:
                break
            found.append(trial)
        return found

    def _width(self):
        oracle = self.oracle
        points = getattr(oracle, "num_initial_points", None)
        if points is None:
            return WIDTH
        scored = sum(
            trial.status == STATUS_COMPLETED for trial in oracle.trials.values()
        )
        return min(WIDTH, max(BAYESIAN, points - scored))

    def _fit_together(self, trials):
        """Fit what is alike, and keep what came of it until it is asked.

        Raises:
            TrialError: For the user's own error, with the first trial's name.
        """
        alike, first = {}, {}
        for trial in trials:
            self.asked.add(trial.trial_id)
            values = dict(trial.hyperparameters.values)
            place = trial_folder(self.path, trial.trial_id)
            if finished(place, values) is not None:
                continue
            try:
                recipe = close(self.about.recipe, values)
                if why_not(recipe, self.data) is not None:
                    continue
                for one, each in executions(self.about, recipe, place):
                    key = likeness(one), one.seed
                    alike.setdefault(key, []).append((one, each))
                    first.setdefault(key, (trial.trial_id, values))
            except UserError:
                continue  # it says so when it is fitted by itself
        for key, members in alike.items():
            with fatal(*first[key]):
                for _, place in members:
                    folder.make(place)
                self.ready.update(self.groups.fit(key[0], members))

    def _fit(self, recipe, data, place, console, **given):
        """Return what came of a fit; what was not in a batch is fitted."""
        found = self.ready.pop(place, None)
        if found is None:
            return self.alone(recipe, data, place, console, **given)
        if isinstance(found, Exception):
            raise found
        return found
