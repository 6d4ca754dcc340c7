"""files.json: what a finished run has written, so that a changed bit is seen.

A digit of a score is another digit after one flipped bit, and still JSON.
"""

import hashlib

from callbacks.disk import sha256
from recipes.errors import RunError
from recipes.safety import place
from recipes.training import folder

NAME = "files.json"
METRICS = "metrics.json"
# Those that are read again. Pictures are for people, and drawn anew.
LISTED = (
    "recipe.json",
    "environment.json",
    "history.csv",
    folder.STAGES,
    "model.keras",
)


def finish(path, metrics):
    """Write files.json, and metrics.json last: it says "finished".

    Args:
        path: The folder of a run, with all its other files.
        metrics: Name → number.
    """
    text = folder.to_json(metrics)
    found = {n: _hashed(path / n) for n in LISTED if (path / n).is_file()}
    data = f"{text}\n".encode()  # as `write_json` writes it
    digest = hashlib.sha256(data).hexdigest()
    found[METRICS] = {"bytes": len(data), "sha256": digest}
    files = {"files": found, "sha256": _own(found)}
    folder.write_json(path / NAME, files)
    folder.write_json(path / METRICS, text)


def check(path):
    """Refuse a file of a finished run that is not as it was written.

    And what is no regular file of its folder.

    A folder without files.json, as older versions wrote it, is read as it is;
    a file that is missing, its reader names.

    Args:
        path: Of one of the files that are listed.

    Raises:
        RunError: Naming the file that was changed.
    """
    try:
        place.check(path)
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise RunError(f"{path} is refused: {error}") from error
    if not (path.parent / NAME).exists():
        return
    known = _read(path.parent).get(path.name)
    if known is None or _is(path, known):
        return
    raise RunError(
        f"{path} is damaged: it holds other bytes than were written. Bring it "
        "back from a copy, or make the run again with overwrite=True "
        "(--overwrite on the command line). If you have changed it yourself, "
        f"remove {NAME} beside it: nothing is compared then."
    )


def _read(directory):
    path = directory / NAME
    found = folder.read_json(path)
    files = found.get("files") if isinstance(found, dict) else None
    if not isinstance(files, dict) or found.get("sha256") != _own(files):
        raise RunError(
            f"{path} is damaged: it holds other bytes than were written. Bring "
            "it back from a copy, or remove it: the other files are read "
            "without it, and nothing is compared."
        )
    return files


def _is(path, known):
    if not isinstance(known, dict):
        return False
    try:  # a size is quicker to compare than a large model's hash
        same = path.stat().st_size == known.get("bytes")
        return same and _hashed(path) == known
    except OSError as error:
        raise RunError(f"{path} cannot be read: {error}") from error


def _hashed(path):
    digest = sha256(path)
    return {"bytes": path.stat().st_size, "sha256": digest}


def _own(files):
    return hashlib.sha256(folder.to_json(files).encode()).hexdigest()
