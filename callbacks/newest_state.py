"""The newest state that a fit may go on from."""

from pathlib import Path

from callbacks import whole_state
from callbacks.state_file import read_states
from callbacks.written import lost


class NewestState:
    """Looks once for the newest whole file, and remembers it.

    Args:
        folders: Where to look, in this order; None is skipped.
        about: What a state has to say of itself to be taken.

    Attributes:
        damaged: The paths of files that were found damaged, or missing.
    """

    def __init__(self, folders, about):
        self.folders = [Path(f) for f in folders if f is not None]
        self.about, self.damaged = about, []
        self._looked, self._found = False, None

    def find(self, epochs=None):
        """Return the state, or None.

        Args:
            epochs: Files of more epochs are not taken; None: any are.
        """
        if not self._looked:
            self._looked = True
            found = (self._newest(folder, epochs) for folder in self.folders)
            self._found = next((s for s in found if s is not None), None)
        return self._found

    def forget(self):
        """Let go of the state: the fit has gone on."""
        self._looked, self._found = True, None

    def _newest(self, folder, epochs):
        self.damaged += lost(folder)
        states = read_states(folder, self.damaged.append, self._check)
        for place, state in states:
            if self._same(state) and (epochs is None or place <= (epochs, 0)):
                return state
        return None

    def _same(self, state):
        return self.about.items() <= state.items()

    def _check(self, place, state):
        if self._same(state):  # others may hold other things
            whole_state.check(place, state)


def check_epoch(epoch, expected):
    """Refuse a fit that does not begin where the state was taken.

    Raises:
        ValueError: Saying how it begins there.
    """
    if epoch != expected:
        raise ValueError(
            f"Checkpoint: the fit goes on at epoch {expected}: pass "
            "initial_epoch=checkpoint.initial_epoch(epochs) to `fit`, or "
            f"take another folder. Received: initial_epoch={epoch}"
        )
