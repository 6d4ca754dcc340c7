"""The best of all stages, where an early stopping knows one at a time."""

import keras


class BestStage:
    """Remembers the best weights of the stages of a run.

    Keras' early stopping forgets at the beginning of each fit what was best
    before, and so restores the best of the last stage.

    Args:
        callbacks: Of the run.
    """

    def __init__(self, callbacks):
        found = [c for c in callbacks if _restores(c)]
        self.stopping = found[-1] if found else None
        self.kept = self.last = None

    def note(self, model, stage):
        """Keep a stage's weights, which are the best of it, if none is better.

        Args:
            model: The network, after the stage.
            stage: Its name.
        """
        stopping = self.stopping
        if stopping is None or stopping.best_weights is None:
            return
        now = stopping.best
        if self.kept is None or bool(stopping.monitor_op(now, self.kept[0])):
            epoch = stopping.best_epoch
            self.kept = now, epoch, stage, model.get_weights()
        self.last = stage

    def get_state(self):
        """Return what a fit that goes on has to know."""
        return {"kept": self.kept, "last": self.last}

    def set_state(self, state):
        """Take what `get_state` has returned."""
        self.kept, self.last = state["kept"], state["last"]

    def restore(self, model, console):
        """Put the best weights back, if they are of an earlier stage."""
        if self.kept is None or self.kept[2] == self.last:
            return
        value, epoch, stage, weights = self.kept
        model.set_weights(weights)
        self.stopping.best, self.stopping.best_epoch = value, epoch
        console.print(
            f"stage {stage} was the best: the weights of epoch {epoch + 1} "
            "are kept"
        )


def _restores(callback):
    stopping = isinstance(callback, keras.callbacks.EarlyStopping)
    return stopping and callback.restore_best_weights
