"""Measured numbers in words, and figures for them."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

COLORS = (
    "#4477aa",
    "#cc6677",
    "#228833",
    "#ccbb44",
    "#66ccee",
    "#aa3377",
    "#555555",
    "#ee7733",
)


def spread(values, digits=2):
    """Write mean ± deviation over the seeds, to so many digits.

    Example:

    >>> spread([0.5, 0.6, 0.7]), spread([4.0], 3)
    ('0.6 ± 0.1', '4')
    """
    mean = _rounded(np.mean(values), digits)
    if len(values) < 2:
        return mean
    return f"{mean} ± {_rounded(np.std(values, ddof=1), 1)}"


def _rounded(number, digits):
    return f"{float(f'{number:.{digits}g}'):g}"


def share(values):
    """Write shares as a percentage, mean ± deviation over the seeds.

    Example:

    >>> share([0.5, 0.6, 0.7])
    '60 ± 10 %'
    """
    return f"{spread([100 * value for value in values], 3)} %"


def new_figure(width, height):
    """Return a figure that needs no display."""
    figure = Figure((width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure
