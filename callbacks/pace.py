"""When the next file of a fit is due."""

import time

SHARE = 1 / 30  # of the fit's time, at most, is a processor's for files


class Pace:
    """Files at least an interval apart, and none that would slow the fit.

    None is begun while the one before is still written, and after one that
    took t seconds of a processor none is due for 30 t: at an interval of 1, a
    small network has one each second, one of 300 MB with its optimizer's state
    one in ten.

    Args:
        interval: Least number of seconds between two; 0: one is always due.

    Example:

    >>> pace = Pace(interval=0)
    >>> with pace:
    ...     pass  # what the training waits for
    >>> pace.due(seconds=9.0)
    True
    """

    def __init__(self, interval):
        self.interval, self._taken = interval, 0.0
        self._last = time.monotonic()

    def __enter__(self):
        self._last = time.monotonic()

    def __exit__(self, *_):
        self._taken = time.monotonic() - self._last

    def due(self, seconds):
        """Return whether one is.

        Args:
            seconds: Of a processor, that the last one took beside what the
                training waited for.
        """
        if not self.interval:
            return True
        least = max(self.interval, (self._taken + seconds) / SHARE)
        return time.monotonic() - self._last >= least
