"""The geometry of the device renderer: one resampling of a batch.

Every pixel of the output computes where it is read, and gathers its four
neighbors there from a flat stack of the picture and what it is averaged to.
"""

import math

import numpy as np
from keras import ops

from augment.drawn import times

_SHRINK, _REACH, _CLOSE = 1.5, 2.0, 1e-4  # as on the host
_ZOOM = 2  # how far the steps may shrink beyond input size / output size
_FAR = 1e9  # pixels


def resampled(images, drawn, fill_mode, fill_value, smooth):
    """Return the images as the `Drawn` maps them, each read once.

    Args:
        images: float32 of shape (n, height, width, channels).
        drawn: The `Drawn` of these images.
        fill_mode: As of `Policy`.
        fill_value: As of `Policy`.
        smooth: Whether to interpolate, and to average where it shrinks.
    """
    size = images.shape[1:3]
    linear, offset = _straight(drawn)
    x, y = _places(drawn)
    x, y, held = _held(x, y, drawn, linear, offset, size)
    most = most_levels(size, drawn.output) if smooth else (0, 0)
    stack, starts = _stack(images, most)
    down, across = _levels(linear, most)
    start = ops.take(starts, down * (most[1] + 1) + across)
    first = ops.arange(ops.shape(images)[0], dtype="int32") * stack.shape[1]
    start = (start + first)[:, None]
    x, width = _averaged(x, across, size[1], most[1])
    y, height = _averaged(y, down, size[0], most[0])
    x, y = _clamped(x, width, held), _clamped(y, height, held)
    flat = ops.reshape(stack, (-1, images.shape[-1]))

    def read(column, row):
        return ops.take(flat, start + row[0] * width + column[0], axis=0)

    def filled(column, row):
        if fill_mode != "constant":
            return read(column, row)
        inside = ops.logical_and(column[1], row[1])[..., None]
        return ops.where(inside, read(column, row), fill_value)

    if not smooth:
        column = _within(ops.floor(x + 0.5), width, fill_mode)
        row = _within(ops.floor(y + 0.5), height, fill_mode)
        found = filled(column, row)
    else:
        left, top = ops.floor(x), ops.floor(y)
        part_x, part_y = (x - left)[..., None], (y - top)[..., None]
        columns = [_within(left + i, width, fill_mode) for i in (0.0, 1.0)]
        found = 0.0
        for j, share in enumerate((1.0 - part_y, part_y)):
            row = _within(top + float(j), height, fill_mode)
            line = (1.0 - part_x) * filled(columns[0], row)
            found = found + share * (line + part_x * filled(columns[1], row))
    return ops.reshape(found, (-1, *drawn.output, images.shape[-1]))


def _straight(drawn):
    """Return the whole map of output to input, but for the lens."""
    if drawn.lens is None:
        return drawn.linear, drawn.offset
    first, start = drawn.lens[3]
    linear = drawn.compose(first, drawn.linear)
    return linear, times(ops, first, drawn.offset) + start


def _places(drawn):
    """Return x and y of shape (n, pixels): where the output is read."""
    height, width = drawn.output
    down, across = np.mgrid[:height, :width].astype("float32")
    points = across.reshape(1, -1), down.reshape(1, -1)
    if drawn.lens is None:
        return _mapped(drawn.linear, drawn.offset, *points)
    k, center, radius, (first, start) = drawn.lens
    k, radius = k[:, None], radius[:, None]
    x, y = _mapped(drawn.linear, drawn.offset, *points)
    x, y = x - center[:, 0:1], y - center[:, 1:2]
    squared = (x / radius) ** 2 + (y / radius) ** 2
    factor = (1.0 + k * squared) / (1.0 + ops.maximum(k, 0.0))
    x, y = x * factor + center[:, 0:1], y * factor + center[:, 1:2]
    return _mapped(first, start, x, y)


def _mapped(linear, offset, x, y):
    return [
        linear[:, i, 0, None] * x
        + linear[:, i, 1, None] * y
        + offset[:, i : i + 1]
        for i in (0, 1)
    ]


