"""One trial: a recipe with its values, fitted and scored on validation."""

import json
import math
import shutil
import statistics
import time
from pathlib import Path

from recipes.training import folder
from recipes.tuning.failures import (
    DIVERGED,
    MAX_CRASHES,
    GaveUp,
    endure,
    fatal,
)
from recipes.tuning.memory import Memory
from recipes.tuning.names import ENDED_COMPLETED, RESULT
from recipes.tuning.peak import peak_memory
from recipes.tuning.result import finished, result
from recipes.tuning.search.space import close

FIRST = "fit-1"  # of the executions of a trial


def run_trial(
    about,
    trial_id,
    values,
    place,
    data,
    console,
    fit,
    max_crashes=MAX_CRASHES,
    crashes=0,
):
    """Return the result of a trial, from its folder where it lies there.

    Args:
        about: The `Settings` of the sweep.
        trial_id: As Keras Tuner calls it.
        values: Path → value, and Keras Tuner's own `tuner/…`.
        place: The trial's folder.
        data: Loaded `Data`.
        console: Says what a fit says while it trains.
        fit: What fits, as `fit_candidate` does.
        max_crashes: Crashes in all the fits of the trial, from 1, after which
            it has failed.
        crashes: How many of these there were before, each a process' end.

    Returns:
        What `result.json` holds. `ended` is `"completed"`, or why the trial
        has no score: `"diverged"`, `"out_of_memory"`, `"crashed"`.

    Raises:
        TrialError: For the user's own error, its cause, which ends the sweep.
    """
    place = Path(place)
    found = finished(place, values)
    if found is not None:
        return found
    with fatal(trial_id, values):
        folder.make(place)
        counted = {"most": max_crashes, "crashes": crashes}
        found = _run(about, values, place, data, console, fit, counted)
        found = result(trial_id, values, **found)
        folder.write_json(place / RESULT, found)
    return found


def _run(about, values, place, data, console, fit, counted):
    """Fit each execution, and return what `result` takes."""
    began = time.perf_counter()
    recipe = close(about.recipe, values)
    before = _before(values, place)
    memory = Memory(recipe, len(data.train), place, before)
    fits, metrics = [], {}
    ended, message = ENDED_COMPLETED, None
    planned = executions(about, recipe, place)
    upto = values.get("tuner/epochs")
    try:
        _refuse_unscored(before)
        for one, each in planned:
            given = {"upto": upto, "place": each, "before": before}
            found, counted["crashes"] = _execution(
                fit, memory, one.seed, data, console, counted, **given
            )
            fits.append(found)
        metrics = _means(fits, about.objective)
    except GaveUp as error:
        ended, message = error.ended, str(error)
        counted["crashes"] = max(counted["crashes"], error.crashes)
    # Of fits that were made before, together with others: their shares.
    alone = sum(found.seconds for found in fits)
    lacking = memory.record()
    if lacking is not None and message is None:
        message = lacking["words"]
    return {
        "recipe": memory.recipe,
        "ended": ended,
        "message": message,
        "score": metrics.get(about.objective),
        "metrics": metrics,
        "epochs": [found.metrics["epochs"] for found in fits],
        "seeds": [one.seed for one, _ in planned],
        "fits": [
            {"seconds": round(found.seconds, 3), "metrics": found.metrics}
            for found in fits
        ],
        "vectorized": fits[0].metrics.get("vectorized") if fits else None,
        "out_of_memory": lacking,
        "crashes": counted["crashes"],
        "seconds": round(max(time.perf_counter() - began, alone), 3),
        "peak_memory": peak_memory(),
    }


def executions(about, recipe, place):
    """Return (recipe, folder) of each fit of a trial, by the closed recipe."""
    return [
        (recipe.replace(seed=recipe.seed + k), Path(place) / f"fit-{k + 1}")
        for k in range(about.executions_per_trial)
    ]


def _execution(
    fit, memory, seed, data, console, counted, *, upto, place, before
):
    """Return (`Candidate`, crashes) of one seed of a trial."""

    def once():
        origin = None
        if before is not None and memory.goes_on:
            origin = before / place.name
        folder.make(place)
        recipe = memory.recipe.replace(seed=seed)
        options = {"upto": upto, "origin": origin, "parts": memory.parts}
        return fit(recipe, data, place, console, **options)

    return endure(once, memory, lambda: shutil.rmtree(place), **counted)


def _before(values, place):
    """Return the folder of the trial that Hyperband lets this one go on from.

    None for a trial of its own.
    """
    before = values.get("tuner/trial_id")
    return None if before is None else place.with_name(f"trial_{before}")


def _refuse_unscored(before):
    """End a trial that would go on from one without a score, unfitted."""
    if before is None:
        return
    try:
        text = (before / RESULT).read_text(encoding="utf-8")
        ended = json.loads(text)["ended"]
    except (OSError, KeyError, TypeError, ValueError):
        return
    if ended != ENDED_COMPLETED:
        raise GaveUp(
            ended, f"The trial before it, {before.name}, has ended: {ended}."
        )


def _means(fits, objective):
    """Return the mean of each validation metric over the executions."""
    metrics = {
        name: statistics.fmean(fit.metrics[name] for fit in fits)
        for name in fits[0].metrics
        if name.startswith("validation_")
    }
    if not math.isfinite(metrics[objective]):
        raise GaveUp(
            DIVERGED,
            f"{objective} is no finite number ({metrics[objective]}), so that "
            "the trial cannot be compared.",
        )
    return metrics
