"""One thing at a time, done beside the training."""

import contextlib
import os
import sys
import threading
import time

_begun = {}  # what is waited for → the thread that has begun it


class Background:
    """Runs one call at a time in a thread; its error comes back.

    The thread is no daemon: a process that ends waits for it, so that what
    has begun to be written is written. On Linux it takes the processors that
    nothing else wants: training goes on as if it were not there.

    Attributes:
        seconds: Of a processor, that the last call took; 0 before.

    Example:

    >>> background = Background()
    >>> done = []
    >>> background.begin(done.append, "written")
    >>> background.wait()
    >>> done
    ['written']
    """

    def __init__(self):
        self._error, self._done = None, threading.Event()
        self._done.set()
        self.seconds = 0.0

    def __deepcopy__(self, memo):
        """Return one that runs nothing: Keras Tuner copies callbacks."""
        return Background()

    @property
    def busy(self):
        """Whether a call is still running."""
        return not self._done.is_set()

    def begin(self, call, *arguments, now=False):
        """Wait for the call before, raise its error, and begin another.

        Args:
            call: A function.
            *arguments: Its own.
            now: Whether it takes part in the processors as others do, since
                the caller waits for it.
        """
        self.wait()
        told = (call, arguments, now)
        thread = threading.Thread(target=self._run, args=told)
        try:
            _begun[self._done] = threading.get_ident()
            self._done.clear()
            thread.start()
        except BaseException:
            if thread not in threading.enumerate():  # it could not begin
                self._end()
            raise

    def wait(self):
        """Wait until nothing runs; raise the error of what has failed.

        Ctrl-C may end the waiting, not the call.
        """
        # After a Ctrl-C in Thread.join, Python takes the thread for ended.
        self._done.wait()
        error, self._error = self._error, None
        if error is not None:
            raise error

    def _run(self, call, arguments, now):
        if not now:
            _make_room()
        began = time.thread_time()
        try:
            call(*arguments)
        except BaseException as error:
            self._error = error
        finally:
            self.seconds = time.thread_time() - began
            self._end()

    def _end(self):
        _begun.pop(self._done, None)
        self._done.set()


def _make_room():
    """Let every other thread run first; elsewhere it would slow them all."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)


def running():
    """Return an event for each call that this thread has begun and that runs.

    It is set when the call has ended.
    """
    ours = threading.get_ident()
    return [done for done, begun in list(_begun.items()) if begun == ours]
