"""result.json: how a trial has ended, the same keys for every way."""

import json
from pathlib import Path

from recipes import json_text
from recipes.tuning.names import RESULT

KINDS = {"score": int | float | None, "ended": str, "metrics": dict}


def result(
    trial,
    values,
    recipe,
    ended,
    message,
    *,
    score=None,
    metrics=None,
    epochs=(),
    seeds=(),
    fits=(),
    vectorized=None,
    out_of_memory=None,
    crashes=0,
    seconds=None,
    peak_memory=None,
):
    """Return what `result.json` holds, of a trial that has ended anyhow.

    Args:
        trial: Its id.
        values: Path → value.
        recipe: The closed recipe that was fitted.
        ended: `"completed"`, or why it has no score.
        message: What happened, or None.
        score: The objective's mean over the fits.
        metrics: Name → mean over the fits.
        epochs: Of each fit.
        seeds: Of each fit.
        fits: Of each fit that ended its `seconds` and its own `metrics`.
        vectorized: Trials that were trained as one with it, or None.
        out_of_memory: As `Memory.record` has it.
        crashes: How many there were.
        seconds: Of all fits.
        peak_memory: Bytes.
    """
    return {
        "trial": trial,
        "values": values,
        "recipe": json.loads(recipe.to_json()),
        "ended": ended,
        "message": message,
        "score": score,
        "metrics": metrics or {},
        "epochs": list(epochs),
        "seeds": list(seeds),
        "fits": list(fits),
        "vectorized": vectorized,
        "out_of_memory": out_of_memory,
        "crashes": crashes,
        "seconds": seconds,
        "peak_memory": peak_memory,
    }


def finished(place, values):
    """Return the result that lies in a trial's folder, or None.

    A damaged file, or one of other values, is none.
    """
    try:
        found = json_text.read(Path(place) / RESULT)
    except (OSError, ValueError):
        return None
    same = isinstance(found, dict) and found.get("values") == values
    whole = same and all(
        isinstance(found.get(name, ...), kind) for name, kind in KINDS.items()
    )
    return found if whole else None
