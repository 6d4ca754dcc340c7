"""The page of a tuning: what was tried is not recommended, and what failed."""

import json
from types import SimpleNamespace

import pytest

import recipes
from recipes import cli
from recipes.report import findings, verdict
from recipes.training.diagnosis.found import Diagnoses, Diagnosis
from recipes.training.reporting import tuned
from tests.report.reading import read

FLAGS = "--set weight_average=ema"
EMA = {"weight_average": "ema"}
NOISY = Diagnosis("noisy-validation", "It jumps.", {}, 0.7, EMA, "", FLAGS)
OTHER = Diagnosis(
    "overfitting", "A gap.", {}, 0.6, {"dropout": 0.1}, "", "--set dropout=0.1"
)
DROPPED = {
    "step": 6,
    "title": "noisy-validation",
    "changes": FLAGS,
    "kept": False,
    "numbers": {"gain": 0.004, "noise": 0.012},
}


def said(found, decisions):
    return str(verdict.word(Diagnoses(found), decisions))


def test_what_was_dropped_is_not_recommended():
    page = said([NOISY], [DROPPED])
    assert "tried by this tuning, step 6: dropped, a gain of 0.0040" in page
    assert "0.0120 is noise" in page and "Next:" not in page
    page = said([NOISY, OTHER], [DROPPED])
    assert "Next:" in page and "dropout=0.1" in page
    assert "weight_average=&#x27;" not in page
    section = str(findings.diagnosis(Diagnoses([NOISY, OTHER]), [DROPPED]))
    assert section.count("tried by this tuning") == 1


@pytest.mark.parametrize(
    "other", [{"kept": True}, {"kept": None}, {"step": 5}, {"changes": "x"}]
)
def test_what_was_not_dropped_is_recommended(other):
    page = said([NOISY], [{**DROPPED, **other}])
    assert "Next:" in page and "weight_average" in page
    assert ("A change for it was tried" in page) == ("changes" in other)


@pytest.mark.parametrize("odd", [[1], {"a": 1}, None, "x", 2**63, [[]]])
def test_decisions_of_any_kind_are_borne(odd):
    for key in DROPPED:
        assert "noisy-validation" in said([NOISY], [{**DROPPED, key: odd}])


def written(path, decisions, **more):
    about = {"recipe": {}, "data": {"name": "wine"}, "budget": 60.0, **more}
    (path / "tune.json").write_text(json.dumps(about))
    (path / "decisions.json").write_text(json.dumps(decisions))
    return read(tuned.report(path, recipes.Recipe.from_json))


FAILED = {"step": 1, "title": "check", "words": "Labels.", "kept": False}


def test_the_verdict_leads_with_a_failed_check(tmp_path):
    page = written(tmp_path, [FAILED], finished=False, winner=None)
    words = page.words("verdict")
    assert page.faults == [] and words.lstrip().startswith("A check failed")
    assert "Labels." in words and "Not finished" in words
    assert "there is no winner" in page.words("changed")
    assert "as it was given" not in page.source
    assert "not measured" not in words


@pytest.mark.parametrize(
    "decisions, finished",
    [
        ([{**FAILED, "kept": True}], False),
        ([FAILED, {"step": 3, "title": "range test"}], False),  # forced
        ([FAILED], True),
    ],
)
def test_no_other_verdict_does(tmp_path, decisions, finished):
    page = written(tmp_path, decisions, finished=finished, winner=None)
    assert "A check failed" not in page.words("verdict")


def test_a_damaged_file_costs_its_own_section(tmp_path):
    page = written(tmp_path, 3, finished=False)
    assert "Left out" in page.words("decisions")
    assert page.source.count("Left out") == 1


@pytest.mark.parametrize("text", [None, "{", "3", "[]", "[3]"])
def test_a_finished_tuning_without_decisions_says_so(tmp_path, capsys, text):
    page = written(tmp_path, [FAILED], finished=True)
    assert "decisions.json" not in page.source  # where it can be read
    path = tmp_path / "decisions.json"
    path.unlink() if text is None else path.write_text(text)
    assert cli.main(["report", str(tmp_path)]) == 0
    page = read(tmp_path / "report.html")
    assert page.faults == [] and "is written down yet" not in page.source
    words = page.words("decisions")
    assert "Left out" in words and "decisions.json" in words
    assert ("is missing" in words) == (text is None)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[1] for line in lines] == ["Verdict", "Decisions"]
    assert "the best run: no finished run lies in best." in lines[0]
    (tmp_path / "best").mkdir()
    assert cli.main(["report", str(tmp_path)]) == 0
    assert "best: metrics.json is missing." in capsys.readouterr().err
    about = json.loads((tmp_path / "tune.json").read_text())
    about["finished"] = False
    (tmp_path / "tune.json").write_text(json.dumps(about))
    assert cli.main(["report", str(tmp_path)]) == 0
    said = capsys.readouterr().err  # a tuning that goes on has no best run
    assert "the best run" not in said
    assert ("decisions.json" in said) == (text not in (None, "[]"))


def test_what_may_have_been_tried_is_not_recommended():
    page = said([NOISY], None)
    assert "Next:" not in page and "cannot be read" in page
    assert "cannot be read" not in said([NOISY], [])
    assert "cannot be read" not in said([], None)
    section = str(findings.diagnosis(Diagnoses([NOISY]), None))
    assert section.count("Whether the tuning tried") == 1


def test_the_best_run_knows_no_decisions_without_the_file(
    tmp_path, monkeypatch
):
    best = SimpleNamespace(decisions=())
    monkeypatch.setattr(tuned, "gathered_at", lambda *a: (best, None))
    (tmp_path / "tune.json").write_text('{"data": {}}')
    tuned.GatheredTuning(tmp_path, None)
    assert best.decisions is None


def test_the_best_run_knows_the_decisions(tmp_path, monkeypatch):
    best = SimpleNamespace(decisions=())
    monkeypatch.setattr(tuned, "gathered_at", lambda *a: (best, None))
    (tmp_path / "tune.json").write_text('{"data": {}}')
    (tmp_path / "decisions.json").write_text(json.dumps([DROPPED]))
    tuned.GatheredTuning(tmp_path, None)
    assert best.decisions == [DROPPED]
