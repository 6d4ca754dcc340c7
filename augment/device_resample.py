"""The geometry of the device renderer: one resampling of a batch.

Every pixel of the output computes where it is read, and gathers its four
neighbors there from a flat stack of the picture and what it is averaged to.
"""

import numpy as np
from keras import ops

from augment.device_shrink import averaged, levels, most_levels, softness, stack
from augment.drawn import times

_CLOSE = 1e-4  # pixels, as on the host
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
    down, across = levels(linear, most)
    soft = softness(linear, (down, across), most) if smooth else None
    pictures, starts = stack(images, most, soft)
    start = ops.take(starts, down * (most[1] + 1) + across)
    first = ops.arange(ops.shape(images)[0], dtype="int32") * pictures.shape[1]
    start = (start + first)[:, None]
    x, width = averaged(x, across, size[1], most[1])
    y, height = averaged(y, down, size[0], most[0])
    x, y = _clamped(x, width, held), _clamped(y, height, held)
    flat = ops.reshape(pictures, (-1, images.shape[-1]))

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
