"""Ctrl-C and SIGTERM in a fit: a checkpoint is written first."""

import signal
import threading
from contextlib import contextmanager

CAUGHT = ("SIGINT", "SIGTERM")


class Interrupted(KeyboardInterrupt):
    """A signal that a fit has answered by writing its state.

    Args:
        number: Of the signal.
    """

    def __init__(self, number):
        super().__init__(signal.Signals(number).name)
        self.number = number


@contextmanager
def written_first(checkpoint, console, words):
    """Let a signal wait until the running step has ended and is written.

    Then whoever handled the signal before gets it: Ctrl-C raises
    KeyboardInterrupt, SIGTERM ends the process. A second one gets there at
    once. In other threads than the main one, signals stay as they are.

    Args:
        checkpoint: The `Checkpoint` of the fit.
        console: Says that the signal has come.
        words: How the run goes on; they follow KeyboardInterrupt as a note.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {}

    def restore():
        while before:
            signal.signal(*before.popitem())

    def answer(number, frame):
        restore()  # a second one leaves at once
        checkpoint.interrupted = Interrupted(number)
        console.print(
            f"{signal.Signals(number).name}: the step is ended and a "
            "checkpoint written; once more leaves at once"
        )

    for number in (getattr(signal, n) for n in CAUGHT if hasattr(signal, n)):
        # What was not set by Python cannot be put back; what is ignored, as
        # below nohup, stays so.
        if signal.getsignal(number) not in (None, signal.SIG_IGN):
            before[number] = signal.signal(number, answer)
    try:
        yield
    except Interrupted as stop:
        console.print(words)
        restore()
        try:
            signal.raise_signal(stop.number)
        except KeyboardInterrupt as error:
            error.add_note(words)
            raise
        stop.add_note(words)
        raise
    finally:
        restore()
