"""Crashes: how many processes have ended in a trial, counted on disk."""

import json

from recipes.training import folder
from recipes.tuning.failures import CRASHED
from recipes.tuning.names import RESULT
from recipes.tuning.result import finished, result
from recipes.tuning.search.space import close

NAME = "crashes.json"


def read(ours):
    """Return trial → `times`, and how the `last` process ended.

    Args:
        ours: The folder of the sweep's workers.
    """
    try:
        return json.loads((ours / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def count(ours, trial, how):
    """Count one more; the supervisor alone does.

    Args:
        ours: The folder of the sweep's workers.
        trial: Which trial.
        how: How the process ended.
    """
    found = read(ours)
    times = found.get(trial, {"times": 0})["times"] + 1
    found[trial] = {"times": times, "last": how}
    folder.write_json(ours / NAME, found)


def give_up(about, trial, values, place, crash):
    """Write the result of a trial in which too many processes have ended.

    Args:
        about: The `Settings` of the sweep.
        trial: Its id.
        values: Path → value.
        place: The trial's folder.
        crash: What `read` has of it.
    """
    if finished(place, values) is not None:
        return
    folder.make(place)
    recipe = close(about.recipe, values)
    message = f"crashed {crash['times']} times: {crash['last']}"
    found = result(
        trial, values, recipe, CRASHED, message, crashes=crash["times"]
    )
    folder.write_json(place / RESULT, found)
