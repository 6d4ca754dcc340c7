"""Stages: what the networks share."""


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
    check_widths("filters", filters)
    many = isinstance(depth, (tuple, list))
    each = depth if many else (depth,) * len(filters)
    if len(each) != len(filters) or not all(_counts(d) for d in each):
        raise ValueError(
            "`depth` must be a whole number of at least 1, or one for each of "
            f"the {len(filters)} stages. Received: {depth!r}"
        )
    return list(zip(filters, each, strict=True))


def check_widths(name, values):
    """Refuse what is no list of whole numbers of at least 1.

    Raises:
        ValueError: With the argument's name.

    Example:

    >>> check_widths("units", (64, 64))
    """
    listed = isinstance(values, (tuple, list)) and len(values) > 0
    if not listed or not all(_counts(v) for v in values):
        raise ValueError(
            f"`{name}` must be a list of whole numbers of at least 1, such as "
            f"[32, 64]. Received: {values!r}"
        )


def _counts(value):
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole and value >= 1
