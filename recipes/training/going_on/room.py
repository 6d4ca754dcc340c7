"""Where a run is made: chosen, held by one process, and what lies there."""

import hashlib
import shlex
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from callbacks import CheckpointError, whole_state
from recipes.errors import RecipeError, RunError
from recipes.training import folder
from recipes.training.going_on import unfinished
from recipes.training.going_on.full_disk import FullDiskError
from recipes.training.going_on.lock import held
from recipes.training.going_on.settling import settle

RESUME = ("exact", "anyway")


class Place(NamedTuple):
    """Where a run is made, and where it is put when it is finished.

    Args:
        path: The run folder.
        work: The same, or a folder beside it as long as it holds another run.
    """

    path: object
    work: object

    def settle(self):
        """Put a finished run in place, without what it went on from."""
        settle(self.work, self.path)

    @property
    def words(self):
        """How the run goes on, once something is there to go on with."""
        if not (self.work / folder.UNFINISHED).exists():
            return "begin anew"
        return f"go on with: recipes fit --resume {shlex.quote(str(self.path))}"

    @contextmanager
    def room_said(self):
        """Say what a full disk has not taken, and how the run goes on.

        Raises:
            RunError: For a full disk.
        """
        try:
            yield
        except (CheckpointError, FullDiskError) as error:
            raise RunError(f"{error}. Make room, and {self.words}") from error

    @property
    def begun(self):
        """Whether a run lies there that is not in its place yet."""
        return unfinished.lies(self.work)


class Left(NamedTuple):
    """What an unfinished run has left.

    Args:
        versions: Package → version that it was begun with.
        notes: What is other than it was, and may change the last bits.
        steps_per_execution: Of its calls on the backend, or None: those of
            another fit may not end where its checkpoint is.
    """

    versions: dict
    notes: list
    steps_per_execution: int | None


@contextmanager
def room(directory, task, data, overwrite, taken):
    """Hold the folder of a run, and yield its `Place`.

    Args:
        directory: As of `fit`.
        task: Of the recipe.
        data: Loaded `Data`.
        overwrite: As of `fit`.
        taken: Whether the caller has made room there.

    Raises:
        RunError: While another process trains there.
    """
    path = Path(directory).expanduser() if directory is not None else None
    new = path is None
    if new:
        path = _next_free(task, data.name)
    work, stack = _held(path, new)
    with stack:
        if directory is not None and not taken:
            folder.refuse_taken(directory, overwrite)  # by now
        yield Place(path, work)


def _held(path, new):
    """Return (folder, what lets go of it): the one where a run is made.

    Another process may have finished one until it is held.
    """
    while True:
        work = folder.workplace(path)
        with ExitStack() as stack:
            if new or work != path or not work.exists():
                stack.callback(_remove_empty, work)
            folder.make(work)
            lock = work / folder.LOCK
            stack.enter_context(held(lock, "trains in it", stays=False))
            if folder.workplace(path) == work:
                return work, stack.pop_all()


def _remove_empty(path):
    with suppress(OSError):  # something lies there
        path.rmdir()


def _next_free(task, name):
    """Make the next free folder: two processes get two."""
    while True:
        path = folder.choose(None, task, name)
        try:
            path.mkdir(parents=True)
        except FileExistsError:
            continue  # another was quicker
        except OSError as error:
            raise RunError(f"{path} cannot be made: {error}") from error
        return path


def ended(place, about):
    """Let a run that was killed as it took its place take it.

    Args:
        place: The `Place`.
        about: As of `going_on`.

    Returns:
        Whether it is what the fit is of: nothing is left to do.
    """
    if place.work == place.path or not folder.is_ended(place.work):
        return False
    try:
        unfinished.going_on(place.work, about, anyway=True)
        same = True
    except RunError:
        same = False
    place.settle()
    return same


def going_on(place, about, overwrite, resume):
    """Return what is `Left` in a place to go on with, or None.

    With `overwrite`, only the beginning of what was to replace a finished run
    is gone on with, if it is of the same.

    Args:
        place: The `Place`.
        about: What the fit is of, as `unfinished.describe` returns it.
        overwrite: As of `fit`.
        resume: As of `fit`.

    Raises:
        RunError: Naming what differs and must not.
    """
    if not place.begun:
        return None
    if overwrite and place.work == place.path:
        return None
    try:
        notes = unfinished.going_on(place.work, about, resume == "anyway")
    except RunError:
        if overwrite:
            return None
        raise
    versions = unfinished.read(place.work)["versions"]
    return Left(versions, notes, _steps_per_execution(place.work))


def check_callbacks(checkpoint, recipe):
    """Refuse to go on without a callback that remembers, or with a new one.

    Args:
        checkpoint: The `Checkpoint` of the fit.
        recipe: Of the fit.

    Raises:
        RunError: Naming those it was begun with, and these.
    """
    found = checkpoint.find(recipe.epochs)
    try:
        if found is not None:
            whole_state.check_callbacks(checkpoint.callbacks, found)
    except ValueError as error:
        raise RunError(
            f"{checkpoint.directory.parent}: {error}. Those of your own have "
            "to be given again, in the same order: Recipe.fit(…, callbacks=…) "
            "in Python. Or begin anew with overwrite=True (--overwrite on the "
            "command line)."
        ) from error


def _steps_per_execution(work):
    with suppress(RunError):  # it was killed before it wrote the file
        found = folder.read_json(work / "environment.json")
        if isinstance(found, dict):
            return found.get("steps_per_execution")
    return None


def said(left, checkpoint, recipe):
    """Say in a line each where a fit goes on, and what was damaged."""
    found = checkpoint.find(recipe.epochs)
    lines = [f"{path} is damaged or missing" for path in checkpoint.damaged]
    if left is None:
        return lines
    if found is None:
        return [*lines, "no whole checkpoint lies there: it begins anew"]
    step = f", after its step {found['step']}" if found["step"] else ""
    epoch = found["epoch"] + 1
    where = f"goes on in epoch {epoch} of {recipe.epochs}{step}"
    if found["stopped"] or epoch > recipe.epochs:
        where = f"goes on after its last epoch, {found['epoch']}"
    return [*lines, where, *left.notes]


def fingerprint(recipe):
    """Return the hash of a resolved recipe, for the manifest."""
    return hashlib.sha256(recipe.to_json().encode()).hexdigest()


def check_choices(save_freq, resume):
    """Refuse what is neither of the legal values.

    Raises:
        RecipeError: Naming it.
    """
    whole = isinstance(save_freq, int) and not isinstance(save_freq, bool)
    if save_freq != "epoch" and not (whole and save_freq >= 1):
        raise RecipeError(
            '`save_freq` must be "epoch" or a whole number of steps from 1. '
            f"Received: {save_freq!r}"
        )
    if resume not in RESUME:
        raise RecipeError(
            f'`resume` must be "exact" or "anyway". Received: {resume!r}'
        )
