"""kill -9 of the parent, the workers and the chief, at random moments."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

import recipes
from recipes.tuning.found import Sweep

ROOT = Path(__file__).parents[2]
TRIALS = 30
PATIENCE = 60  # seconds: that it comes about matters, not how soon
PARENT = """
import sys
import recipes
recipe = recipes.tabular_classifier(
    network=recipes.Part("mlp", units=(8,)),
    optimizer=recipes.Part(
        "adam", learning_rate=recipes.Float(1e-4, 1e-1, sampling="log")
    ),
    early_stopping=None,
    epochs=40,
    dropout=recipes.Float(0.0, 0.5),
)
recipe.sweep(
    "iris",
    max_trials=int(sys.argv[2]),
    workers=2,
    max_crashes=100,
    directory=sys.argv[1],
    seed=0,
)
"""


class Killed:
    """A sweep that is killed, and what is alive of it."""

    def __init__(self, path, seed):
        self.path, self.random = path, random.Random(seed)
        self.kills, self.parent = Counter(), None

    def start(self):
        """Begin the sweep, or go on."""
        with open(self.path.parent / "parent.log", "ab") as log:
            self.parent = subprocess.Popen(
                [sys.executable, "-c", PARENT, str(self.path), str(TRIALS)],
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
            )

    def alive(self, kind=""):
        """Return the process numbers of all that the sweep has started."""
        said = subprocess.run(
            ["ps", "-A", "-ww", "-o", "pid=,command="],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        mark = f"recipes.workers {kind}"
        lines = [x for x in said.splitlines() if str(self.path) in x]
        return [int(x.split()[0]) for x in lines if mark in x]

    def kill(self, kind, pid):
        """Kill a process as the system does that runs out of memory."""
        assert self.parent.poll() is None, "the sweep has ended too early"
        os.kill(pid, signal.SIGKILL)
        self.kills[kind] += 1

    def kill_parent(self):
        """Kill the parent, and see that nothing is left running."""
        self.kill("parent", self.parent.pid)
        self.parent.wait()
        until = time.monotonic() + PATIENCE
        while self.alive() and time.monotonic() < until:
            time.sleep(0.05)
        assert self.alive() == []

    def wait_for_trials(self):
        """Wait until both workers are at a trial."""
        until = time.monotonic() + 150
        beats = [self.path / "workers" / f"worker-{n}.json" for n in (0, 1)]
        while time.monotonic() < until:
            try:
                found = [json.loads(each.read_text()) for each in beats]
            except FileNotFoundError:
                found = [{"trial": None}]
            pids = self.alive("worker")
            if all(x["trial"] and x["pid"] in pids for x in found):
                return
            assert self.parent.poll() is None, "the sweep has ended too early"
            time.sleep(0.1)
        raise AssertionError("the workers came to no trial")

    def wait_for_another(self, kind, before):
        """Wait until there are as many processes as before the kill."""
        until = time.monotonic() + PATIENCE
        while len(self.alive(kind)) < len(before):
            assert time.monotonic() < until, f"no {kind} in its place"
            time.sleep(0.05)

    def sleep(self, most):
        """Let a random time pass."""
        time.sleep(self.random.uniform(0, most))

    def results(self):
        """Return when each result was written."""
        found = self.path.glob("trials/*/result.json")
        return {each.parent.name: each.stat().st_mtime_ns for each in found}


@pytest.mark.slow
def test_a_sweep_survives_every_kill(tmp_path):
    seed = os.environ.get("SEED") or str(random.randrange(10**6))
    print(f"SEED={seed}")  # to be given back in the environment
    killed = Killed(tmp_path / "sweep", seed)
    try:
        kill_and_go_on(killed)
    finally:
        killed.parent.kill()
        killed.parent.wait()
    check_accounts(killed)


def kill_and_go_on(killed):
    """Kill everything ten times, then let the sweep come to its end."""
    for life in range(10):
        before = killed.results()
        killed.start()
        if life % 2:
            killed.sleep(8)  # while it imports, starts processes, fits
            killed.kill_parent()
        else:
            killed.wait_for_trials()
            for victim in killed.random.sample(
                ["worker", "chief", "worker", "chief"], 4
            ):
                killed.sleep(1)
                pids = killed.alive(victim)
                killed.kill(victim, killed.random.choice(pids))
                killed.wait_for_another(victim, pids)
            killed.sleep(2)
            killed.kill_parent()
        after = killed.results()
        assert {name: after[name] for name in before} == before
    assert killed.kills == {"parent": 10, "worker": 10, "chief": 10}
    killed.start()
    assert killed.parent.wait(400) == 0
    assert killed.alive() == []


def check_accounts(killed):
    """See that every trial is accounted for once."""
    lines = (killed.path / "journal.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    for kind in ("create", "end"):
        ids = [int(e["trial"]) for e in events if e["event"] == kind]
        assert sorted(ids) == list(range(TRIALS))
    ended = [e for e in events if e["event"] == "end"]
    assert {e["status"] for e in ended} == {"COMPLETED"}
    assert len(killed.results()) == TRIALS
    sweep = Sweep(killed.path, recipes.Recipe.from_json)
    scores = {t["trial"]: t["score"] for t in sweep.trials}
    for event in ended:
        known = event["metrics"]["validation_loss"]
        assert scores[event["trial"]] == pytest.approx(known, rel=1e-6)
