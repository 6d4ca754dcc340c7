"""Processes that are begun in no time, to be killed; checkpoints as often."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


class Forks:
    """Begins processes that have imported everything; see zygote.py."""

    def __init__(self, folder):
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "JAX_CACHE": str(folder),
        }
        self.process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("zygote.py")],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout.readline() == "ready\n"

    def __call__(self, code, log, **given):
        """Begin a process that runs `code`, and return it."""
        given = {
            k: str(v) if isinstance(v, Path) else v for k, v in given.items()
        }
        job = {"code": code, "log": str(log), "given": given}
        return Fork(self, self.ask(job), Path(log))

    def ask(self, told):
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


class Fork:
    """One process: `pid`, and `log`, the path of what it prints."""

    def __init__(self, forks, pid, log):
        self.forks, self.pid, self.log = forks, pid, log
        self.returncode = None

    def poll(self):
        if self.returncode is None:
            self.returncode = self.forks.ask(self.pid)
        return self.returncode

    def send(self, signal):
        if self.poll() is None:
            os.kill(self.pid, signal)

    def wait(self, seconds=120):
        """Return the exit code."""
        self.until(lambda: False, seconds)
        return self.returncode

    def until(self, condition, seconds=120):
        """Wait until a condition holds, or the process has ended."""
        end = time.monotonic() + seconds
        while self.poll() is None and not condition():
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.001)


@pytest.fixture
def at_each_epoch(monkeypatch):
    """Let a fit write a checkpoint at each epoch, be it as short as it may."""
    monkeypatch.setattr("recipes.training.candidate.INTERVAL", 0.0)


@pytest.fixture(scope="session")
def forks(tmp_path_factory):
    """Begin a process: `forks(code, log, **given)`."""
    found = Forks(tmp_path_factory.mktemp("compiled"))
    yield found
    found.process.stdin.close()
    found.process.wait(timeout=60)
    found.process.stdout.close()
