"""What was not tried is said, and nobody is called healthy for it."""

import shutil
import warnings

import numpy as np
import pytest

import recipes
from recipes import cli
from recipes.training.diagnosis import rules
from tests.report.reading import read

NEED_MODEL = ["dead-units", "vanishing-gradients"]
NEED_DATA = ["label-noise", *NEED_MODEL, "validation-unlike-train"]


@pytest.fixture
def quiet(monkeypatch):
    """No rule that reads the curves finds anything."""
    own = {name: rules.RULES[name] for name in NEED_DATA}
    monkeypatch.setattr(rules, "RULES", own)


@pytest.fixture(scope="module")
def gone(tmp_path_factory):
    """A run on a file that is gone."""
    place = tmp_path_factory.mktemp("gone")
    rng = np.random.default_rng(0)
    x = rng.normal(size=(120, 3)) + 3 * np.eye(3)[np.arange(120) % 3]
    rows = [f"{a:.4f},{b:.4f},{c:.4f},{i % 3}" for i, (a, b, c) in enumerate(x)]
    path = place / "h.csv"
    path.write_text("\n".join(["a,b,c,y", *rows]))
    recipe = recipes.tabular_classifier(epochs=2)
    run = recipe.fit(f"csv:{path}#y", directory=place / "run", verbose=False)
    text = path.read_text()
    path.unlink()
    return run, path, text


def said(capsys, *arguments):
    code = cli.main(["diagnose", *map(str, arguments)])
    return code, capsys.readouterr().out


def test_data_that_is_gone(capsys, gone, quiet):
    run, path, text = gone
    code, out = said(capsys, run.directory)
    assert code == 0 and "healthy" not in out
    assert "nothing found: no rule that was tried found anything" in out
    assert "label-noise, dead-units, vanishing-gradients, the half of" in out
    assert "h.csv" in out
    assert list(run.diagnosis().not_tried) == NEED_DATA
    path.write_text(text)  # and with it, each is tried
    try:
        assert run.diagnosis().not_tried == {}
        code, out = said(capsys, run.directory)
        assert (code, out) == (0, "healthy: no rule found anything\n")
    finally:
        path.unlink()


def test_what_was_found_is_told_with_what_was_not_tried(capsys, gone):
    run, _, _ = gone
    run.metrics["rewinds"] = 1
    try:
        found = run.diagnosis()
    finally:
        del run.metrics["rewinds"]
    assert [each.name for each in found] == ["rate-too-high"]
    assert list(found.not_tried) == NEED_DATA


def test_without_the_model(capsys, table_run, tmp_path, quiet):
    code, out = said(capsys, table_run.directory, "--no-model")
    assert code == 0 and "healthy" not in out
    assert "label-noise" in out and "--no-model" in out
    copied = shutil.copytree(table_run.directory, tmp_path / "run")
    (copied / "model.keras").unlink()
    code, out = said(capsys, copied)
    assert code == 0 and "healthy" not in out
    assert "Not tried: dead-units, vanishing-gradients: " in out
    assert "model.keras" in out and "label-noise" not in out


def test_the_page_calls_no_such_run_healthy(table_run, tmp_path, quiet):
    copied = shutil.copytree(table_run.directory, tmp_path / "run")
    whole = read(recipes.load_run(copied).report())
    assert "Healthy" in whole.words("verdict")
    assert "Not tried" not in whole.source
    (copied / "model.keras").unlink()
    page = read(recipes.load_run(copied).report())
    assert page.faults == [] and "Healthy" not in page.source
    assert "Not tried: dead-units, vanishing" in page.words("verdict")
    assert "model.keras" in page.words("diagnosis")


def test_huge_losses_are_judged_in_silence(table_run, tmp_path):
    run = recipes.load_run(table_run.directory)
    run.history = {
        name: [1e-300, 1e300, 1.7e308] if "loss" in name else values
        for name, values in run.history.items()
    }
    with np.errstate(all="raise"):  # which the rules set aside
        run.diagnosis(model=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nor does the page say anything
        page = read(run.report(tmp_path / "x.html", model=False))
    assert page.faults == []