def _held(x, y, drawn, linear, offset, size):
    """Keep the reading inside where a whole box of the input is scaled.

    Return x, y, and which images show an upright box of the input, of whole
    pixels or not: half a pixel beyond its edge is no outside to be filled.
    """
    out = np.array(drawn.output[::-1], "float32")
    most = np.array(size[::-1], "float32")
    scale = ops.stack([linear[:, 0, 0], linear[:, 1, 1]], axis=-1)
    ends = offset - scale / 2.0, offset + scale * (out - 0.5)
    low, high = ops.minimum(*ends) + 0.5, ops.maximum(*ends) + 0.5
    first, last = ops.round(low), ops.round(high)
    away = ops.maximum(ops.abs(first - low), ops.abs(last - high))
    slant = ops.abs(linear[:, 0, 1]) + ops.abs(linear[:, 1, 0])
    close = _CLOSE * float(out.max())
    inside = ops.logical_and(low >= -close, high <= most + close)
    held = ops.logical_and(slant <= 1e-6, ops.all(inside, axis=-1))
    if drawn.lens is not None:
        held = ops.logical_and(held, drawn.lens[0] == 0.0)
    whole = ops.logical_and(held, ops.max(away, axis=-1) < close)[:, None]
    low = ops.where(whole, first, -_FAR)
    high = ops.where(whole, last - 1.0, _FAR)
    x = ops.minimum(ops.maximum(x, low[:, 0:1]), high[:, 0:1])
    y = ops.minimum(ops.maximum(y, low[:, 1:2]), high[:, 1:2])
    return x, y, held[:, None]


def _clamped(place, size, held):
    """Return places that are inside a picture of a size, where `held`."""
    last = ops.cast(size, "float32") - 1.0
    inside = ops.minimum(ops.maximum(place, 0.0), last)
    return ops.where(held, inside, place)


def most_levels(size, output):
    """Return how often (height, width) are halved at most, when compiled.

    Example:

    >>> most_levels((512, 512), (224, 224))
    (2, 2)
    """
    shrink = max(1.0, *(i / o for i, o in zip(size, output, strict=True)))
    levels = int(math.log2(_ZOOM * shrink / _SHRINK)) + 1
    return tuple(min(levels, int(math.log2(side))) for side in size)


def _levels(linear, most):
    """Return how often each image's (height, width) are halved."""
    across, down = linear[:, 0], linear[:, 1]
    area = across[:, 0] * down[:, 1] - across[:, 1] * down[:, 0]
    both = _count(ops.sqrt(ops.abs(area)), _SHRINK, max(most))
    factor = ops.take(_powers(max(most)), both)
    found = []
    for row, limit in ((down, most[0]), (across, most[1])):
        reach = ops.sqrt(ops.sum(row**2, axis=-1)) / factor
        level = both + _count(reach, _REACH, limit)
        found.append(ops.minimum(level, limit))
    return found


def _count(scale, from_, most):
    """Return how often a scale is halved until it is below a limit."""
    level = ops.cast(ops.zeros_like(scale), "int32")
    for k in range(most):
        level = level + ops.cast(scale >= from_ * 2.0**k, "int32")
    return level


def _averaged(place, level, size, most):
    """Return places in an averaged picture, and its size."""
    side = ops.take(_powers(most), level)[:, None]
    sizes = size // _powers(most).astype("int32")
    return (place + 0.5) / side - 0.5, ops.take(sizes, level)[:, None]


def _powers(most):
    return 2.0 ** np.arange(most + 1, dtype="float32")


def _stack(images, most):
    """Return the picture with each side halved up to so often, and starts.

    One after another in a flat row: the first is the picture itself; what is
    halved across comes first.
    """
    channels, flat, starts, start = images.shape[-1], [], [], 0
    for down in range(most[0] + 1):
        images = _halved(images, 1) if down else images
        narrow = images
        for across in range(most[1] + 1):
            narrow = _halved(narrow, 2) if across else narrow
            pixels = narrow.shape[1] * narrow.shape[2]
            flat.append(ops.reshape(narrow, (-1, pixels, channels)))
            starts.append(start)
            start += pixels
    stack = flat[0] if len(flat) == 1 else ops.concatenate(flat, axis=1)
    return stack, np.array(starts, "int32")


def _halved(images, axis):
    shape = list(images.shape)
    shape[0], shape[axis] = -1, shape[axis] // 2
    shape.insert(axis + 1, 2)
    even = images[:, : 2 * shape[axis]]
    if axis == 2:
        even = images[:, :, : 2 * shape[axis]]
    return ops.mean(ops.reshape(even, shape), axis=axis + 1)


def _within(place, size, fill_mode):
    """Return (a place inside, whether it was inside) of whole numbers."""
    place = ops.cast(place, "int32")
    inside = ops.logical_and(place >= 0, place < size)
    if fill_mode == "wrap":
        place = ops.mod(place, size)
    elif fill_mode == "reflect":
        place = ops.mod(place, 2 * size)
        place = ops.minimum(place, 2 * size - 1 - place)
    else:
        place = ops.maximum(ops.minimum(place, size - 1), 0)
    return place, inside
