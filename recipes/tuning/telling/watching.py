"""Watching a sweep: one live table, or a line per trial; and its books.

Everything is read from the folder, so that it is all one who does the trials:
this process, or workers.
"""

import time

from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from callbacks.progress import minutes
from recipes.tuning.names import ENDED_COMPLETED
from recipes.tuning.ranges import places
from recipes.tuning.telling import hparams, trials_csv
from recipes.tuning.telling.printed import (
    epochs,
    how,
    median_seconds,
    number,
    pairs,
)
from recipes.tuning.telling.records import Records, best_of


class Watch:
    """Says how a sweep goes, and writes trials.csv as its trials end.

    Use it as a context, around what does the trials; call `tick` whenever
    something may have ended, at most once a second or so.

    Args:
        path: The sweep's folder.
        about: Its `Settings`.
        console: A `rich.console.Console`. A terminal has one live table,
            another one line per trial that has ended, a quiet one nothing.
        workers: How many trials are done at a time.
        tensorboard: Whether to write TensorBoard's HParams too.
    """

    def __init__(self, path, about, console, workers=1, tensorboard=False):
        self.path, self.about, self.console = path, about, console
        self.workers, self.tensorboard = workers, tensorboard
        self.places = places(about.recipe)
        self.records = Records(path, about.objective)
        self._seen, self._began = set(), {}
        self._beats, self._live, self._lost = None, None, False
        self._started = False

    def __enter__(self):
        done = [t for t in self.records.read() if t["ended"]]
        self._seen = {trial["trial"] for trial in done}
        if self.console.is_terminal and not self.console.quiet:
            self._live = Live(
                get_renderable=self.table,
                console=self.console,
                refresh_per_second=2,
            )
            self._live.start()
        elif done:
            self.say(f"{self._count(done, ' trials')} lie there already")
        return self

    def __exit__(self, *error):
        if self._live is not None:
            self._live.stop()
        self.tick()

    def ended(self, found):
        """Hear of the result of a trial, from the process that did it."""
        self.tick()

    def tick(self, beats=None):
        """Read the folder: say what has ended since, and write it down.

        Args:
            beats: Worker → its last heartbeat (with `trial` and `epoch`) or
                None, where there are workers.
        """
        self._beats = beats
        trials = self.records.read()
        if self._live is None:
            if self._starting() and not self._started:
                self.say(self._starting())
            self._started = True
            for trial in trials:
                if trial["ended"] and trial["trial"] not in self._seen:
                    self._seen.add(trial["trial"])
                    self.say(self._line(trial, trials))
        try:
            trials_csv.write(self.path, trials, self.places)
            if self.tensorboard:
                hparams.write(self.path, trials, self.places, self.about)
            self._lost = False
        except OSError as error:  # no reason to lose a trial
            if not self._lost:
                self.say(f"{self.path}: {error}")
            self._lost = True

    def table(self):
        """Return what stands on a terminal while the sweep goes on."""
        trials = self.records.read()
        running = self._running(trials)
        done = [trial for trial in trials if trial["ended"]]
        failed = sum(trial["ended"] != ENDED_COMPLETED for trial in done)
        words = [f"{self._count(done, ' trials')} done", f"{failed} failed"]
        words.append(self._starting() or f"{len(running)} running")
        left = self._left(trials)
        if left is not None:
            words.append(f"left {minutes(left)}")
        lines = [Text(", ".join(words))]
        best = best_of(trials, self.about.direction)
        if best is not None:
            lines.append(Text(f"best {self._score(best)}", "bold"))
        return Group(*lines, self._rows(running)) if running else Group(*lines)

    def _rows(self, running):
        table = Table(box=None, header_style="dim", pad_edge=False)
        table.add_column("trial")
        table.add_column("epoch", justify="right")
        table.add_column("s", justify="right")
        table.add_column("values")
        for trial, fit, epoch in running:
            since = self._began.setdefault(trial["trial"], time.monotonic())
            several = self.about.executions_per_trial > 1
            table.add_row(
                Text(trial["trial"]),
                Text(f"fit {fit}, {epoch}" if several else f"{epoch}"),
                Text(f"{time.monotonic() - since:.0f}"),
                Text(pairs(trial["values"], self.places)),
            )
        return table

    def _starting(self):
        """Return words while no worker has said anything yet."""
        if not self._beats or any(self._beats.values()):
            return ""
        count = len(self._beats)
        return f"starting {count} worker{'s' * (count > 1)}"

    def _running(self, trials):
        """Return (trial, fit, epoch) of those that somebody is at."""
        beats = [beat for beat in (self._beats or {}).values() if beat]
        named = {beat.trial for beat in beats}
        found = []
        for trial in trials:
            if trial["ended"] or (beats and trial["trial"] not in named):
                continue
            found.append((trial, *self.records.epoch(trial["trial"])))
        return found

    def _count(self, done, noun=""):
        total = self.about.max_trials
        found = f"{len(done)} of {total}" if total else str(len(done))
        one = (total or len(done)) == 1
        return found + (noun.removesuffix("s") if one else noun)

    def _left(self, trials):
        """Return the seconds that are left, or None while nothing tells."""
        typical, total = median_seconds(trials), self.about.max_trials
        if typical is None or total is None:
            return None
        done = sum(trial["ended"] is not None for trial in trials)
        return typical * max(0, total - done) / self.workers

    def _line(self, trial, trials):
        """Return the line of a trial that has ended."""
        done = [t for t in trials if t["ended"]]
        words = [f"trial {trial['trial']}", self._count(done)]
        if trial["ended"] == ENDED_COMPLETED and trial["score"] is not None:
            best = best_of(trials, self.about.direction)["trial"]
            mark = " (best)" if best == trial["trial"] else ""
            score = number(trial["score"])
            words.append(f"{self.about.objective} {score}{mark}")
        else:
            words.append(how(trial))
        words.append(pairs(trial["values"], self.places))
        if epochs(trial):
            words.append(f"{epochs(trial)} epoch{'s' * (epochs(trial) > 1)}")
        if trial.get("seconds"):
            words.append(f"{trial['seconds']:.1f} s")
        left = self._left(trials)
        if left and not trial.get("vectorized"):  # those end together
            words.append(f"left {minutes(left)}")
        return "  ".join(words)

    def _score(self, trial):
        values = pairs(trial["values"], self.places)
        score = f"{self.about.objective} {number(trial['score'])}"
        return f"{score}: trial {trial['trial']}  {values}"

    def say(self, line):
        """Print a line; above the live table, where there is one."""
        plain = {"markup": False, "highlight": False, "soft_wrap": True}
        self.console.print(line, **plain)
