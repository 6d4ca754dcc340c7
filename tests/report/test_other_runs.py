"""Pages of a run on texts, and of an ensemble."""

import json

import recipes
from recipes.training import folder
from tests.report.reading import read


def test_texts(text_run, tmp_path):
    run, data = text_run
    page = read(run.report(tmp_path / "text.html", data))
    assert page.faults == [] and page.source.count("Left out") == 1
    assert "takes strings" in page.words("layers")
    assert "all day, number" in page.cells("the largest first")[0][1]


def test_an_ensemble_has_no_curves(copied):
    (copied / "files.json").unlink()
    path = copied / "environment.json"
    found = json.loads(path.read_text())
    found["members"] = [{"directory": "runs/<a>"}, {"directory": "runs/b"}]
    folder.write_json(path, found)
    (copied / "history.csv").unlink()
    page = read(recipes.load_run(copied).report(model=False))
    assert page.faults == [] and "Left out" not in page.source
    assert [row[1] for row in page.cells("whose mean")] == [
        "runs/<a>",
        "runs/b",
    ]
    assert not page.all("section", aria_labelledby="curves")
