"""The newest state that a fit may go on from, and those it would cost."""

import math
from pathlib import Path

from callbacks import whole_state
from callbacks.background import running
from callbacks.state_file import newest_first, place_of, read_states
from callbacks.states import OtherFitError
from callbacks.written import lost


class NewestState:
    """Looks once for the newest whole file, and remembers it.

    Args:
        folders: Where to look, in this order; None is skipped.
        about: What a state has to say of itself to be taken.
        keep: Of these folders the one that the fit writes to, and where it
            must not cost a whole file; None: none.

    Attributes:
        found: The state that was found last, or None.
        damaged: The paths of files that were found damaged, or missing.
    """

    def __init__(self, folders, about, keep=None):
        self.folders = [Path(f) for f in folders if f is not None]
        self.keep = None if keep is None else Path(keep)
        self.about, self.damaged, self.found = about, [], None
        self._most = None  # epochs that were looked for
        self._beyond = False  # whether a state of more was passed over
        self._passed = []  # (folder, place, why) of whole ones, not taken

    def find(self, epochs=None):
        """Return the state, or None.

        Args:
            epochs: Files of more epochs are not taken; None: any are.
        """
        most = math.inf if epochs is None else epochs
        if not self._looked_for(most):
            for written in running():  # by a fit before, which was cut off
                written.wait()
            self._most, self._passed, self._beyond = most, [], False
            found = map(self._newest, self.folders)
            self.found = next((s for s in found if s is not None), None)
        return self.found

    def forget(self):
        """Let go of the state, for good: the fit has gone on."""
        self._most, self.found, self._passed = math.inf, None, []

    def begin(self, epochs, begin=0):
        """Return (epoch, step) where a fit begins with what was found.

        Args:
            epochs: Of the fit; where it has ended itself before, that is it.
            begin: The epoch where nothing was found.

        Raises:
            OtherFitError: If whole files of `keep` would be removed.
        """
        step = 0
        if self.found is not None:
            begin, step = _place(self.found)
            if self.found["stopped"] and not step:
                begin = epochs
        if begin < epochs:
            self._refuse_loss()
        return begin, step

    def refuse_before(self, epoch):
        """Refuse a fit that begins anew before whole files.

        Raises:
            OtherFitError: If `keep` has files of more than `epoch` epochs.
        """
        for path in newest_first(self.keep) if self.keep else ():
            place = place_of(path)
            if place > (epoch, 0) and path not in self.damaged:
                self._refuse(
                    place,
                    "of a fit before with the same Checkpoint. A fit that is "
                    "to go on from it needs a new Checkpoint; one that is to "
                    "begin anew needs another folder, or overwrite=True. "
                    f"Received: initial_epoch={epoch}",
                )

    def _refuse_loss(self):
        for folder, place, why in self._passed:
            # They may be gone by now, by whoever is allowed to remove them.
            there = map(place_of, newest_first(folder))
            if folder == self.keep and place in there:
                self._refuse(
                    place,
                    "which this fit does not go on from and would remove. "
                    f"{why}",
                )

    def _refuse(self, place, why):
        raise OtherFitError(
            f"Checkpoint: {self.keep} holds the state {_words(place)}, {why}"
        )

    def _looked_for(self, most):
        if self._most is None or (most > self._most and self._beyond):
            return False
        return self.found is None or _place(self.found) <= (most, 0)

    def _newest(self, folder):
        for path in lost(folder):
            self._damaged(path)
        states = read_states(folder, self._damaged, self._check)
        for place, state in states:
            why = self._why_not(place, state)
            if why is None:
                return state
            self._passed.append((folder, place, why))
        return None

    def _damaged(self, path):
        if path not in self.damaged:
            self.damaged.append(path)

    def _why_not(self, place, state):
        """Say why a state is not taken, and the mend; None if it is."""
        other = self._other(state)
        if other:
            was = ", ".join(f"{name}={state.get(name)!r}" for name in other)
            now = ", ".join(f"{name}={v!r}" for name, v in other.items())
            return (
                f"It is of {was}. Take another folder, or remove what lies "
                f"there (overwrite=True). Received: {now}"
            )
        if place > (self._most, 0):
            self._beyond = True
            return (
                "Fit for more epochs, take another folder, or remove what "
                f"lies there (overwrite=True). Received: epochs={self._most}"
            )
        return None

    def _other(self, state):
        """Return what a state would have to say, and does not."""
        return {k: v for k, v in self.about.items() if state.get(k) != v}

    def _check(self, place, state):
        if not self._other(state):  # others hold other things
            whole_state.check(place, state)


def _place(state):
    return state["epoch"], state["step"]


def _words(place):
    epoch, step = place
    words = f"after {epoch} epoch{'s' * (epoch != 1)}"
    return f"{words} and {step} step{'s' * (step != 1)}" if step else words


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
