"""The seconds of a budget, also over kills: what is spent lies on disk."""

import threading
import time
from contextlib import suppress

from recipes.errors import RunError
from recipes.six_steps.names import SPENT
from recipes.training import folder

LARGEST = 1e12  # seconds; more was never spent, nor is a rate or a cost above
EVERY = 2.0  # seconds between two files


class Clock:
    """What is spent of a budget.

    While it runs, a thread writes what is spent every two seconds: so much
    at most is not counted of a process that was killed.

    Args:
        path: The tune's folder.
        budget: Seconds.
    """

    def __init__(self, path, budget):
        self.file, self.budget = path / SPENT, budget
        self._before, self._began = _read(self.file), None
        self._ended = threading.Event()

    @property
    def spent(self):
        """Seconds of work, of this process and of those before."""
        if self._began is None:
            return self._before
        return self._before + time.monotonic() - self._began

    @property
    def left(self):
        """Seconds that are left, below 0 where more is spent."""
        return self.budget - self.spent

    def __enter__(self):
        self._began = time.monotonic()
        self._thread = threading.Thread(target=self._write_often, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()
        self._before, self._began = self.spent, None
        self._write()

    def _write_often(self):
        while not self._ended.wait(EVERY):
            self._write()

    def _write(self):
        # A full disk is told by whatever has to write there.
        with suppress(OSError, RunError):
            folder.write_json(self.file, {"seconds": round(self.spent, 3)})


def _read(file):
    try:
        found = folder.read_json(file)
    except RunError:
        return 0.0
    seconds = found.get("seconds") if isinstance(found, dict) else None
    good = isinstance(seconds, (int, float)) and 0 <= seconds < LARGEST
    return float(seconds) if good else 0.0
