"""How long a fit takes, by those that were measured."""

import numpy as np
from scipy.optimize import nnls

OLDER = 0.97  # weight of a fit, by that of the one after it
EACH = 0.4  # of a fit's seconds, apart from its epochs; counts as one fit


class Pace:
    """Seconds of fits: `once + each + epochs · per_epoch`.

    `once` is spent by the first fit of a sweep, on tracing; `each` by every
    fit, on setting up and scoring. Both, and `per_epoch`, are least squares
    of the fits so far, none below 0, with less weight for older ones. Fits of
    as many epochs do not tell `each` from `per_epoch`: that `each` is 0.4 of
    them counts as one fit.

    Args:
        rows: [whether it was a sweep's first, epochs, seconds] of each fit;
            the list is added to.

    Example:

    >>> pace = Pace([[1, 2, 5.0], [0, 2, 1.0]])
    >>> round(pace.sweep(1, 2), 2), round(pace.sweep(2, 4), 2)
    (5.0, 7.2)
    """

    def __init__(self, rows):
        self.rows = rows

    @property
    def known(self):
        """Whether a fit was measured."""
        return bool(self.rows)

    def add(self, trials):
        """Measure the fits of a sweep's trials, in the order they began.

        Of trials that were trained as one nothing is known of one fit.
        """
        first = 1
        for trial in trials:
            if trial.get("vectorized"):
                continue
            fits = trial.get("fits") or ()
            for each, epochs in zip(fits, trial["epochs"], strict=False):
                self.rows.append([first, epochs, each["seconds"]])
                first = 0

    def sweep(self, fits, epochs, factor=1.0):
        """Return the seconds expected of a sweep.

        Args:
            fits: How many.
            epochs: Of each.
            factor: What an epoch costs, by one of those measured.
        """
        once, each, per_epoch = self._costs()
        return once + fits * (each + epochs * per_epoch * factor)

    def factor(self, trials):
        """Return what an epoch of trials cost, by one of those measured.

        None where it cannot be told.
        """
        once, each, per_epoch = self._costs()
        rows = Pace([])
        rows.add(trials)
        epochs = sum(row[1] for row in rows.rows)
        if not epochs or not per_epoch:
            return None
        seconds = sum(row[2] for row in rows.rows) - once
        seconds -= each * len(rows.rows)
        return max(0.1, seconds / epochs / per_epoch)

    def _costs(self):
        rows = np.array(self.rows, float)
        weights = OLDER ** np.arange(len(rows))[::-1]
        warm = rows[:, 0] == 0
        if not warm.any():  # one fit alone: half of it is taken for tracing
            epochs, seconds = rows[-1, 1:]
            return seconds / 2, 0.0, seconds / 2 / epochs
        epochs, seconds = rows[warm, 1], rows[warm, 2]
        mean = np.average(seconds, weights=weights[warm])
        # Errors count by the share of what was measured.
        scale = np.sqrt(weights[warm]) / np.maximum(seconds, 1e-3)
        known = np.column_stack([scale, epochs * scale])
        known = np.vstack([known, [1 / mean, 0.0]])
        told = np.append(seconds * scale, EACH)
        (each, per_epoch), _ = nnls(known, told)
        cold = rows[~warm]
        once = 0.0
        if len(cold):
            over = cold[:, 2] - each - cold[:, 1] * per_epoch
            once = np.average(over, weights=weights[~warm])
        return max(0.0, float(once)), float(each), float(per_epoch)
