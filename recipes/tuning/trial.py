"""One trial: a recipe with its values, fitted and scored on validation."""

import json
import resource
import statistics
import sys
import time
from pathlib import Path

from recipes.training import folder
from recipes.training.candidate import fit_candidate
from recipes.tuning.space import close

RESULT = "result.json"
FIRST = "fit-1"  # of the executions of a trial


def run_trial(
    about, trial_id, values, place, data, console, planner, callbacks=()
):
    """Return the result of a trial, from its folder where it lies there.

    Args:
        about: The `Settings` of the sweep.
        trial_id: As Keras Tuner calls it.
        values: Path → value, and Keras Tuner's own `tuner/…`.
        place: The trial's folder.
        data: Loaded `Data`.
        console: Says what a fit says while it trains.
        planner: What makes the plan of a fit, as `make_plan` does.
        callbacks: A list of Keras callbacks for every fit.

    Returns:
        What `result.json` holds.
    """
    found = finished(place, values)
    if found is not None:
        return found
    folder.make(place)
    began = time.perf_counter()
    recipe = close(about.recipe, values)
    seeds = [recipe.seed + k for k in range(about.executions_per_trial)]
    fits = []
    for number, seed in enumerate(seeds, 1):
        each = Path(place) / f"fit-{number}"
        folder.make(each)
        fits.append(
            fit_candidate(
                recipe.replace(seed=seed),
                data,
                each,
                console,
                callbacks,
                upto=values.get("tuner/epochs"),
                origin=_origin(values, each),
                planner=planner,
            )
        )
    metrics = {
        name: statistics.fmean(fit.metrics[name] for fit in fits)
        for name in fits[0].metrics
        if name.startswith("validation_")
    }
    found = {
        "trial": trial_id,
        "values": values,
        "recipe": json.loads(recipe.to_json()),
        "ended": "completed",
        "message": None,
        "score": metrics[about.objective],
        "metrics": metrics,
        "epochs": [fit.metrics["epochs"] for fit in fits],
        "seeds": seeds,
        "seconds": round(time.perf_counter() - began, 3),
        "peak_memory": peak_memory(),
    }
    folder.write_json(place / RESULT, found)
    return found


def _origin(values, place):
    """Return the folder of the fit that Hyperband lets this one go on from."""
    before = values.get("tuner/trial_id")
    if before is None:
        return None
    return place.parent.with_name(f"trial_{before}") / place.name


def finished(place, values):
    """Return the result that lies in a trial's folder, or None.

    A damaged file, or one of other values, is none.
    """
    try:
        found = json.loads((Path(place) / RESULT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    same = isinstance(found, dict) and found.get("values") == values
    return found if same and "score" in found else None


def peak_memory():
    """Return the largest memory that this process has had so far, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
