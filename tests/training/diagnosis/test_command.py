"""`recipes diagnose`, and `Run.diagnosis` on runs as they lie on disk."""

import shutil

import numpy as np
import pytest

import recipes
from recipes import DivergedError, Part, cli
from recipes.training.diagnosis import rules
from recipes.training.diagnosis.rules import diagnose


def run(capsys, *arguments):
    code = cli.main(["diagnose", *map(str, arguments)])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_the_verdict_first_and_exit_code_3(capsys, table_run, monkeypatch):
    before = {p.name: p.read_bytes() for p in table_run.directory.iterdir()}
    high = {"rewinds": 1}
    monkeypatch.setattr(
        "recipes.training.run.folder.as_numbers", lambda m: m | high
    )
    code, out, _ = run(capsys, table_run.directory)
    lines = out.splitlines()
    assert code == 3
    assert lines[0] == "rate-too-high"
    assert "recipe.replace(optimizer=Part('adamw', learning_rate=0.0003" in out
    assert "--set optimizer/learning_rate=0.0003" in out
    after = {p.name: p.read_bytes() for p in table_run.directory.iterdir()}
    assert after == before


def test_a_healthy_run_ends_with_0(capsys, table_run, monkeypatch):
    monkeypatch.setattr(rules, "RULES", {})
    found = run(capsys, table_run.directory)
    assert found[:2] == (0, "healthy: no rule found anything\n")


def test_the_files_alone_load_no_model(number_run):
    fresh = recipes.load_run(number_run.directory)
    alone = diagnose(fresh, model=False)
    assert "model" not in fresh.__dict__
    assert [f.name for f in fresh.diagnosis()] == [f.name for f in alone]
    assert "model" in fresh.__dict__


def test_data_that_were_handed_over_are_handed_over_again(label_run):
    found, data = label_run
    assert isinstance(found.diagnosis(), list)  # what needs them is silent
    assert isinstance(found.diagnosis(data), list)
    x, y = data
    with pytest.raises(recipes.DataError, match="other data"):
        found.diagnosis((x[::-1].copy(), y[::-1].copy()))


def test_a_run_that_diverged_is_answered_with_layer_step_and_rate(
    capsys, tmp_path
):
    rng = np.random.default_rng(0)
    data = rng.normal(size=(120, 3)).astype("float32"), np.arange(120) % 2
    recipe = recipes.tabular_classifier(
        network=Part("mlp", units=(8,)),
        normalization=None,
        epochs=3,
        early_stopping=None,
        schedule="constant",
        optimizer=Part("sgd", learning_rate=1e20),
    )
    with pytest.raises(DivergedError):
        recipe.fit(data, directory=tmp_path / "a", verbose=False)
    code, out, _ = run(capsys, tmp_path / "a")
    lines = out.splitlines()
    assert code == 3 and lines[0] == "diverged"
    assert "epoch 1, step" in lines[2] and "1e+20" in lines[2]
    assert "Next: recipe.replace(optimizer=Part('sgd'" in out
    assert "learning_rate=1e+19, global_clipnorm=1.0" in out


def test_a_run_that_can_go_on_is_not_diagnosed(capsys, table_run, tmp_path):
    for name in ("recipe.json", "environment.json", "history.csv"):
        shutil.copy(table_run.directory / name, tmp_path / name)
    code, _, err = run(capsys, tmp_path)
    assert code == 2 and "go on with it" in err
    code, _, err = run(capsys, tmp_path / "none")
    assert code == 2 and "holds no run" in err
