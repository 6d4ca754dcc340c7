"""One attempt at a fit: what it is made of, and what makes it anew.

A rewind is a fit that goes on, by the same way as after a kill: everything is
built again, and the checkpoint brings back the rest. So does a replay.
"""

import tempfile
from pathlib import Path
from typing import NamedTuple

from callbacks import SteadyConsole, TerminateOnNonFinite
from callbacks.state_file import newest_first
from callbacks.states import remembers
from recipes.training.callbacks import assemble
from recipes.training.candidate import checkpoint
from recipes.training.diverging.validation_watch import ValidationWatch
from recipes.training.folder import CHECKPOINT
from recipes.training.going_on.left import fingerprint
from recipes.training.plan import make_plan
from recipes.training.train import train


class Attempt(NamedTuple):
    """What does not change from one attempt to the next.

    Args:
        recipe: As `fit` was given it.
        data: Loaded `Data`.
        callbacks: The user's.
        threads: Loader threads.
        parts: As of `fit`.
        work: The folder that the run is made in.
        origin: As of `fit`.
        versions: Package → version that the run was begun with.
        how: `save_freq`, `tensorboard`, `on_divergence`.
        verbose: As of `fit`.
        largest: How many steps one call on the backend may have, so that it
            ends where the checkpoint is; None: what `how` says.
    """

    recipe: object
    data: object
    callbacks: list
    threads: object
    parts: int
    work: Path
    origin: object
    versions: dict
    how: dict
    verbose: bool
    largest: int | None = None

    def begin(self, scale):
        """Return (plan, callbacks); the last of these is the `Checkpoint`.

        Args:
            scale: Of the learning rate.
        """
        freq = self.how["save_freq"]
        largest = self.largest or (128 if freq == "epoch" else freq)
        plan = self._plan(scale, self.callbacks, largest)
        board = self.how["tensorboard"]
        hooked = assemble(plan, self.work, self.callbacks, board, self.verbose)
        hooked += [TerminateOnNonFinite(raise_error=True), ValidationWatch()]
        more = {}
        if self.how["on_divergence"] == "rewind":
            more["interval"] = 0.0  # where it goes back to is no chance
        guard = checkpoint(
            plan,
            hooked,
            self.work,
            self.origin,
            self.versions,
            save_freq=freq,
            about={"recipe": fingerprint(plan.recipe), **self.versions},
            **more,
        )
        return plan, [*hooked, guard]

    def replay(self, scale, watch):
        """Train on from the last good state, step by step; write nothing.

        The user's callbacks have no part in it.

        Args:
            scale: Of the learning rate.
            watch: A callback, which is called with the plan before, by
                `watch.watches(plan)`, and ends the replay by an exception.
        """
        plan = self._plan(scale, (), 1)
        watch.watches(plan)
        folders = [f for f in (self.work, self.origin) if f is not None]
        found = (f for f in folders if newest_first(Path(f) / CHECKPOINT))
        with tempfile.TemporaryDirectory() as scratch:
            hooked = assemble(plan, Path(scratch), (), False, False)
            last = next(found, None)
            guard = checkpoint(plan, hooked, None, last, self.versions)
            state = guard.find(plan.recipe.epochs)
            if state is not None:  # the user's come after the house's
                known = sum(map(remembers, hooked))
                del state["callbacks"][known:]
            hooked += [watch, guard]
            train(plan, hooked, Path(scratch), SteadyConsole(quiet=True))

    def _plan(self, scale, callbacks, largest):
        return make_plan(
            self.recipe,
            self.data,
            callbacks,
            self.threads,
            self.parts,
            largest,
            scale,
        )
