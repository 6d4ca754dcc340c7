"""Where a run is made again, and how that goes on where it is cut off."""

import shlex

from recipes.errors import RunError, UserError
from recipes.training import folder, hashes
from recipes.training.going_on import unfinished
from recipes.training.going_on.lock import held
from recipes.training.rerun import again
from recipes.training.run import open_run

DATA = ("fingerprint", "class_names", "fold")


def beside(run, data):
    """Return the folder of a new rerun, or of one that was cut off.

    Also of one that was cut off once it was fitted, before it was compared.

    Args:
        run: The finished `Run`.
        data: As `data_of` returns it.

    Raises:
        RunError: As `told`.
    """
    parts = again.told(run).get("parts", 1)
    about = unfinished.describe(run.recipe, data, parts)
    path, number = run.directory, 1
    path = path if path.name.strip(".") else path.resolve()
    while (found := path.with_name(f"{path.name}-rerun-{number}")).exists():
        if _begun(found, about) or is_made(found, run):
            break
        number += 1
    return found


def _begun(path, about):
    """Whether a rerun was cut off in a folder, which a fit goes on with."""
    if not unfinished.lies(path):
        return False
    try:
        # One that is going on is another.
        with held(path / folder.LOCK, "trains in it", stays=False):
            unfinished.going_on(path, unfinished.read(path), about)
    except (RunError, OSError):
        return False
    return True


def is_made(path, run):
    """Whether a rerun of a run is finished in a folder, and not compared.

    Args:
        path: The folder.
        run: The finished `Run`, which is none of its own.
    """
    done = all((path / n).exists() for n in ("metrics.json", "model.keras"))
    done = done and not path.samefile(run.directory)
    if not done or (path / folder.RERUN).exists():
        return False
    try:
        for name in hashes.LISTED:  # of a damaged one there is a next
            hashes.check(path / name)
        made = open_run(path, type(run.recipe).from_json)
        # A rerun knows no callbacks, and goes on from no trial.
        told = again.told(made).items() >= again.told(run).items()
        same = made.recipe == run.recipe and told and not again.unknown(made)
    except UserError:
        return False
    data, other = run.environment["data"], made.environment["data"]
    backends = [each.environment.get("backend") for each in (run, made)]
    return (
        same
        and all(data.get(name) == other.get(name) for name in DATA)
        and backends[0] == backends[1]
    )


def command(run, out, data):
    """Return what goes on with a rerun that is cut off, if it can in a shell.

    Args:
        run: The finished `Run`.
        out: As the user gave it.
        data: As the user gave it; what is no text cannot be given there.
    """
    if not isinstance(data, (str, type(None))):
        return "the same call of recipes.rerun"
    words = ["recipes", "rerun", str(run.directory)]
    words += ["--out", str(out)] if out is not None else []
    words += ["--data", data] if data is not None else []
    return shlex.join(words)
