"""The loss of a network that knows nothing of its inputs."""

import math


def chance_loss(target, classes=None):
    """Return the loss of outputs that say nothing.

    log C for one of C classes, log 2 for each of several labels (the loss is
    their mean), 1 for numbers: they are standardized, and so it is their
    variance.

    Args:
        target: `"class"`, `"labels"` or `"number"`.
        classes: How many there are, for `"class"`; two count as two.

    Example:

    >>> round(chance_loss("class", 10), 4), chance_loss("number")
    (2.3026, 1.0)
    """
    if target == "number":
        return 1.0
    return math.log(2 if target == "labels" else classes)
