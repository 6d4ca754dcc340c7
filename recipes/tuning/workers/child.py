"""Child: one process of a sweep, its log, and how it ended."""

import os
import signal
import site
import subprocess
import sys
from pathlib import Path

from recipes.tuning.workers.lifeline import SUPERVISOR

ROOT = str(Path(__file__).resolve().parents[3])
LONGEST = 2**20  # bytes of a log, before it is cut
TAIL = 2**12


class Child:
    """A process that can be started again.

    Args:
        arguments: Of `python -m recipes.workers`.
        environ: Its variables.
        log: The file for what it says.
    """

    def __init__(self, arguments, environ, log):
        self.arguments = [str(each) for each in arguments]
        self.environ, self.log = environ, log
        self.process, self.begun = None, 0

    def start(self):
        """Start it; it ends when this process does."""
        if self.process is not None:
            self.process.stdin.close()
        _cut(self.log)
        environ = {
            **self.environ,
            SUPERVISOR: str(os.getpid()),
            "PYTHONFAULTHANDLER": "1",
        }
        if ROOT not in site.getsitepackages():
            paths = [ROOT, environ.get("PYTHONPATH")]
            environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
        with open(self.log, "ab") as log:
            self.begun = log.tell()
            self.process = subprocess.Popen(
                [sys.executable, "-m", "recipes.workers", *self.arguments],
                env=environ,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                # Ctrl-C is for the supervisor, which ends us.
                start_new_session=True,
            )

    @property
    def code(self):
        """How it ended, as `subprocess` has it; None: it has not."""
        return self.process.poll()

    def end(self):
        """Kill it, and what it started; all that it writes is whole."""
        if self.process is None:
            return
        if self.process.poll() is None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # it has just ended
        self.process.wait()
        self.process.stdin.close()

    def word(self):
        """Say in short how it ended."""
        code = self.process.returncode
        if code < 0:
            return f"killed by {signal.Signals(-code).name}"
        return f"exit code {code}"

    def how(self):
        """Say how it ended, and what its log says last."""
        return f"{self.word()}; {self.log} ends:\n{_tail(self.log, self.begun)}"


def _tail(path, begun=0):
    with open(path, "rb") as file:
        file.seek(max(begun, path.stat().st_size - TAIL))
        return file.read().decode("utf-8", "replace").strip()


def _cut(path):
    """Keep the end alone of a log that has become long."""
    if path.exists() and path.stat().st_size > LONGEST:
        path.write_text(_tail(path) + "\n", encoding="utf-8")
