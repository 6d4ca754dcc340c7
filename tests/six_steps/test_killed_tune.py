"""A tune that is interrupted and killed, and goes on to the same decisions."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import recipes

ROOT = Path(__file__).parents[2]
PATIENCE = 180  # seconds: that it comes about matters, not how soon
# The grids of `few`, and two proposals, in a process of its own.
TUNE = """
import sys
from recipes import cli
from recipes.six_steps import grid, improving, proposals, searching

grid.COARSE, grid.FINER, searching.WIDENED = (-1, 0), (0.5, 1.0), 1
improving.proposals = lambda evidence: proposals.proposals(evidence)[-2:]
sys.exit(cli.main(sys.argv[1:]))
"""
BEGIN = ["tune", "wine", "--budget", "1h", "--seeds", "2", "--out"]
SETTINGS = ["--set", "network/units=[8]", "--set", "epochs=1"]
SETTINGS += ["--set", "early_stopping=null"]
SETTINGS += ["--set", "optimizer/learning_rate=0.001"]


@pytest.fixture
def start():
    """Begin `recipes …` in a process; none is left running."""
    begun = []

    def begin(*arguments):
        process = subprocess.Popen(
            [sys.executable, "-c", TUNE, *map(str, arguments)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        begun.append(process)
        return process

    yield begin
    for process in begun:
        process.kill()
        process.communicate()


def wait_for(process, path, pattern):
    until = time.monotonic() + PATIENCE
    while not any(path.glob(pattern)):
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < until
        time.sleep(0.02)


def scores(path):
    """Return what does not depend on the clock of a tune's decisions."""
    return [
        (
            each["title"],
            each["kept"],
            each["changes"],
            {k: v for k, v in each["numbers"].items() if "seconds" not in k},
        )
        for each in json.loads((path / "decisions.json").read_text())
    ]


@pytest.mark.slow
def test_a_killed_tune_makes_the_same_decisions(start, tmp_path):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    process = start(*BEGIN, cut, *SETTINGS)
    wait_for(process, cut, "coarse/trials/trial_*")
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert said.count("Go on with") == 1
    assert f"Go on with: recipes tune --resume {cut}" in said
    # Within several seeds, and within a change.
    for place in ("seeds/best/trials/trial_*", "changes/*/trials/trial_*"):
        process = start("tune", "--resume", cut)
        wait_for(process, cut, place)
        process.send_signal(signal.SIGKILL)
        process.wait()
        before = json.loads((cut / "state.json").read_text())["decisions"]
        results = {f: f.read_bytes() for f in cut.rglob("result.json")}
        spent = json.loads((cut / "spent.json").read_text())["seconds"]
    process = start("tune", "--resume", cut)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    assert f"it goes on after {len(before)} decisions" in said
    control = start(*BEGIN, whole, *SETTINGS)
    said, _ = control.communicate(timeout=PATIENCE)
    assert control.returncode == 0, said
    decisions = json.loads((cut / "decisions.json").read_text())
    assert decisions[: len(before)] == before, "to the second"
    for file, text in results.items():
        assert file.read_bytes() == text, "what had ended was run again"
    assert len(scores(cut)) >= 9 and scores(cut) == scores(whole)
    found = recipes.load_tuned(cut)
    assert found.recipe == recipes.load_tuned(whole).recipe
    assert found.about["spent"] > spent > 0
