"""Averaging a batch before it is read, where it shrinks: as on the host.

How much is another for each image, so all that could be needed is computed:
the picture with its sides halved up to so often, in one flat stack.
"""

import math

import numpy as np
from keras import ops

from augment.shrink import FIRMEST, REACH, SHRINK, SLOPE, SOFTEST

_ZOOM = 2  # how far the steps may shrink beyond input size / output size


def most_levels(size, output):
    """Return how often (height, width) are halved at most, when compiled.

    Example:

    >>> most_levels((512, 512), (224, 224))
    (2, 2)
    """
    shrink = max(1.0, *(i / o for i, o in zip(size, output, strict=True)))
    levels = int(math.log2(_ZOOM * shrink / SHRINK)) + 1
    return tuple(min(levels, int(math.log2(side))) for side in size)


def levels(linear, most):
    """Return how often each image's (height, width) are halved."""
    across, down = linear[:, 0], linear[:, 1]
    area = across[:, 0] * down[:, 1] - across[:, 1] * down[:, 0]
    both = _count(ops.sqrt(ops.abs(area)), SHRINK, max(most))
    factor = ops.take(_powers(max(most)), both)
    found = []
    for row, limit in ((down, most[0]), (across, most[1])):
        reach = ops.sqrt(ops.sum(row**2, axis=-1)) / factor
        level = both + _count(reach, REACH, limit)
        found.append(ops.minimum(level, limit))
    return found


def softness(linear, levels, most):
    """Return a of each image's filter (a, 1 - 2a, a), as (down, across)."""
    found = []
    for row, level, limit in zip(
        (linear[:, 1], linear[:, 0]), levels, most, strict=True
    ):
        reach = ops.max(ops.abs(row), axis=-1)
        reach = reach / ops.take(_powers(limit), level)
        soft = ops.minimum(SLOPE * (reach - 1.0), SOFTEST)
        found.append(ops.where(soft < FIRMEST, 0.0, soft))
    return found


def _softened(images, soft):
    """Return images after a filter of three pixels along each axis."""
    needed = ops.any(ops.stack(soft) > 0.0)
    return ops.cond(needed, lambda: _filtered(images, soft), lambda: images)


def _filtered(images, soft):
    for axis, share in enumerate(soft, start=1):
        first, last = _sliced(images, axis, None, 1), _sliced(images, axis, -1)
        before = ops.concatenate([first, _sliced(images, axis, None, -1)], axis)
        after = ops.concatenate([_sliced(images, axis, 1), last], axis)
        share = ops.reshape(share, (-1, 1, 1, 1))
        images = images + share * (before + after - 2.0 * images)
    return images


def _sliced(images, axis, start=None, stop=None):
    return images[(slice(None),) * axis + (slice(start, stop),)]


def _count(scale, from_, most):
    """Return how often a scale is halved until it is below a limit."""
    level = ops.cast(ops.zeros_like(scale), "int32")
    for k in range(most):
        level = level + ops.cast(scale >= from_ * 2.0**k, "int32")
    return level


def averaged(place, level, size, most):
    """Return places in an averaged picture, and its size."""
    side = ops.take(_powers(most), level)[:, None]
    sizes = size // _powers(most).astype("int32")
    return (place + 0.5) / side - 0.5, ops.take(sizes, level)[:, None]


def _powers(most):
    return 2.0 ** np.arange(most + 1, dtype="float32")


def stack(images, most, soft):
    """Return the picture with each side halved up to so often, and starts.

    One after another in a flat row: the first is the picture itself; what is
    halved across comes first. Each is filtered, if `soft` says how.
    """
    channels, flat, starts, start = images.shape[-1], [], [], 0
    for down in range(most[0] + 1):
        images = _halved(images, 1) if down else images
        narrow = images
        for across in range(most[1] + 1):
            narrow = _halved(narrow, 2) if across else narrow
            pixels = narrow.shape[1] * narrow.shape[2]
            filtered = narrow if soft is None else _softened(narrow, soft)
            flat.append(ops.reshape(filtered, (-1, pixels, channels)))
            starts.append(start)
            start += pixels
    whole = flat[0] if len(flat) == 1 else ops.concatenate(flat, axis=1)
    return whole, np.array(starts, "int32")


def _halved(images, axis):
    shape = list(images.shape)
    shape[0], shape[axis] = -1, shape[axis] // 2
    shape.insert(axis + 1, 2)
    even = images[:, : 2 * shape[axis]]
    if axis == 2:
        even = images[:, :, : 2 * shape[axis]]
    return ops.mean(ops.reshape(even, shape), axis=axis + 1)
