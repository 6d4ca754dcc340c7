"""trials.csv, as another program reads it."""

import csv
import importlib.util
import json
from pathlib import Path

import pytest

import recipes
from recipes import Choice, Float, Int, Part
from recipes.tuning.ranges import places
from recipes.tuning.telling import trials_csv

_spec = importlib.util.spec_from_file_location(
    "sweep_folders", Path(__file__).with_name("folders.py")
)
folders = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(folders)

RECIPE = recipes.tabular_classifier(
    dropout=Float(0, 0.6),
    epochs=Int(3, 9),
    normalization=Choice(
        [None, Part("group_normalization", groups=Choice([4, 8]))]
    ),
)


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    path = tmp_path_factory.mktemp("sweeps") / "s"
    found = folders.make(path, RECIPE, 12, fails=(2,), running=1)
    trials_csv.write(found.directory, found.trials, places(RECIPE))
    return found


def rows(sweep):
    with open(sweep.directory / "trials.csv", newline="") as file:
        return list(csv.DictReader(file))


def test_every_trial_is_one_line_with_its_numbers_exact(sweep):
    lines = (sweep.directory / "trials.csv").read_text().splitlines()
    assert len(lines) == 13
    for row, trial in zip(rows(sweep), sweep.trials, strict=True):
        assert row["trial"] == trial["trial"]
        assert float(row["dropout"]) == trial["values"]["dropout"]
        if trial["ended"] == "completed":
            assert float(row["score"]) == trial["score"]
            assert float(row["validation_loss"]) == trial["score"]
            assert float(row["seconds"]) == trial["seconds"]
            assert int(row["peak_memory"]) == trial["peak_memory"]


def test_what_fails_or_runs_has_no_score(sweep):
    found = rows(sweep)
    assert found[2]["ended"] == "diverged" and found[2]["score"] == ""
    assert found[2]["message"] == "'=1+1: the loss is NaN at step 3"
    assert found[-1]["ended"] == "" and found[-1]["score"] == ""


def test_a_range_called_as_a_column_has_one_of_its_own(sweep):
    for row, trial in zip(rows(sweep)[:-1], sweep.trials, strict=False):
        assert int(row["recipe/epochs"]) == trial["values"]["epochs"]
        assert row["epochs"] == "3"  # what was trained


def test_a_range_that_did_not_count_is_empty(sweep):
    inside = "normalization/group_normalization/groups"
    kinds = set()
    for row in rows(sweep):
        kinds.add(row["normalization"])
        counts = row["normalization"] == "group_normalization"
        assert bool(row[inside]) == counts
    assert kinds == {"None", "group_normalization"}


def test_running_out_of_memory_is_told(tmp_path):
    found = folders.make(tmp_path / "s", RECIPE, 2)
    trials = found.trials
    trials[1]["out_of_memory"] = {"halved": 1, "batch_size": 32}
    trials_csv.write(found.directory, trials, places(RECIPE))
    told = [(r["fitted_batch_size"], r["halved"]) for r in rows(found)]
    assert told == [("", ""), ("32", "1")]


@pytest.mark.parametrize("words", ["=1+1", "+1 more", "-x", "@SUM(A1)"])
def test_a_formula_stays_words(sweep, words):
    trial = {**sweep.trials[0], "message": words}
    text = trials_csv.text([trial], places(RECIPE))
    (row,) = csv.DictReader(text.splitlines())
    assert row["message"] == f"'{words}"


def test_a_negative_number_is_a_number(sweep):
    trial = {**sweep.trials[0], "score": -0.25}
    (row,) = csv.DictReader(
        trials_csv.text([trial], places(RECIPE)).splitlines()
    )
    assert row["score"] == "-0.25"


def test_what_has_not_changed_is_not_written_again(sweep):
    file = sweep.directory / "trials.csv"
    before = file.stat().st_ino
    trials_csv.write(sweep.directory, sweep.trials, places(RECIPE))
    assert file.stat().st_ino == before
    trials_csv.write(sweep.directory, sweep.trials[:3], places(RECIPE))
    assert file.stat().st_ino != before  # replaced, not written over
    assert len(rows(sweep)) == 3
    trials_csv.write(sweep.directory, sweep.trials, places(RECIPE))
    assert not list(sweep.directory.glob("*.partial"))


def test_values_are_those_of_result_json(sweep):
    place = sweep.directory / "trials" / "trial_0000" / "result.json"
    result = json.loads(place.read_text())
    assert float(rows(sweep)[0]["dropout"]) == result["values"]["dropout"]
