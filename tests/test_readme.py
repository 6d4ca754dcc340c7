"""README's examples are run, its tree and its commands are true."""

import re
from pathlib import Path

import pytest

import recipes

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)


def test_the_examples_run_in_order(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len(BLOCKS) >= 4
    names = {}
    for block in BLOCKS:
        exec(compile(block, "README.md", "exec"), names)
    assert names["run"].metrics["test_accuracy"] > 0.9
    assert names["run"].directory == Path("runs/first")


def test_every_file_of_the_packages_stands_in_the_tree():
    tree = TEXT.split("## The house")[1]
    for package in ("recipes", "recipes/network", "recipes/data"):
        for path in (ROOT / package).glob("*.py"):
            if not path.name.startswith("__"):
                assert path.name in tree, path
    for path in (ROOT / "recipes" / "training").glob("*.py"):
        if not path.name.startswith("__"):
            assert path.name in tree, path


def test_no_file_in_the_tree_is_missing():
    tree = TEXT.split("## The house")[1]
    found = {path.name for path in ROOT.rglob("*.py")}
    assert set(re.findall(r"[a-z_]+\.py", tree)) <= found


@pytest.mark.parametrize("name", ["image_classifier", "tabular_regressor"])
def test_the_scores_name_commands_that_exist(name):
    assert hasattr(recipes, name)


def test_the_first_lines_give_the_two_commands():
    assert "pip install . && recipes fit digits" in TEXT[:600]
    assert "pip install '.[dev]' && pytest" in TEXT
    assert "pytest" in (ROOT / ".ci" / "run").read_text()
