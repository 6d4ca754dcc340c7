"""Trials that go on: killed ones, Hyperband's, and the winner's run."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest

import recipes
from callbacks import Checkpoint, SteadyConsole
from callbacks.state_file import read_states
from recipes import Choice, Float, Part
from recipes.training import candidate, feature_arrays
from recipes.training.candidate import fit_candidate
from recipes.training.plan import load_for, make_plan

ROOT = Path(__file__).parent.parent.parent
CONSOLE = SteadyConsole(quiet=True)
pytestmark = pytest.mark.both_backends


def few(count, classes=10):
    data = recipes.data.load("digits")
    rows = slice(0, count)
    return data.train.read(rows), data.train.labels[rows] % classes


def everything(**fields):
    """A recipe in which everything has a state that a fit changes."""
    given = {
        "network": Part("cnn", filters=(4,), depth=1),
        "normalization": "batch_normalization",
        "precise_batch_normalization": True,
        "dropout": 0.3,
        "augmentation": "standard",
        "schedule": Part("reduce_on_plateau", patience=1, min_delta=1.0),
        "early_stopping": Part("early_stopping", patience=3),
        "weight_average": "exponential_moving_average",
        "batch_size": 32,
        "epochs": 4,
    }
    return recipes.image_classifier(**{**given, **fields})


def go(recipe, data, place, **options):
    place.mkdir(parents=True, exist_ok=True)
    loaded = load_for(recipe, data)
    return fit_candidate(recipe, loaded, place, CONSOLE, **options)


def end(place):
    """Return the last epoch's state, without names that Keras numbers."""
    state = next(read_states(place / "checkpoint"))[1]
    return {k: v for k, v in state.items() if k not in ("extra", "seconds")}


def same(one, other):
    if isinstance(one, dict):
        return set(one) == set(other) and all(
            same(one[k], other[k]) for k in one
        )
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, np.ndarray):
        return one.tobytes() == other.tobytes()
    return one == other


def check_courses(recipe, data, folder, cuts):
    """Fit straight, and in pieces of which each goes on from the one before."""
    straight = go(recipe, data, folder / "straight")
    for number, cut in enumerate(cuts):
        origin = folder / f"rung_{number - 1}" if number else None
        place = folder / f"rung_{number}"
        found = go(recipe, data, place, upto=cut, origin=origin)
        assert found.metrics["epochs"] == len(found.history["loss"]) == cut
    place = folder / "rest"
    found = go(recipe, data, place, origin=folder / f"rung_{len(cuts) - 1}")
    assert found.metrics == straight.metrics
    assert found.history == straight.history
    assert same(end(place), end(folder / "straight"))
    texts = [(p / "history.csv").read_text() for p in (place, folder / "rest")]
    assert texts[0] == texts[1]
    return straight


def test_rungs_end_as_a_straight_run_to_the_last_bit(tmp_path):
    check_courses(everything(), few(120), tmp_path, [2])


@pytest.mark.slow
def test_stages_go_on_in_the_epoch_where_they_were(tmp_path):
    recipe = recipes.image_fine_tuner(
        "glyphnet", strategy=Part("gradual", stages=2), epochs=4, batch_size=16
    )
    # In the first stage, at its end, and in the second.
    check_courses(recipe, few(48, 3), tmp_path, [1, 2, 3])


@pytest.mark.slow
def test_a_stage_that_has_ended_early_stays_ended(tmp_path):
    recipe = recipes.image_fine_tuner(
        "glyphnet",
        strategy=Part("gradual", stages=2),
        epochs=6,
        batch_size=16,
        early_stopping=Part("early_stopping", patience=1, min_delta=9.0),
    )
    straight = check_courses(recipe, few(48, 3), tmp_path, [2, 3])
    assert straight.metrics["epochs"] == 4
    # From its end nothing is left to do.
    again = go(recipe, few(48, 3), tmp_path / "straight")
    assert again.metrics == straight.metrics


@pytest.mark.slow
def test_a_frozen_fine_tuning_goes_on(tmp_path):
    recipe = recipes.image_fine_tuner(
        "glyphnet", strategy="frozen", dropout=0.3, epochs=4, batch_size=16
    )
    check_courses(recipe, few(48, 3), tmp_path, [3])
    size = next((tmp_path / "rest" / "checkpoint").iterdir()).stat().st_size
    assert size < 40_000, "the backbone is in the checkpoint"


@pytest.mark.slow
def test_a_sweep_of_stages_works(tmp_path):
    recipe = recipes.image_fine_tuner(
        "glyphnet",
        strategy=Part("gradual", stages=2),
        epochs=2,
        optimizer=Part("adamw", learning_rate=Float(1e-3, 1e-2)),
    )
    sweep = recipe.sweep(
        few(64, 3), max_trials=2, directory=tmp_path / "sweep", verbose=False
    )
    assert [t["ended"] for t in sweep.trials] == ["completed"] * 2
    assert all(t["epochs"] == [2] for t in sweep.trials)


def test_a_fit_of_another_version_begins_anew(tmp_path, monkeypatch):
    recipe = recipes.tabular_classifier(
        network=Part("mlp", units=(2,)), epochs=1, early_stopping=None
    )
    begun, other = watch(monkeypatch), []
    monkeypatch.setattr(candidate, "version", lambda name: name in other)
    plan, identities = make_plan(recipe, load_for(recipe, "iris")), set()
    for package in ("keras-recipes", "keras", keras.backend.backend(), None):
        other[:] = [package]
        made = candidate.checkpoint(plan, [], None, None)
        identities.add(made.identity)
    assert len(identities) == 4
    for other[:] in ([], [], ["keras"]):
        go(recipe, "iris", tmp_path)
    assert begun == [0, 1, 0]


