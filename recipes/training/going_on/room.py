"""Where a run is made: chosen, held by one process, and what lies there."""

from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from callbacks import CheckpointError
from recipes.errors import RunError
from recipes.training import folder
from recipes.training.going_on import unfinished
from recipes.training.going_on.full_disk import NotWrittenError, is_full
from recipes.training.going_on.lock import held
from recipes.training.going_on.settling import settle
from recipes.training.going_on.words import resume_command, same_call


class Place(NamedTuple):
    """Where a run is made, and where it is put when it is finished.

    Args:
        path: The run folder.
        work: The same, or a folder beside it as long as it holds another run.
        command: What goes on with it; None: `recipes fit --resume`.
    """

    path: object
    work: object
    command: str | None = None

    def settle(self):
        """Put a finished run in place, without what it went on from."""
        settle(self.work, self.path)

    @property
    def words(self):
        """How the run goes on, once something is there to go on with."""
        if not (self.work / folder.UNFINISHED).exists():
            return "begin anew"
        return f"go on with: {self.command or resume_command(self.path)}"

    def known(self, data):
        """Return it for data: what no spec leads to, no shell can give."""
        if self.command is not None or data.spec is not None:
            return self
        return self._replace(command=same_call(self.path))

    @contextmanager
    def room_said(self):
        """Say what could not be written, and how the run goes on.

        Raises:
            RunError: For a full disk, and all else that takes no file.
            KeyboardInterrupt: With how it goes on, also where it comes before
                the first step or for the second time.
        """
        try:
            yield
        except (CheckpointError, NotWrittenError) as error:
            mend = "Make room" if is_full(error) else "Mend that"
            raise RunError(f"{error}. {mend}, and {self.words}") from error
        except KeyboardInterrupt as stop:
            if self.begun and not hasattr(stop, "__notes__"):
                stop.add_note(self.words)
            raise

    @property
    def begun(self):
        """Whether a run lies there that is not in its place yet."""
        return unfinished.lies(self.work)


@contextmanager
def room(directory, task, data, overwrite, taken, command=None):
    """Hold the folder of a run, and yield its `Place`.

    Args:
        directory: As of `fit`.
        task: Of the recipe.
        data: Loaded `Data`.
        overwrite: As of `fit`.
        taken: Whether the caller has made room there.
        command: As of `Place`.

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
        yield Place(path, work, command)


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
        begun = unfinished.read(place.work)
        unfinished.going_on(place.work, begun, about, anyway=True)
        same = True
    except RunError:
        same = False
    place.settle()
    return same
