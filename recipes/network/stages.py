"""Stages: what the networks share."""


def stages(filters, depth, usual):
    """Return the widths of each stage's blocks.

    Args:
        filters: Channels of each stage; a list in place of a number gives the
            channels of each of its blocks.
        depth: Blocks per stage: one number for all, one per stage, or None
            for the usual number.
        usual: The network's usual number of blocks per stage.

    Raises:
        ValueError: For anything else, and for a depth beside lists of blocks.

    Example:

    >>> stages((32, 64), None, usual=2)
    [(32, 32), (64, 64)]
    >>> stages(((32, 32), (64,)), None, usual=2)
    [(32, 32), (64,)]
    """
    listed = isinstance(filters, (tuple, list)) and len(filters) > 0
    if listed and any(isinstance(f, (tuple, list)) for f in filters):
        for widths in filters:
            check_widths("filters", widths)
        if depth is not None:
            raise ValueError(
                "`depth` says how many blocks a stage has, and so do the "
                "lists in `filters`; give one of the two. "
                f"Received: filters={filters!r}, depth={depth!r}"
            )
        return [tuple(widths) for widths in filters]
    check_widths("filters", filters)
    depth = usual if depth is None else depth
    many = isinstance(depth, (tuple, list))
    each = depth if many else (depth,) * len(filters)
    if len(each) != len(filters) or not all(_counts(d) for d in each):
        raise ValueError(
            "`depth` must be a whole number of at least 1, or one for each of "
            f"the {len(filters)} stages. Received: {depth!r}"
        )
    return [(f,) * d for f, d in zip(filters, each, strict=True)]


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
