"""The run folder: chosen, refused when taken, cleared when told to."""

import json
import math
import shutil
from pathlib import Path

from callbacks.disk import write_whole
from callbacks.state_file import newest_first, remove_states
from recipes import json_text
from recipes.errors import RunError
from recipes.safety import place
from recipes.training import kinds
from recipes.training.going_on.full_disk import naming
from recipes.training.going_on.words import finished_there
from recipes.training.going_on.writable import refuse_unwritable

STAGES = "stages.json"
DIVERGENCE = "divergence.json"  # where a run has diverged
UNFINISHED = "unfinished.json"  # there as long as a run is
REPORT = "report.html"  # the page, by `recipes report`
RERUN = "rerun.json"  # how a rerun compares with what it was made of
CHECKPOINT = "checkpoint"  # folder of a fit's last epochs
LOCK = "lock"  # there while a process trains
LOOKED_AT = ("top_losses.png", "most_confused.png")  # by `recipes mistakes`
OURS = ("recipe.json", "environment.json")
CLEARED = '{"cleared": true}'  # unfinished.json while the others are removed
FILES = (
    "metrics.json",  # written last: its presence means "finished"
    "files.json",
    "recipe.json",
    "environment.json",
    UNFINISHED,
    "history.csv",
    STAGES,
    RERUN,
    DIVERGENCE,
    "model.keras",
    "model.partial.keras",
    "curves.png",
    "confusion.png",
    "labels.png",
    "predictions.png",
    *LOOKED_AT,
    REPORT,
)


def refuse_taken(directory, overwrite, kind="run"):
    """Refuse a folder that a run must not, or cannot, write to.

    Args:
        directory: As the user gave it, or None.
        overwrite: Whether a finished run in it may be replaced.
        kind: How what is to lie there is called.

    Raises:
        RunError: For a finished run, a folder that holds something else, and
            a place where nothing can be written.
    """
    if directory is None:
        refuse_unwritable(Path("runs"))
        return
    try:
        path = Path(directory).expanduser()
        refuse_unwritable(path)
        held = path.is_dir() and {item.name for item in path.iterdir()}
        if not held or held <= {LOCK, f"{UNFINISHED}.partial"}:
            return  # of one that was killed with its first file
    except (OSError, RuntimeError, TypeError, ValueError) as error:
        raise RunError(
            f"{directory!r} cannot be the {kind} folder: {error}"
        ) from error
    new = beside(path)
    waits = (new / UNFINISHED).exists()
    if waits and overwrite:
        return  # it was cut off as it took its place
    ended = is_ended(new)
    done = (path / "metrics.json").exists()
    begun = (path / UNFINISHED).exists()
    if ended and not done:
        raise RunError(
            f"{path} holds a finished {kind} that was cut off as it took its "
            "place. It takes it with overwrite=True (--overwrite on the "
            "command line)."
        )
    if not begun and not all((path / name).exists() for name in OURS):
        raise RunError(
            f"{path} is not empty and holds no {kind}; choose another folder."
        )
    if not (done or begun or overwrite) and _holds_work(path):
        raise RunError(
            f"{path} holds a {kind} that lacks metrics.json, or "
            f"{UNFINISHED} if it was not finished: nothing says what it is "
            "of. Choose another folder, or begin anew with overwrite=True "
            "(--overwrite on the command line)."
        )
    if done and not overwrite:
        other = waits and not is_cleared(new)
        raise RunError(finished_there(path, new if other else None, ended))


def _holds_work(path):
    """Whether something lies there that took long to make."""
    return (path / "model.keras").exists() or bool(
        newest_first(path / CHECKPOINT)
    )


def choose(directory, task, name, kind=""):
    """Return the run folder; by default the next free `runs/TASK-DATA-N`.

    What is not one run has its kind before the number: `TASK-DATA-cv-N`.
    """
    if directory is not None:
        return Path(directory).expanduser()
    safe = "".join(c if c.isalnum() else "_" for c in name)[:40]
    number = 1
    while (path := Path("runs", f"{task}-{safe}{kind}-{number}")).exists():
        number += 1
    return path


def workplace(path):
    """Return where a run is made: beside a finished run, else in its folder.

    The old run stays until the new one is finished.
    """
    found = beside(path)
    taken = (path / "metrics.json").exists()
    return found if taken or (found / UNFINISHED).exists() else path


def is_ended(work):
    """Whether a finished run lies there, which has to take its place yet."""
    return (work / "metrics.json").exists() and (work / UNFINISHED).exists()


def beside(path):
    """Return where the run is made that is to replace a finished one."""
    return path.with_name(path.name + ".unfinished")


def prepare(path):
    """Make the folder and remove the files of an earlier run, no others.

    It may be killed meanwhile: it is no finished run any more at first, and
    known as ours, and as no beginning to go on with, until the end.
    """
    make(path)
    _remove(path, FILES[0])
    held = {item.name for item in path.iterdir()}
    if held.intersection([*FILES, CHECKPOINT]):
        write_json(path / UNFINISHED, CLEARED)
    remove_states(path / CHECKPOINT)
    shutil.rmtree(path / "tensorboard", ignore_errors=True)
    last = [*OURS, UNFINISHED]
    for name in [*(name for name in FILES if name not in last), *last]:
        _remove(path, name)


def _remove(path, name):
    for each in (f"{name}.partial", name):
        (path / each).unlink(missing_ok=True)


def is_cleared(path):
    """Whether a folder was being cleared when its process was killed."""
    try:
        found = (path / UNFINISHED).read_bytes()
    except OSError:
        return False
    return found == f"{CLEARED}\n".encode()


def make(path):
    """Make the folder, and those above it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"{path} cannot be made: {error}") from error


def to_json(value):
    """Return JSON; a number that is not finite, which it lacks, is null.

    >>> print(to_json({"auc": float("nan")}))
    {
      "auc": null
    }
    """
    return json.dumps(_finite(value), indent=2, allow_nan=False)


def _finite(value):
    if isinstance(value, dict):
        return {name: _finite(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(each) for each in value]
    infinite = isinstance(value, float) and not math.isfinite(value)
    return None if infinite else value


def as_numbers(scores):
    """Return scores as they were before they were written: NaN for null.

    >>> as_numbers({"auc": None, "loss": 0.5})
    {'auc': nan, 'loss': 0.5}
    """
    return {k: math.nan if v is None else v for k, v in scores.items()}


def write_json(path, value):
    """Write JSON whole or not at all."""
    text = value if isinstance(value, str) else to_json(value)
    with naming(path):
        write_whole(path, f"{text}\n")


def stages(path):
    """Return (name, first epoch) of each stage of a fine-tuning in a folder."""
    if not (path / STAGES).is_file():
        return []
    found = read_json(path / STAGES)["stages"]
    return [(stage["stage"], stage["epochs"][0]) for stage in found]


def read_json(path):
    """Read a JSON file of a run.

    Raises:
        RunError: Naming the file that is missing, damaged or no run's.
    """
    try:
        place.check(path)
        found = json_text.read(path)
    except FileNotFoundError as error:
        raise RunError(
            f"{path.parent} holds no finished run: {path.name} is missing."
        ) from error
    except (OSError, ValueError) as error:
        raise RunError(f"{path} cannot be read: {error}") from error
    return kinds.check(path, found)
