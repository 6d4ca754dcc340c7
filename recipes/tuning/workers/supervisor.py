"""The supervisor: starts chief and workers, and sees to it that they end."""

import json
import os
import socket
import time

import keras

from recipes.errors import RunError
from recipes.quiet import light_backend
from recipes.training import folder
from recipes.tuning.names import JOURNAL, WORKERS
from recipes.tuning.workers import crashes, failures
from recipes.tuning.workers.chief import names
from recipes.tuning.workers.child import Child
from recipes.tuning.workers.heartbeat import Beat

HOST = "127.0.0.1"
STARTS = 5  # ends of a process in a row that has not come to anything
START = 300.0  # seconds that a start may take, whatever the deadline
PAUSE = 0.1  # seconds between two looks


def supervise(
    about,
    path,
    environments,
    *,
    deadline=3600.0,
    recycle=25,
    max_crashes=3,
    until=None,
    tick=None,
    say=None,
):
    """Search with processes, until all trials are done.

    Args:
        about: The `Settings` of the sweep.
        path: The sweep's folder, held by us; the data are handed over.
        environments: The variables of each worker.
        deadline: Seconds without a sign of life after which a worker is
            killed; a fit says one after each epoch.
        recycle: Trials after which a worker is replaced by a new process.
        max_crashes: Ends of a process in a trial, and crashes of the backend,
            after which it has failed.
        until: Of the clock, `time.time()`: then no trial is begun.
        tick: Called about once a second with worker → its last `Beat`, or
            None.
        say: Called with a line for each process that is started again.

    Raises:
        RecipeError, DataError, RunError: That a worker has raised.
        RunError: For processes that end again and again as they start.
    """
    ours = path / WORKERS
    folder.make(ours)
    with _port() as port:
        options = {"recycle": recycle, "max-crashes": max_crashes}
        house = _House(
            about, path, environments, port, options, deadline, until
        )
        house.say = say or (lambda line: None)
        try:
            house.run(tick)
        finally:
            house.end()


class _port:
    """A free port of this machine, kept so for the chief alone.

    Bound here and not listened to, with the option that lets the chief, of
    the same user, bind it too.
    """

    def __enter__(self):
        self.socket = socket.socket()
        if hasattr(socket, "SO_REUSEPORT"):
            option = (socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            self.socket.setsockopt(*option)
        self.socket.bind((HOST, 0))
        return self.socket.getsockname()[1]

    def __exit__(self, *_):
        self.socket.close()


class _House:
    """The processes of one sweep."""

    def __init__(
        self, about, path, environments, port, options, deadline, until
    ):
        self.ours, self.deadline = path / WORKERS, deadline
        own = {
            "KERASTUNER_ORACLE_IP": HOST,
            "KERASTUNER_ORACLE_PORT": str(port),
            "KERAS_BACKEND": keras.backend.backend(),
        }
        count = len(environments)
        self.workers, self.begun = {}, {}
        for name, environ in zip(names(count), environments, strict=True):
            flags = [f"--{k}={v}" for k, v in options.items() if v is not None]
            self.workers[name] = Child(
                ["worker", path, *flags],
                {**environ, **own, "KERASTUNER_TUNER_ID": name},
                self.ours / f"{name}.log",
            )
            for left in (self._heart(name), self._error(name)):
                left.unlink(missing_ok=True)
        ends = [] if until is None else [f"--until={until}"]
        light = {"KERASTUNER_TUNER_ID": "chief", "CUDA_VISIBLE_DEVICES": "-1"}
        if light_backend() is not None:
            light["KERAS_BACKEND"] = light_backend()
        self.chief = Child(
            ["chief", path, f"--workers={count}", *ends],
            {**os.environ, **own, **light},
            self.ours / "chief.log",
        )
        self.going = set(self.workers)
        self.in_vain = dict.fromkeys([*self.workers, "chief"], 0)
        self.journal, self.length = path / JOURNAL, 0

    def _heart(self, name):
        return self.ours / f"{name}.json"

    def _error(self, name):
        return self.ours / f"{name}.error.json"

    def run(self, tick):
        """Look after all until the last worker has nothing left to do."""
        self.chief.start()
        for name in self.workers:
            self._start(name)
        said = 0.0
        while self.going:
            for name in sorted(self.going):
                self._look_after(name)
            self._look_after_chief()
            if tick is not None and time.monotonic() - said >= 1:
                tick({name: self.beat(name) for name in self.workers})
                said = time.monotonic()
            time.sleep(PAUSE)

    def end(self):
        """End every process."""
        for child in (*self.workers.values(), self.chief):
            child.end()

    def beat(self, name):
        """Return the last `Beat` of a worker's present process, or None."""
        try:
            text = self._heart(name).read_text(encoding="utf-8")
            beat = Beat(**json.loads(text))
        except (OSError, ValueError, TypeError):
            return None
        return beat if beat.pid == self.workers[name].process.pid else None

    def _start(self, name):
        self.begun[name] = time.time()
        self.workers[name].start()

    def _look_after(self, name):
        child, beat = self.workers[name], self.beat(name)
        if beat is not None and beat.trial is not None:
            self.in_vain[name] = 0
        code = child.code
        if code is None:
            last = self.begun[name] if beat is None else beat.when
            at_trial = beat is not None and beat.trial is not None
            most = self.deadline if at_trial else max(self.deadline, START)
            if time.time() - last < most:
                return
            child.end()
            self._crashed(name, f"no sign of life for {most:g} s")
        elif code == 0:
            self.going.discard(name)
            return
        elif code == failures.FAILED:
            raise failures.read(self._error(name))
        elif code != failures.RECYCLED:
            self._crashed(name, child.how(), f"ended ({child.word()})")
        self._start(name)

    def _crashed(self, name, how, short=None):
        """Count it: against the trial, or against the worker without one."""
        beat = self.beat(name)
        said = f"{name} {short}" if short else f"{name}: {how}"
        if beat is None or beat.trial is None:
            self._count(name, how)
        else:
            crashes.count(self.ours, beat.trial, f"{name} {how}")
            said += f" in trial {beat.trial}"
        self.say(f"{said}; it is started again")

    def _look_after_chief(self):
        length = self.journal.stat().st_size if self.journal.exists() else 0
        if length > self.length:
            self.in_vain["chief"], self.length = 0, length
        if self.chief.code is not None and self.going:
            self._count("chief", self.chief.how())
            if self.chief.code != 0:  # else it has nothing left to hand out
                word = self.chief.word()
                self.say(f"the chief ended ({word}); it is started again")
            self.chief.start()

    def _count(self, name, how):
        self.in_vain[name] += 1
        if self.in_vain[name] >= STARTS:
            raise RunError(
                f"The sweep's {name} has ended {STARTS} times in a row before "
                f"it came to anything, the last time so: {how}"
            )
