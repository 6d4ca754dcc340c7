"""Stages: what `cnn` and `resnet` share."""


def stages(filters, depth):
    """Pair each stage's filters with its depth.

    Args:
        filters: Channels of each stage.
        depth: Blocks per stage: one number for all, or one per stage.

    Raises:
        ValueError: For anything else.

    Example:

    >>> stages((32, 64), 2)
    [(32, 2), (64, 2)]
    """
    if not isinstance(filters, tuple) or not filters:
        raise ValueError(
            f"`filters` must be a list such as [32, 64]. Received: {filters!r}"
        )
    each = depth if isinstance(depth, tuple) else (depth,) * len(filters)
    if len(each) != len(filters) or any(
        isinstance(d, bool) or not isinstance(d, int) or d < 1 for d in each
    ):
        raise ValueError(
            "`depth` must be a whole number of at least 1, or one for each of "
            f"the {len(filters)} stages. Received: {depth!r}"
        )
    return list(zip(filters, each, strict=True))
