"""Pages of a run on texts, and of an ensemble."""

import json

import numpy as np
import pytest

import recipes
from recipes import Part
from recipes.report.confusion import residuals
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


def test_numbers_say_their_names_and_their_units(tmp_path):
    x = np.random.default_rng(0).normal(size=(60, 3))
    columns = {"a": x[:, 0], "<y>": 40 * x[:, 1], "b": x[:, 1], "z": x[:, 2]}
    table = tmp_path / "table.csv"
    rows = zip(*columns.values(), strict=True)
    lines = [",".join(columns), *(",".join(map(str, row)) for row in rows)]
    table.write_text("\n".join(lines))
    recipe = recipes.tabular_regressor(
        network=Part("mlp", units=(4,)), epochs=1
    )
    run = recipe.fit(
        f"csv:{table}#<y>,z", directory=tmp_path / "run", verbose=False
    )
    assert run.environment["data"]["target_names"] == ["<y>", "z"]
    page = read(run.report())
    assert page.faults == [] and "Left out" not in page.source
    assert [row[0] for row in page.cells("how far")] == ["<y>", "z"]
    # The losses are of two units: each says of which.
    assert run.metrics["validation_loss"] > 20 * run.history["val_loss"][0]
    assert "of standardized targets" in page.words("curves")
    path = run.directory / "environment.json"
    (run.directory / "files.json").unlink()
    found = json.loads(path.read_text())
    found["data"]["target_names"] = 3
    folder.write_json(path, found)
    with pytest.raises(recipes.RunError, match="target_names"):
        recipes.load_run(run.directory).report(model=False)


def test_targets_without_names_have_numbers():
    two = np.ones((3, 2))
    for names in (None, [], ["of another width"]):
        found = residuals(two, two, "all", names)
        assert "<bdi>0</bdi>" in found and "<bdi>1</bdi>" in found
