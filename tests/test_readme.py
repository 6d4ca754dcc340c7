"""README's examples are run, its tree and its commands are true."""

import ast
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

from recipes import cli
from recipes.commands import DEFAULT_FOR

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
    rooms = ("recipes/network", "recipes/data", "recipes/training", "augment")
    for room in ("recipes", *rooms):
        said = shown(tree, room.split("/")[-1])
        for path in (ROOT / room).glob("*.py"):
            named = any(fnmatch(path.name, each) for each in said)
            assert named or path.name.startswith("__"), path


def shown(tree, room):
    """Return the files, or patterns of these, under a room of the tree."""
    lines = tree.splitlines()
    first = next(
        i for i, x in enumerate(lines) if x.strip().startswith(f"{room}/")
    )
    indent = len(lines[first]) - len(lines[first].lstrip())
    found = []
    for line in lines[first + 1 :]:
        if len(line) - len(line.lstrip()) <= indent:
            break
        found += re.findall(r"[a-z_*]+\.py\b", line)
    return found


def test_every_link_to_a_file_leads_somewhere():
    for document in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")):
        links = re.findall(r"\]\(([^)#]+)\)", document.read_text())
        for link in links:
            if not link.startswith("http"):
                assert (document.parent / link).exists(), (document, link)


def test_no_file_in_the_tree_is_missing():
    tree = TEXT.split("## The house")[1]
    found = {path.name for path in ROOT.rglob("*.py")}
    assert set(re.findall(r"[a-z_]+\.py", tree)) <= found


def test_the_order_of_the_imports_is_the_one_that_is_held():
    source = (ROOT / "tests" / "test_imports.py").read_text()
    floors = ast.literal_eval(
        re.search(r"FLOORS = (\[.*?\n\])", source, re.DOTALL)[1]
    )
    order = " → ".join(", ".join(rooms) for rooms in floors)
    assert order in " ".join(TEXT.split())


def test_every_score_is_of_a_command_that_exists():
    rows = re.findall(r"^\| `recipes fit (\w+)` \| .*$", TEXT, re.MULTILINE)
    assert set(rows) == set(DEFAULT_FOR)


def test_no_number_is_still_to_be_filled_in():
    assert not re.findall(r"^[A-Z_]{5,}$", TEXT, re.MULTILINE)


@pytest.mark.slow
def test_the_first_command_prints_what_stands_there(
    capsys, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["fit", "digits"]) == 0
    printed = capsys.readouterr().out.splitlines()
    block = re.search(r"```\n(image_classifier: .*?)```", TEXT, re.DOTALL)[1]

    def masked(lines):
        return [re.sub(r"[\d.,:]+", "#", " ".join(x.split())) for x in lines]

    for line in block.splitlines():
        assert line == "…" or masked([line])[0] in masked(printed), line


def test_the_first_lines_give_the_two_commands():
    assert "pip install . && recipes fit digits" in TEXT[:600]
    assert "pip install '.[dev]' && pytest" in TEXT
    assert "pytest" in (ROOT / ".ci" / "run").read_text()
