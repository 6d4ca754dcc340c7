"""Where a run is made again, and how that goes on where it is cut off."""

import json
import shlex

import keras

from recipes.errors import RunError
from recipes.training.going_on import unfinished


def beside(run, data):
    """Return the folder of a new rerun, or of one that was cut off.

    Args:
        run: The finished `Run`.
        data: As `data_of` returns it.
    """
    path, number = run.directory, 1
    path = path if path.name.strip(".") else path.resolve()
    while (found := path.with_name(f"{path.name}-rerun-{number}")).exists():
        if _begun(found, run, data):
            break
        number += 1
    return found


def _begun(path, run, data):
    """Whether a rerun of a run was cut off in a folder."""
    if not unfinished.lies(path):
        return False
    try:
        about = unfinished.read(path)
    except RunError:
        return False
    return (
        about["recipe"] == json.loads(run.recipe.to_json())
        and about["data"].get("fingerprint") == data.fingerprint
        and about["backend"] == keras.backend.backend()
    )


def command(run, out, data):
    """Return what goes on with a rerun that is cut off, in a shell.

    Args:
        run: The finished `Run`.
        out: As the user gave it.
        data: As the user gave it; what is no text cannot be given there.
    """
    words = ["recipes", "rerun", str(run.directory)]
    words += ["--out", str(out)] if out is not None else []
    words += ["--data", data] if isinstance(data, str) else []
    return shlex.join(words)
