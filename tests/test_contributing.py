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
    for package in ("recipes", "callbacks", "augment"):
        leave = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=leave)
    (tmp_path / "tests").mkdir()
    for name in ("conftest.py", "settings.py", "test_battery.py"):
        shutil.copy(ROOT / "tests" / name, tmp_path / "tests")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    file = tmp_path / "recipes" / "techniques" / "log_cosh.py"
    file.write_text(block("python", '"""'))
    menu = tmp_path / "recipes" / "menu" / "weights.py"
    add_line(menu, "REGULARIZERS = {\n", block("python", '    "log_cosh": ('))
    return tmp_path


def battery(tree):
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-k"]
    command += ["log_cosh or every_entry", "tests/test_battery.py"]
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")
    }
    return subprocess.run(
        command, cwd=tree, env=environment, capture_output=True, text=True
    )


def test_a_regularizer_is_added_by_a_file_a_line_and_a_line(tree):
    settings = tree / "tests" / "settings.py"
    line = block("python", '        "log_cosh": {')
    add_line(settings, '    "regularizer": {\n', line)
    done = battery(tree)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "5 passed" in done.stdout
    fit = "recipes fit iris --set kernel_regularizer=log_cosh --epochs 1"
    script = (
        "import sys; from recipes.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", script, *fit.split()[1:], "--out", "run"]
    subprocess.run(command, cwd=tree, check=True, capture_output=True)
    command = [sys.executable, "-c", script, "evaluate", "run", "iris"]
    subprocess.run(command, cwd=tree, check=True, capture_output=True)


def test_without_its_example_the_battery_fails(tree):
    done = battery(tree)
    assert done.returncode == 1
    assert "log_cosh" in done.stdout
