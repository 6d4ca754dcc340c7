"""Which trials' checkpoints stay, so that the disk does not fill up."""

from keras_tuner.engine.trial import TrialStatus

from recipes.training.candidate import remove_checkpoints


class Pruning:
    """Mixin for oracles: of trials that have ended the best keep theirs.

    It runs where the oracle does, in one process, whatever the workers do.

    Attributes:
        keep: How many trials' checkpoints stay; None: all.
    """

    keep = None

    def prune(self, over=False):
        """Remove the checkpoints of ended trials, but of the best.

        Results and histories stay.

        Args:
            over: Whether the search is, so that no trial is awaited.
        """
        if self.keep is None:
            return
        ended = [t for t in self.trials.values() if _ended(t)]
        best = sorted(
            (t for t in ended if t.status == TrialStatus.COMPLETED),
            key=lambda t: t.score,
            reverse=self.objective.direction == "max",
        )
        kept = {t.trial_id for t in best[: self.keep]}
        kept |= set() if over else self.awaited()
        for trial in ended:
            if trial.trial_id not in kept:
                remove_checkpoints(self._get_trial_dir(trial.trial_id))

    def awaited(self):
        """Return the ids of trials that another may go on from."""
        return set()


class PruningBrackets(Pruning):
    """`Pruning` for Hyperband, whose trials go on from others."""

    def awaited(self):
        """Return the ids of trials that another may go on from.

        As long as their bracket is open: those not chosen yet, and those
        whose successor has not ended.
        """
        found = set()
        for bracket in self._brackets:
            rounds = bracket["rounds"]
            for number in range(len(rounds) - 1):
                size = self._get_size(bracket["bracket_num"], number + 1)
                is_open = len(rounds[number + 1]) < size
                next_of = {i["past_id"]: i["id"] for i in rounds[number + 1]}
                for info in rounds[number]:
                    after = next_of.get(info["id"])
                    if is_open if after is None else not self._is_over(after):
                        found.add(info["id"])
        return found

    def _is_over(self, trial_id):
        # One that is being handed out is not among the trials yet.
        return trial_id in self.trials and _ended(self.trials[trial_id])


def _ended(trial):
    return trial.status in (TrialStatus.COMPLETED, TrialStatus.FAILED)
