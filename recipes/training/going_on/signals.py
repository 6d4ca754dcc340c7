"""Ctrl-C and SIGTERM: a checkpoint is written first, and none is lost."""

import _thread
import signal
import sys
import threading
from contextlib import contextmanager

CAUGHT = ("SIGINT", "SIGTERM")
SOON = 0.05  # seconds, after which a lost Ctrl-C comes again
LATE = 1.0  # seconds, where nobody tells that it is lost


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


@contextmanager
def none_lost(stops=False):
    """Let a Ctrl-C that Python could not raise come again, until it is heard.

    Python calls the handler of a signal wherever it runs code, also in a
    callback of the garbage collector (JAX has one), of a weak reference, or in
    a `__del__`. From there no exception can go on: KeyboardInterrupt is
    printed as ignored, and the work goes on as if nobody had pressed a key.
    `sys.unraisablehook` is told of it; the signal is raised once more, a
    moment later. What else cannot be raised goes to the hook of before. In
    other threads than the main one nothing is changed.

    Args:
        stops: For what has nothing to write when it is interrupted. A Ctrl-C
            that nobody tells of, as below a bare `except` of a library, is
            raised again after a second too, and what C code makes of it, a
            SystemError, becomes KeyboardInterrupt. Only Python's own handler
            is replaced meanwhile.

    Raises:
        KeyboardInterrupt: In the work, or at its end if that comes first.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before, lost = sys.unraisablehook, []
    left = _thread.allocate_lock()
    left.acquire()
    usual = signal.default_int_handler
    stops = stops and signal.getsignal(signal.SIGINT) is usual

    def again(seconds):
        if left.acquire(timeout=seconds):
            left.release()  # for those that wait too
        elif lost:
            lost.clear()
            _thread.interrupt_main()

    def later(seconds):
        lost.append(True)
        # Not at once: this is code that an exception cannot leave either. No
        # threading.Thread, whose locks may be held by what was interrupted.
        _thread.start_new_thread(again, (seconds,))

    def hook(told):
        if issubclass(told.exc_type, KeyboardInterrupt):
            later(SOON)
        else:
            before(told)

    def heard(number, frame):
        later(LATE)
        usual(number, frame)

    sys.unraisablehook = hook
    if stops:
        signal.signal(signal.SIGINT, heard)
    try:
        yield
        if lost:
            raise KeyboardInterrupt
    except Exception as error:
        if lost:
            raise KeyboardInterrupt from error
        raise
    finally:
        lost.clear()
        left.release()
        sys.unraisablehook = before
        if stops:
            signal.signal(signal.SIGINT, usual)
