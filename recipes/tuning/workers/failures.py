"""How a worker leaves, and how its error comes to the one who asked for it."""

import json
import traceback

from recipes.errors import DataError, RecipeError, RunError
from recipes.training import folder

RECYCLED = 75  # between two trials, to be started again
FAILED = 76  # with an error of the user's, written to a file
FIELDS = ("found", "expected", "mend", "split", "index", "file")
KINDS = (RecipeError, RunError, DataError)


def write(path, name, error):
    """Write an exception of a worker.

    Args:
        path: The file.
        name: Of the worker.
        error: The exception.
    """
    fields = {}
    if isinstance(error, DataError):
        fields = {name: _plain(getattr(error, name)) for name in FIELDS}
    folder.write_json(
        path,
        {
            "worker": name,
            "kind": type(error).__name__,
            "ours": next(
                (k.__name__ for k in type(error).__mro__ if k in KINDS), None
            ),
            "message": str(error),
            "fields": fields,
            "traceback": "".join(traceback.format_exception(error)),
        },
    )


def _plain(value):
    known = value is None or isinstance(value, (str, int, float))
    return value if known else str(value)


def read(path):
    """Return what `write` wrote as an exception to raise.

    One of ours is of the same class, and says the same; any other is a
    `RunError` that names it. The worker's traceback is a note of it.
    """
    found = json.loads(path.read_text(encoding="utf-8"))
    ours = {kind.__name__: kind for kind in KINDS}
    kind, message = ours.get(found["ours"]), found["message"]
    if kind is DataError:
        error = DataError(**found["fields"])
    elif kind is not None:
        error = kind(message)
    else:
        error = RunError(
            f"{found['worker']} has raised {found['kind']}: {message}"
        )
    error.add_note(f"In {found['worker']}:\n{found['traceback']}")
    return error
