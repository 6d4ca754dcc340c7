"""The memory of a trial: its own, not that of a larger one before it."""

import ast
import sys
from pathlib import Path

import numpy as np
import pytest

import recipes
from recipes import Choice, Part
from recipes.tuning import peak

ROOT = Path(__file__).parents[2]
LARGE = 2**28  # bytes
NOT_EVERYWHERE = {"fcntl", "grp", "msvcrt", "pwd", "resource", "termios"}
on_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere a peak cannot be forgotten"
)


@on_linux
def test_the_memory_of_a_trial_is_its_own(tmp_path):
    taken = []

    def greedy(inputs, layers, bytes=1):
        taken.append(np.ones(bytes, np.uint8).nbytes)
        return layers.dense(layers.flatten(inputs), 4)

    recipes.register("network", "greedy", greedy)
    recipe = recipes.tabular_classifier(
        network=Part("greedy", bytes=Choice([LARGE, 1])), epochs=1
    )
    trials = recipe.sweep(
        "iris", tuner="grid", directory=tmp_path, verbose=False
    ).trials
    large, after = (trial["peak_memory"] for trial in trials)
    assert LARGE in taken and large - after > LARGE / 2


def test_elsewhere_it_is_that_of_the_process(monkeypatch, tmp_path):
    monkeypatch.setattr(peak, "OWN", tmp_path)
    (tmp_path / "clear_refs").mkdir()
    peak.forget_peak()
    resource = pytest.importorskip("resource")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1 if sys.platform == "darwin" else 1024
    assert peak.peak_memory() == pytest.approx(most * unit, rel=0.5)
    monkeypatch.setitem(sys.modules, "resource", None)  # as on Windows
    assert peak.peak_memory() is None


def test_the_room_is_imported_on_every_system():
    for path in (ROOT / "recipes" / "tuning").rglob("*.py"):
        for node in ast.parse(path.read_text()).body:
            names = set()
            if isinstance(node, ast.Import):
                names = {alias.name for alias in node.names}
            if isinstance(node, ast.ImportFrom):
                names = {node.module}
            assert not names & NOT_EVERYWHERE, path
