"""`recipe.check` and `recipes check`: the whole, its words, its files."""

import json

import pytest

import recipes
from recipes import Float, Part, RecipeError, cli
from recipes.preflight import augmented
from recipes.preflight.bench import Bench
from recipes.training.plan import load_for


def test_the_command_passes_and_writes_what_it_says(tmp_path, capsys):
    out = tmp_path / "checked"
    assert cli.main(["check", "iris", "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("pass: ") or printed.startswith("warn: ")
    assert "a class with" not in printed
    written = json.loads((out / "check.json").read_text())
    assert written["verdict"] in ("pass", "warn")
    names = {row["name"] for row in written["findings"]}
    assert {"leakage", "labels", "handful", "learning rate"} <= names
    assert sorted(p.name for p in out.iterdir()) == ["check.json", "check.png"]


def test_a_fault_is_exit_code_3(capsys):
    code = cli.main(["check", "wine", "--set", "preprocessing=null"])
    printed = capsys.readouterr().out
    assert code == 3 and printed.startswith("fail: do not train yet")
    assert "recipe.replace(preprocessing=Part('standardization'))" in printed


@pytest.mark.parametrize(
    "changes",
    [{"directory": 3}, {"directory": __file__}, {"verbose": 1}, {"seed": -1}],
)
def test_bad_arguments_are_refused_before_the_data_are_read(changes):
    with pytest.raises(RecipeError, match="Received"):
        recipes.tabular_classifier().check("no such data", **changes)


def test_an_open_range_is_refused():
    with pytest.raises(RecipeError, match="still ranges"):
        recipes.tabular_classifier(dropout=Float(0, 0.5)).check("iris")


def test_a_finding_is_asked_for_by_its_name():
    found = recipes.tabular_regressor().check("diabetes", verbose=False)
    assert found["class balance"].verdict == "skipped"
    assert found["first loss"].expected == "about 1"
    assert found.figure.axes
    with pytest.raises(KeyError, match="leakage"):
        found["nothing"]


@pytest.mark.parametrize(
    "augmentation, verdict",
    [
        (Part("random_rotation", factor=0.5), "fail"),
        (Part("random_flip", mode="horizontal_and_vertical"), "fail"),
        (Part("random_rotation", factor=0.02), "pass"),
        ("mixup", "skipped"),
        (None, "skipped"),
    ],
)
def test_what_turns_6_into_9(judge, augmentation, verdict):
    judge.given = judge.given.replace(augmentation=augmentation)
    found = augmented.check(judge)
    assert found.verdict == verdict, found
    if verdict == "fail":
        assert "'6' and '9' are drawn into each other" in found.words
        assert judge.given.replace(**found.changes).augmentation is None


@pytest.fixture(scope="module")
def judge():
    """The network of digits, after its short training."""
    recipe = recipes.image_classifier(augmentation="light")
    bench = Bench(recipe, load_for(recipe, "digits"))
    bench.losses(bench.batches(), 60)
    return bench
