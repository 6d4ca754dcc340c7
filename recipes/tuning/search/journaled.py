"""Journaled: what brings Keras Tuner's oracles back.

What an oracle keeps on disk itself is not enough to go on exactly: the grid
loses its place, the Gaussian process its random state, and a file cut short
ends everything. Here each event is appended to a journal, and a sweep goes on
by living through it again: the oracle's own methods, in the same order.
"""

import time
from pathlib import Path

import keras_tuner

from recipes.errors import RunError
from recipes.training import folder
from recipes.tuning.names import RESULT, STATUS_RUNNING, STATUS_STOPPED
from recipes.tuning.search.journal import Journal
from recipes.tuning.search.pruning import Pruning


class Journaled(Pruning):
    """What every oracle here does besides its search."""

    journal = None
    until = None  # of the clock, `time.time()`: then no more trials
    _begun = False  # one, since the journal was opened: there is always one
    _values = None  # of the journal, while it is lived through again

    def open(self, path, tuner_ids):
        """Go on where the journal ends.

        Args:
            path: The journal's file.
            tuner_ids: Of the workers there will be. A trial that another one
                was at is taken over.
        """
        journal = Journal(path)
        for event in journal.read():
            self._again(event)
        self.journal = journal
        self.here = set(tuner_ids)

    def _again(self, event):
        if event["event"] == "create":
            self._values = event["values"]
            self.create_trial(event["tuner"])
            self._values = None
        elif event["event"] == "adopt":
            self._adopt(event["tuner"], event["from"])
        else:
            trial = self.trials[event["trial"]]
            trial.status, trial.message = event["status"], event["message"]
            if event["metrics"]:
                self.update_trial(trial.trial_id, event["metrics"])
            self.end_trial(trial)

    def populate_space(self, trial_id):
        """Propose values as the oracle does; of the past those it had.

        The past is what the journal holds, and after its end the results
        that lie in the folder all the same: the journal was cut short.
        """
        if self._values is None:
            if self.late and self._begun:
                return {"status": STATUS_STOPPED, "values": None}
            self._begun = True
            found = super().populate_space(trial_id)
            return self._lying(trial_id, found)
        if self._costs():
            self._skip()
            return {"status": STATUS_RUNNING, "values": self._values}
        found = super().populate_space(trial_id)
        return {**found, "status": STATUS_RUNNING, "values": self._values}

    @property
    def late(self):
        """Whether no further trial is begun: the time is over."""
        return self.until is not None and time.time() >= self.until

    def _lying(self, trial_id, found):
        """Return the proposal, or what lies in its folder in its place."""
        if found["status"] != STATUS_RUNNING or self.directory is None:
            return found
        place = Path(self._get_trial_dir(trial_id))
        try:
            values = folder.read_json(place / RESULT)["values"]
        except (RunError, KeyError, TypeError):
            return found
        same = set(values) == set(found["values"]) and all(
            values[name] == value
            for name, value in found["values"].items()
            if name.startswith("tuner/")
        )
        return {**found, "values": values} if same else found

    def _costs(self):
        """Whether a proposal is too dear to be made a second time."""
        return False

    def _skip(self):
        """Draw the random numbers of a proposal that is not made again."""

    @keras_tuner.synchronized
    def create_trial(self, tuner_id):
        """Hand out a trial: the worker's own, an orphan, or a new one."""
        ours = tuner_id in self.ongoing_trials
        if not ours and self.journal is not None:
            for other in list(self.ongoing_trials):
                if other not in self.here:
                    self.adopt(tuner_id, other)
                    ours = True
                    break
        trial = super().create_trial(tuner_id)
        if (
            self.journal is not None
            and not ours
            and trial.status == STATUS_RUNNING
        ):
            self.journal.append(
                {
                    "event": "create",
                    "tuner": tuner_id,
                    "trial": trial.trial_id,
                    "values": trial.hyperparameters.values,
                }
            )
        return trial

    def adopt(self, tuner_id, other):
        """Give one worker, which has none, the trial of another."""
        self._adopt(tuner_id, other)
        event = {"event": "adopt", "tuner": tuner_id, "from": other}
        self.journal.append(event)

    def _adopt(self, tuner_id, other):
        self.ongoing_trials[tuner_id] = self.ongoing_trials.pop(other)

    @keras_tuner.synchronized
    def end_trial(self, trial):
        """End a trial, once: a second report of it is not heard."""
        known = self.trials[trial.trial_id]
        if known not in self.ongoing_trials.values():
            return
        if not known.metrics.metrics:
            # Told before this chief was started again; told once more.
            known.metrics = trial.metrics
        if self.journal is not None:
            self.journal.append(
                {
                    "event": "end",
                    "trial": trial.trial_id,
                    "status": trial.status,
                    "message": trial.message,
                    "metrics": {
                        name: history.get_last_value()
                        for name, history in known.metrics.metrics.items()
                    },
                }
            )
        super().end_trial(trial)
        if self.journal is not None:
            self.prune()

    def save(self):
        """Do nothing: the journal is the state."""

    def _save_trial(self, trial):
        """Write Keras Tuner's own record, whole or not at all."""
        if self.journal is not None:
            directory = self._get_trial_dir(trial.trial_id)
            folder.write_json(Path(directory) / "trial.json", trial.get_state())
