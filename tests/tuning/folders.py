"""Sweep folders without a fit: what a sweep writes, written by hand."""

import json
import math

import numpy as np

import recipes
from recipes.training import folder
from recipes.tuning.names import SETTINGS
from recipes.tuning.ranges import places
from recipes.tuning.search.space import close
from recipes.tuning.settings import Settings
from recipes.tuning.tuner import JOURNAL, make_oracle


def make(
    path,
    recipe,
    trials=6,
    score=None,
    fails=(),
    running=0,
    objective="validation_loss",
    direction="min",
):
    """Drive a real oracle; results as a trial writes them, scores made up."""
    given = dict(
        recipe=recipe,
        tuner="random",
        max_trials=trials + 1,
        objective=objective,
        direction=direction,
        executions_per_trial=1,
        max_epochs=0,
        data={"name": "iris", "spec": "iris", "fingerprint": "0"},
        backend="tensorflow",
        keep=3,
        how={},
    )
    about = Settings(**{k: given.get(k) for k in Settings._fields})
    folder.make(path)
    folder.write_json(path / SETTINGS, about.to_json())
    oracle = make_oracle(about)
    oracle._set_project_dir(str(path), "trials")
    oracle.open(path / JOURNAL, [f"tuner{n}" for n in range(9)])
    for number in range(trials):
        trial = oracle.create_trial(f"tuner{max(0, number + running - trials)}")
        if trial.status != "RUNNING":  # every value has been tried
            break
        values = dict(trial.hyperparameters.values)
        place = path / "trials" / f"trial_{trial.trial_id}"
        folder.make(place)
        if number >= trials - running:
            folder.make(place / "fit-1")
            (place / "fit-1" / "history.csv").write_text("epoch,loss\n0,1\n")
            continue
        lost = number in fails
        found = (score or distance)(places(recipe), values)
        closed = close(recipe, values)
        metrics = {"validation_loss": found, "validation_accuracy": 0.5}
        write(
            place,
            trial=trial.trial_id,
            values=values,
            recipe=json.loads(closed.to_json()),
            ended="diverged" if lost else "completed",
            message="=1+1: the loss is NaN\nat step 3" if lost else None,
            score=None if lost else metrics[objective],
            metrics={} if lost else metrics,
            epochs=[3],
            seeds=[0],
            seconds=1.5 + number,
            peak_memory=700_000_000,
        )
        trial.status = "FAILED" if lost else "COMPLETED"
        trial.message = "diverged" if lost else None
        if not lost:
            oracle.update_trial(trial.trial_id, {objective: found})
        oracle.end_trial(trial)
    return recipes.load_sweep(path)


def write(place, **found):
    folder.write_json(place / "result.json", found)


def distance(ranges, values):
    """A made up loss: how far the values lie from a third of each range."""
    found = [
        abs(place.position(place.value(values)) - 1 / 3)
        for place in ranges
        if place.value(values) is not None
    ]
    return 0.05 * math.exp(3 * float(np.mean(found)))
