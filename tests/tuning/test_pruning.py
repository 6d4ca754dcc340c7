"""Which checkpoints stay: of the best, and of whom another goes on from."""

import keras_tuner
import pytest

from callbacks.state_file import write_state
from recipes.tuning.search.oracles import build_oracle

OBJECTIVE = keras_tuner.Objective("score", "min")


def oracle_in(folder, name, keep, max_trials=None):
    space = keras_tuner.HyperParameters()
    space.Float("rate", 0.0, 1.0)
    oracle = build_oracle(name, space, OBJECTIVE, max_trials, 0, 9)
    oracle.verbose, oracle.keep = 0, keep
    oracle._set_project_dir(str(folder), "trials")
    oracle.open(folder / "journal.jsonl", ["one", "two"])
    return oracle


def begin(oracle, folder, worker="one"):
    trial = oracle.create_trial(worker)
    if trial.status == "RUNNING":
        place = folder / "trials" / f"trial_{trial.trial_id}"
        write_state(place / "fit-1" / "checkpoint", 1, {})
        (place / "result.json").write_text("{}")
    return trial


def end(oracle, trial, score):
    oracle.update_trial(trial.trial_id, {"score": score})
    trial.status = "COMPLETED"
    oracle.end_trial(trial)


def kept(folder):
    names = (p.parents[2].name for p in folder.rglob("epoch-*.npz"))
    return {int(name.removeprefix("trial_")) for name in names}


def test_the_best_and_those_that_run_keep_theirs(tmp_path):
    oracle = oracle_in(tmp_path, "random", 2, 9)
    running = begin(oracle, tmp_path, "two")
    for score in (0.5, 0.1, 0.9, 0.3):
        end(oracle, begin(oracle, tmp_path), score)
    assert int(running.trial_id) == 0
    assert kept(tmp_path) == {0, 2, 4}
    assert len(list(tmp_path.rglob("result.json"))) == 5
    failed = begin(oracle, tmp_path)
    failed.status = "FAILED"
    oracle.end_trial(failed)
    assert kept(tmp_path) == {0, 2, 4}


def test_one_that_is_tried_again_keeps_its_own(tmp_path):
    oracle = oracle_in(tmp_path, "random", 1, 9)
    oracle.max_retries_per_trial = 1
    end(oracle, begin(oracle, tmp_path), 0.1)
    trial = begin(oracle, tmp_path)
    trial.status = "INVALID"
    oracle.end_trial(trial)
    assert kept(tmp_path) == {0, 1}
    again = begin(oracle, tmp_path)
    assert again.trial_id == trial.trial_id
    again.status = "INVALID"
    oracle.end_trial(again)
    assert kept(tmp_path) == {0}


@pytest.mark.parametrize("workers", [["one"], ["one", "two"]])
def test_no_trial_goes_on_from_one_that_is_gone(workers, tmp_path):
    """And what nobody goes on from any more does not stay."""
    oracle = oracle_in(tmp_path, "hyperband", 1)
    running, promoted, most = {}, 0, 0
    while True:
        for worker in workers:
            trial = begin(oracle, tmp_path, worker)
            if trial.status == "RUNNING":
                running[worker] = trial
            before = trial.hyperparameters.values.get("tuner/trial_id")
            if before is not None:
                promoted += 1
                assert int(before) in kept(tmp_path)
        if not running:
            break
        worker, trial = running.popitem()
        end(oracle, trial, abs(trial.hyperparameters.values["rate"] - 0.3))
        most = max(most, len(kept(tmp_path)))
    assert promoted > 3
    assert most < len(oracle.trials) * 2 / 3
    oracle.prune(over=True)
    scores = {int(i): t.score for i, t in oracle.trials.items()}
    assert kept(tmp_path) == {min(scores, key=scores.get)}
