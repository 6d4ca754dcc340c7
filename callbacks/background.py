"""One thing at a time, done beside the training."""

import threading


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
        self._thread = self._error = None

    @property
    def busy(self):
        """Whether a call is still running."""
        return self._thread is not None and self._thread.is_alive()

    def begin(self, call, *arguments):
        """Wait for the call before, raise its error, and begin another."""
        self.wait()
        self._thread = threading.Thread(
            target=self._run, args=(call, arguments)
        )
        self._thread.start()

    def wait(self):
        """Wait until nothing runs; raise the error of what has failed."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        error, self._error = self._error, None
        if error is not None:
            raise error

    def _run(self, call, arguments):
        try:
            call(*arguments)
        except BaseException as error:
            self._error = error
