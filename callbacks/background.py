"""One thing at a time, done beside the training."""

import threading

_begun = {}  # what is waited for → the thread that has begun it


class Background:
    """Runs one call at a time in a thread; its error comes back.

    The thread is no daemon: a process that ends waits for it, so that what
    has begun to be written is written.

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

    def __deepcopy__(self, memo):
        """Return one that runs nothing: Keras Tuner copies callbacks."""
        return Background()

    @property
    def busy(self):
        """Whether a call is still running."""
        return not self._done.is_set()

    def begin(self, call, *arguments):
        """Wait for the call before, raise its error, and begin another."""
        self.wait()
        thread = threading.Thread(target=self._run, args=(call, arguments))
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

    def _run(self, call, arguments):
        try:
            call(*arguments)
        except BaseException as error:
            self._error = error
        finally:
            self._end()

    def _end(self):
        _begun.pop(self._done, None)
        self._done.set()


def running():
    """Return an event for each call that this thread has begun and that runs.

    It is set when the call has ended.
    """
    ours = threading.get_ident()
    return [done for done, begun in list(_begun.items()) if begun == ours]
