"""`recipe.check` and `recipes check`: the whole, its words, its files."""

import json
from pathlib import Path

import pytest

import recipes
from recipes import DataError, Float, Part, RecipeError, RunError, cli
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


@pytest.mark.parametrize("changes", [{"verbose": 1}, {"seed": -1}])
def test_bad_arguments_are_refused_before_the_data_are_read(changes):
    with pytest.raises(RecipeError, match="Received"):
        recipes.tabular_classifier().check("no such data", **changes)


@pytest.mark.parametrize(
    "directory, words",
    [
        (3, "folder of a check. Received: 3"),
        ("", "folder of a check. Received: ''"),
        ("a\0b", "zero byte"),
        (__file__, "is a file; choose a folder"),
        (f"{__file__}/below", "lies below the file"),
        ("/proc/new", "cannot be written"),
    ],
)
def test_a_folder_that_cannot_be_is_refused_before_the_data(directory, words):
    recipe = recipes.tabular_classifier()
    with pytest.raises(RunError, match=words):
        recipe.check("no such data", directory=directory)
    with pytest.raises(DataError):  # nothing is left of one that can be
        recipe.check("no such data", directory="no such folder")
    assert not Path("no such folder").exists()


def test_files_of_something_else_are_refused_and_stay(tmp_path):
    recipe = recipes.tabular_classifier()
    for name in ("check.json", "check.png"):
        place = tmp_path / name.replace(".", "_")
        place.mkdir()
        (place / name).write_text('{"mine": 1}')
        with pytest.raises(RunError, match="not of a check; move it away"):
            recipe.check("no such data", directory=place)
        assert (place / name).read_text() == '{"mine": 1}'
    (place / "check.json").write_text('{"findings": []}')  # an earlier one's
    with pytest.raises(DataError):
        recipe.check("no such data", directory=place)


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
