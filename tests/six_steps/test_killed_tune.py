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
PATIENCE = 90
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


def start(*arguments):
    return subprocess.Popen(
        [sys.executable, "-c", TUNE, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_for(process, path):
    until = time.monotonic() + PATIENCE
    while not any(path.parent.glob(path.name)):
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
def test_a_killed_tune_makes_the_same_decisions(tmp_path):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    control = start(*BEGIN, whole, *SETTINGS)
    process = start(*BEGIN, cut, *SETTINGS)
    # In the coarse grid, after a trial; between its end and the next step;
    # within several seeds; within a change.
    wait_for(process, cut / "coarse/trials/trial_0001")
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert said.count("Go on with") == 1
    assert f"Go on with: recipes tune --resume {cut}" in said
    for place in ("finer/trials/trial_0000", "seeds/best/trials/trial_*"):
        process = start("tune", "--resume", cut)
        wait_for(process, cut / place)
        process.send_signal(signal.SIGKILL)
        process.wait()
        before = scores(cut)
        results = {f: f.read_bytes() for f in cut.rglob("result.json")}
        spent = recipes.load_tuned(cut).about["spent"]
    process = start("tune", "--resume", cut)
    wait_for(process, cut / "changes/*")
    process.send_signal(signal.SIGKILL)
    process.wait()
    process = start("tune", "--resume", cut)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    assert "it goes on after" in said
    assert scores(cut)[: len(before)] == before
    for file, text in results.items():  # what had ended was not run again
        if json.loads(text)["ended"] == "completed":
            assert file.read_bytes() == text
    assert control.wait(timeout=PATIENCE) == 0, control.stdout.read()
    assert scores(cut) == scores(whole)
    found = recipes.load_tuned(cut)
    assert found.recipe == recipes.load_tuned(whole).recipe
    assert found.about["spent"] > spent
