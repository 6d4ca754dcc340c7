"""Averages of the weights, as what an optimizer is told."""


def exponential_moving_average(momentum=0.99):
    """Judge and save a moving average of the weights, not the last ones.

    Use it where the validation score jumps from epoch to epoch, as with high
    or constant learning rates. It costs one copy of the weights.

    `average ← momentum · average + (1 − momentum) · weight`

    after each batch, beginning at the weights of the first. It remembers
    about 1 / (1 − momentum) batches, so that 0.99 needs runs of several
    hundred. When gradients accumulate, the batches between two updates count
    too.

    Validation, early stopping, scores and the saved model have the averages
    (`callbacks.AveragedWeights`); training goes on from the raw weights. The
    moving statistics of batch normalization are not averaged: set
    `precise_batch_normalization=True` beside it.

    Args:
        momentum: Share of the old average that is kept, from 0 (no average)
            and below 1.

    Returns:
        Arguments of the optimizer.

    Raises:
        ValueError: For a `momentum` out of range.

    Reference: Polyak and Juditsky, 1992; Tarvainen and Valpola, 2017,
        arXiv:1703.01780.

    Example:

    >>> exponential_moving_average(0.9)
    {'use_ema': True, 'ema_momentum': 0.9}
    """
    number = isinstance(momentum, (int, float)) and momentum is not True
    if not number or momentum is False or not 0 <= momentum < 1:
        raise ValueError(
            f"`momentum` must be at least 0 and below 1. Received: {momentum!r}"
        )
    return {"use_ema": True, "ema_momentum": float(momentum)}