def test_frozen_features_are_computed_once_for_all_trials(
    tmp_path, monkeypatch
):
    computed = []
    features = feature_arrays.features

    def watched(body, *rest):
        computed.append(body.name)
        return features(body, *rest)

    monkeypatch.setattr(feature_arrays, "features", watched)
    monkeypatch.setenv("RECIPES_CACHE", str(tmp_path / "cache"))
    recipe = recipes.image_fine_tuner(
        "glyphnet", strategy="frozen", dropout=Choice([0.1, 0.5]), epochs=1
    )
    sweep = recipe.sweep(
        few(48, 3), tuner="grid", directory=tmp_path / "sweep", verbose=False
    )
    assert len(sweep.trials) == 2
    assert len(computed) == 2, "of train and of validation, for all trials"


def watch(monkeypatch):
    """Return the list that gets the first epoch of each fit from now on."""
    begun = []
    initial_epoch = Checkpoint.initial_epoch

    def watched(*arguments):
        begun.append(initial_epoch(*arguments))
        return begun[-1]

    monkeypatch.setattr(Checkpoint, "initial_epoch", watched)
    return begun


@pytest.fixture(scope="module")
def hyperband(tmp_path_factory):
    place = tmp_path_factory.mktemp("sweeps") / "hyperband"
    recipe = recipes.tabular_classifier(
        network=Part("mlp", units=(8,)),
        optimizer=Part("adamw", learning_rate=Float(1e-3, 1e-1)),
        epochs=3,
        early_stopping=None,
    )
    with pytest.MonkeyPatch.context() as monkeypatch:
        begun = watch(monkeypatch)
        sweep = recipe.sweep(
            "iris", tuner="hyperband", directory=place, verbose=False, keep=2
        )
    return sweep, place, begun


def test_hyperband_goes_on_from_the_weights_of_the_rung_before(
    hyperband, tmp_path
):
    sweep, place, begun = hyperband
    values = [t["values"] for t in sweep.trials]
    assert begun == [v["tuner/initial_epoch"] for v in values]
    later = [t for t in sweep.trials if t["values"].get("tuner/trial_id")]
    assert later
    for trial in later:
        before = place / "trials" / f"trial_{trial['values']['tuner/trial_id']}"
        rows, all_rows = (
            (p / "fit-1" / "history.csv").read_text()
            for p in (before, place / "trials" / f"trial_{trial['trial']}")
        )
        assert all_rows.startswith(rows) and len(all_rows) > len(rows)
        recipe = recipes.Recipe.from_json(json.dumps(trial["recipe"]))
        straight = go(recipe, "iris", tmp_path).metrics
        assert trial["metrics"].items() <= straight.items()


def test_checkpoints_of_the_best_stay(hyperband):
    sweep, place, _ = hyperband
    best = sorted(sweep.trials, key=lambda t: t["score"])[:2]
    kept = {p.parents[2].name for p in place.rglob("epoch-*.npz")}
    assert kept == {f"trial_{t['trial']}" for t in best}
    for trial in sweep.trials:
        folder = place / "trials" / f"trial_{trial['trial']}"
        assert (folder / "result.json").exists()
        assert (folder / "fit-1" / "history.csv").exists()


def test_the_winner_is_not_trained_a_second_time(hyperband, monkeypatch):
    sweep, *_ = hyperband
    begun = watch(monkeypatch)
    best, run = sweep.best_trial, sweep.best_run
    assert best["epochs"] == [3]
    for name, value in best["metrics"].items():
        assert run.metrics[name] == value
    assert run.metrics["epochs"] == len(run.history["loss"]) == 3
    assert begun == [3]


SCRIPT = """
import json, pathlib, sys, time
import keras
from tests.tuning.test_continuing import everything, few, go
recipe = everything(epochs=30, early_stopping=None)
wait = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: time.sleep(0.1))
wait.uses_model = False
place = pathlib.Path(sys.argv[1])
found = go(recipe, few(120), place, callbacks=[wait])
pathlib.Path(sys.argv[1], "found.json").write_text(json.dumps(found.metrics))
"""


def fit_elsewhere(place, seconds=None):
    """Fit in another process, killed after that many seconds of training."""
    command = [sys.executable, "-c", SCRIPT, str(place)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            if seconds is not None:
                while process.poll() is None and not any(
                    (place / "checkpoint").glob("*.npz")
                ):
                    time.sleep(0.01)
                time.sleep(seconds)
                process.send_signal(signal.SIGKILL)
            return process.wait(timeout=300)
        finally:
            process.kill()


@pytest.mark.slow
def test_a_fit_that_is_killed_ends_as_one_that_is_not(tmp_path):
    for name in ("whole", "killed"):
        (tmp_path / name).mkdir()
    place = tmp_path / "killed"
    assert fit_elsewhere(tmp_path / "whole") == 0
    seed = os.environ.get("SEED") or str(random.randrange(10**6))
    print(f"SEED={seed}")  # to be given back in the environment
    code = fit_elsewhere(place, random.Random(seed).uniform(0, 1.5))
    assert code == -signal.SIGKILL and end(place)["epoch"] < 30
    assert fit_elsewhere(place) == 0
    found, whole = (
        json.loads((tmp_path / name / "found.json").read_text())
        for name in ("killed", "whole")
    )
    assert found == whole
    assert same(end(place), end(tmp_path / "whole"))
