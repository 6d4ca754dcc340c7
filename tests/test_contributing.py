"""What CONTRIBUTING says of a new technique, done to a copy of the tree."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text()


def block(language, first):
    """Return the code block of CONTRIBUTING that begins with a word."""
    blocks = re.findall(rf"```{language}\n(.*?)```", TEXT, re.S)
    (found,) = (text for text in blocks if text.startswith(first))
    return found


def add_line(path, after, line):
    text = path.read_text()
    assert text.count(after) == 1
    path.write_text(text.replace(after, after + line))


@pytest.fixture
def tree(tmp_path):
    """A copy of the code, with the technique's file and its menu line."""
    for folder in ("recipes", "callbacks", "augment", "tests", "docs"):
        leave = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=leave)
    for name in ("pyproject.toml", "README.md", "CONTRIBUTING.md"):
        shutil.copy(ROOT / name, tmp_path)
    file = tmp_path / "recipes" / "techniques" / "log_cosh.py"
    file.write_text(block("python", '"""'))
    menu = tmp_path / "recipes" / "menu" / "weights.py"
    add_line(menu, "REGULARIZERS = {\n", block("python", '    "log_cosh": ('))
    return tmp_path


# The tests that hold a list of techniques, or of files, and their files.
LISTS = (
    "every_entry or says_its_zero or of_keras or of_this_file or fresh "
    "or owed or every_row_names or more_is_better or run_one_way"
)
FILES = (
    "test_battery.py",
    "test_menu.py",
    "test_imports.py",
    "network",
    "techniques/test_schedules.py",
    "recipes/test_registry.py",
    "training/test_metrics.py",
)


def run(tree, words, *files):
    command = [sys.executable, "-m", "pytest", "-vv", "-n", "0"]
    command += ["-k", words, *(f"tests/{file}" for file in files)]
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")
    }
    return subprocess.run(
        command, cwd=tree, env=environment, capture_output=True, text=True
    )


@pytest.mark.slow
def test_a_regularizer_is_added_by_a_file_a_line_and_a_line(tree):
    settings = tree / "tests" / "settings.py"
    line = block("python", '        "log_cosh": {')
    add_line(settings, '    "regularizer": {\n', line)
    make_the_table_again(tree)
    done = run(tree, f"log_cosh or {LISTS}", *FILES)
    assert done.returncode == 0, done.stdout[-3000:]
    # Five of the battery's, and that its zero is one.
    assert len(re.findall("test_battery.*log_cosh.*PASSED", done.stdout)) == 5
    for name in LISTS.split(" or "):
        assert re.search(f"{name}.*PASSED", done.stdout), name
    fit = "recipes fit iris --set kernel_regularizer=log_cosh --epochs 1"
    script = (
        "import sys; from recipes.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", script, *fit.split()[1:], "--out", "run"]
    subprocess.run(command, cwd=tree, check=True, capture_output=True)
    command = [sys.executable, "-c", script, "evaluate", "run", "iris"]
    subprocess.run(command, cwd=tree, check=True, capture_output=True)


def make_the_table_again(tree):
    line, _, path = block("bash", "recipes list").strip().partition(" > ")
    command = [sys.executable, "-m", *line.split()]
    with open(tree / path, "w") as file:
        subprocess.run(command, cwd=tree, check=True, stdout=file)


@pytest.mark.slow
def test_without_its_example_and_the_table_the_lists_are_not_whole(tree):
    done = run(tree, "every_entry or fresh", "test_battery.py", "test_menu.py")
    assert done.returncode == 1
    assert "2 failed" in done.stdout and "log_cosh" in done.stdout


@pytest.mark.slow
def test_without_its_zero_the_battery_fails(tree):
    line = block("python", '        "log_cosh": {')
    short = line.replace(', "zero": {"strength": 0.0}', "")
    assert short != line
    settings = tree / "tests" / "settings.py"
    add_line(settings, '    "regularizer": {\n', short)
    done = run(tree, "says_its_zero", "test_battery.py")
    assert done.returncode == 1
    assert 'regularizer/log_cosh: say "zero"' in done.stdout
