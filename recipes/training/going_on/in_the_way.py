"""A folder where a run has a file, or a file where it has a folder."""

from contextlib import suppress
from pathlib import Path

from callbacks.state_file import MANIFEST, PARTIAL, place_of
from recipes.errors import RunError
from recipes.training import folder

FOLDERS = (folder.CHECKPOINT, "tensorboard")


def refuse_in_the_way(directory):
    """Refuse a run folder in which something has another's place.

    Else it would be found when it is written to, after the training.

    Args:
        directory: As of `fit`; what is wrong with that itself is said
            elsewhere.

    Raises:
        RunError: Naming it.
    """
    with suppress(OSError, TypeError, RuntimeError):
        path = Path(directory).expanduser()
        for each in (path, folder.beside(path)) if path.name else ():
            _refuse(each)


def _refuse(path):
    states = path / folder.CHECKPOINT
    named = [path / name for name in (*folder.FILES, folder.LOCK)]
    named += [states / MANIFEST, states / PARTIAL]
    named += filter(place_of, states.glob("epoch-*.npz"))
    for file in named:
        for each in (file, file.with_name(f"{file.name}.partial")):
            if each.is_dir():
                raise RunError(
                    f"{each} is a folder, and a run has a file there. Move it "
                    "away, or choose another folder for the run."
                )
    for each in (path / name for name in FOLDERS):
        if each.exists() and not each.is_dir():
            raise RunError(
                f"{each} is a file, and a run has a folder there. Move it "
                "away, or choose another folder for the run."
            )
