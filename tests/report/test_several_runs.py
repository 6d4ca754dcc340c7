"""Pages of a tuning and of a cross-validation."""

import json
import shutil

from recipes import cli
from tests.report.reading import read


def test_the_page_of_a_tuning(copied, tmp_path):
    copied.rename(tmp_path / "best")
    about = {
        "recipe": json.loads((tmp_path / "best/recipe.json").read_text()),
        "data": {"name": "digits", "spec": "digits", "fingerprint": "x"},
        "budget": 600.0,
        "spent": 581.2,
        "seeds": 3,
        "objective": "validation_loss",
        "finished": True,
        "library": "0.1.0",
        "backend": "tensorflow",
        "given": {"mean": 0.31, "deviation": 0.02},
        "winner": {"mean": 0.066, "deviation": 0.004},
        "changed": [
            {"field": "dropout", "from": 0.0, "to": 0.1, "why": "Better."}
        ],
    }
    decisions = [
        {
            "step": step,
            "title": f"Title {step}",
            "words": "Words.",
            "numbers": {"loss": 1.5 + step},
            "changes": "--set dropout=0.1" if kept is not None else "",
            "kept": kept,
            "seconds": 3.0,
            "folder": None,
            "table": {"columns": ["rate", "loss"], "rows": [[0.1, 2.5]] * 9},
        }
        for step, kept in ((1, None), (4, True), (6, False))
    ]
    (tmp_path / "tune.json").write_text(json.dumps(about))
    (tmp_path / "decisions.json").write_text(json.dumps(decisions))
    assert cli.main(["report", str(tmp_path), "--no-model"]) == 0
    page = read(tmp_path / "report.html")
    assert page.faults == [] and "Left out" not in page.source
    said = page.words("decisions")
    heads = [row[2] for row in page.all("h3")][:3]
    assert heads == [
        "Step 1: Title 1",
        "Step 4: Title 4, kept",
        "Step 6: Title 6, dropped",
    ]
    assert "loss5.5" in said and "--set dropout=0.1" in said
    assert "0.0660 ± 0.0040" in page.words("verdict")
    assert page.cells("In the winner's recipe") == [
        ["dropout", "0.0", "0.1", "Better."]
    ]
    assert "best-curves" in page.source


def test_the_page_of_a_cross_validation(digits_run, tmp_path, capsys):
    for number in (1, 2):
        shutil.copytree(digits_run.directory, tmp_path / f"fold-{number}")
    about = {
        "recipe": json.loads((tmp_path / "fold-1/recipe.json").read_text()),
        "data": {"name": "digits"},
        "folds": 2,
        "backend": "tensorflow",
        "scores": [{"accuracy": 0.9125}, {"accuracy": 0.9375}],
        "metrics": {"accuracy": {"mean": 0.925, "deviation": 0.0177}},
    }
    (tmp_path / "cross_validation.json").write_text(json.dumps(about))
    assert cli.main(["report", str(tmp_path)]) == 0
    page = read(tmp_path / "report.html")
    assert page.faults == [] and "Left out" not in page.source
    assert "0.9250± 0.0177" in page.words("verdict")
    (tmp_path / "report.html").unlink()
    capsys.readouterr()
    assert cli.main(["report", str(tmp_path), "--data", "other"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1 and "reads no data" in lines[0]
    assert "'other'" in lines[0] and not (tmp_path / "report.html").exists()
    rows = page.cells("Scores")
    assert [row[2] for row in rows] == ["0.9125", "0.9375"]
    shutil.rmtree(tmp_path / "fold-1")
    capsys.readouterr()
    assert cli.main(["report", str(tmp_path)]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1 and "fold-1" in lines[0]
    page = read(tmp_path / "report.html")
    assert page.faults == [] and "fold-1" in page.words("folds")
    assert [row[2] for row in page.cells("Scores")] == ["0.9125", "0.9375"]
    shutil.rmtree(tmp_path / "fold-2")
    assert cli.main(["report", str(tmp_path)]) == 2
    assert "no fold that can be read" in capsys.readouterr().err
