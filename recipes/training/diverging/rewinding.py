"""What a fit does when it diverges: it stops, or goes back and on."""

import time
from contextlib import nullcontext

import keras

from callbacks import NonFiniteError
from callbacks.state_file import newest_first, place_of, remove_states
from recipes.errors import DivergedError, RecipeError, RunError
from recipes.quiet import many_models
from recipes.training import folder
from recipes.training.diverging import divergence

STOP, REWIND = "stop", "rewind"
MOST = 3  # rewinds of a run
FACTOR = 0.5  # of the learning rate, at each


def check(on_divergence, callbacks):
    """Refuse what cannot be done, before any work.

    Raises:
        RecipeError: For another word, and for a callback that would set the
            learning rate back to what it was.
    """
    if on_divergence not in (STOP, REWIND):
        raise RecipeError(
            '`on_divergence` must be "stop" or "rewind". '
            f"Received: {on_divergence!r}"
        )
    for callback in callbacks if on_divergence == REWIND else ():
        if isinstance(callback, keras.callbacks.LearningRateScheduler):
            raise RecipeError(
                "on_divergence='rewind' lowers the learning rate, and the "
                "callback LearningRateScheduler sets it again. Use the "
                "recipe's `schedule` in its place."
            )


class Divergences:
    """What has diverged in a run so far: divergence.json in its folder.

    Args:
        path: The folder that the run is made in.
        begun: Whether the run goes on there; else what lies there is of
            another.

    Raises:
        RunError: For a damaged file.
    """

    def __init__(self, path, begun):
        self.path = path / folder.DIVERGENCE
        self.found = _read(self.path) if begun and self.path.exists() else []

    @property
    def rewinds(self):
        """How many there were."""
        return sum(each["answer"] == REWIND for each in self.found)

    @property
    def scale(self):
        """What the learning rate is multiplied with by now."""
        return FACTOR**self.rewinds

    def note(self, found, answer):
        """Record a report, and what is done, before it is done."""
        self.found.append({**found, "answer": answer})
        folder.write_json(self.path, {"divergences": self.found})

    def before(self, on_divergence):
        """Answer anew what stopped the run before; say it in lines."""
        if not self.found or self.found[-1]["answer"] == REWIND:
            return []
        last = self.found[-1]
        said = f"it diverged before, in epoch {last['epoch']}"
        if on_divergence == REWIND and self.rewinds < MOST:
            last["answer"] = REWIND
            folder.write_json(self.path, {"divergences": self.found})
            return [f"{said}: {_lower(self)}"]
        mend = "on_divergence='rewind' (--on-divergence rewind) goes on at "
        mend += f"{FACTOR:g} of the learning rate"
        if self.rewinds >= MOST:
            mend = f"all {MOST} rewinds are used up"
        return [f"{said}, and does again if nothing else is changed; {mend}"]


def train_on(attempt, divergences, begin, train, console):
    """Train, and rewind as often as that is allowed.

    Args:
        attempt: The `Attempt`.
        divergences: Of the run.
        begin: Called once with (plan, checkpoint), before the first step.
        train: Called with (plan, callbacks, console); trains, and returns
            the history.
        console: Says each rewind in a line.

    Returns:
        (plan, callbacks, history, seconds).

    Raises:
        DivergedError: With the report.
    """
    while True:
        scale = divergences.scale
        try:
            with nullcontext() if begin else many_models():
                return _once(attempt, scale, begin, train, console)
        except NonFiniteError as error:
            stop = error.with_traceback(None)  # its models may go
        with many_models():
            found = divergence.report(attempt, scale, stop)
        allowed = attempt.how["on_divergence"] == REWIND
        again = allowed and divergences.rewinds < MOST
        if again:
            _go_back(attempt.work, divergences, found)
        divergences.note(found, REWIND if again else STOP)
        if not again:
            kept = _kept(attempt)
            if allowed:
                kept = f"{MOST} rewinds did not help. {kept}"
            raise DivergedError(divergence.words(found, kept)) from None
        first = divergence.words(found, "").splitlines()[0]
        console.print(f"{first} {_lower(divergences)}")
        begin = None


def _go_back(work, divergences, found):
    """Choose where a rewind goes on: one further back where one was no help.

    A kill before it is noted comes to the same place again.
    """
    files = newest_first(work / folder.CHECKPOINT)
    places = [list(place_of(path)) for path in files]
    last = divergences.found[-1] if divergences.found else {}
    if len(places) > 1 and last.get("to") == places[0]:
        del places[0]
        remove_states(work / folder.CHECKPOINT, tuple(places[0]))
    found["to"] = places[0] if places else None


def _once(attempt, scale, begin, train, console):
    plan, hooked = attempt.begin(scale)
    if begin is not None:
        begin(plan, hooked[-1])
    began = time.perf_counter()
    history = train(plan, hooked, console)
    seconds = hooked[-1].seconds + time.perf_counter() - began
    return plan, hooked, history, seconds


def _lower(divergences):
    return (
        f"rewind {divergences.rewinds} of {MOST}: on from the last good state, "
        f"at {divergences.scale:g} of the learning rate"
    )


def _kept(attempt):
    """Say what is left to go on from, and where all is told."""
    path = attempt.work
    last = newest_first(path / folder.CHECKPOINT)
    left = "There was no checkpoint before it"
    if last:
        epoch, step = place_of(last[0])
        left = f"The last good checkpoint, of epoch {epoch}"
        left += f" and {step} steps, stays" if step else ", stays"
    return f"{left}; {path / folder.DIVERGENCE} tells all."


def _read(path):
    """Read what has diverged.

    Raises:
        RunError: For a damaged file.
    """
    found = folder.read_json(path)
    rows = found.get("divergences") if isinstance(found, dict) else None
    fine = isinstance(rows, list) and all(
        isinstance(row, dict)
        and row.get("answer") in (STOP, REWIND)
        and isinstance(row.get("epoch"), int)
        for row in rows
    )
    if not fine or sum(row["answer"] == REWIND for row in rows) > MOST:
        raise RunError(
            f"{path} is not what a run writes. Begin anew with overwrite=True "
            "(--overwrite on the command line)."
        )
    return rows
