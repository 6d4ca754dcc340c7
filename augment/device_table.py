"""The tables of the device renderer: 256 levels, one after another."""

import numpy as np
from keras import ops


def looked_up(images, found):
    """Return the images with their values looked up.

    Images that nothing changes keep all their digits.

    Args:
        images: float32 in [0, 1] of shape (n, height, width, channels).
        found: `auto_contrast`, `equalize` (1 for on), `solarize` (threshold
            in [0, 1], or above), `posterize` (bits), as far as drawn.
    """
    levels, changed = ops.round(images * 255.0), False
    for name, change in _CHANGES.items():
        if name in found:
            on, values = change(levels, found[name][:, None, None, None])
            levels = ops.where(on, values, levels)
            changed = ops.logical_or(changed, on)
    return ops.where(changed, levels / 255.0, images)


def _stretched(levels, on):
    low = ops.min(levels, axis=(1, 2), keepdims=True)
    high = ops.max(levels, axis=(1, 2), keepdims=True)
    scale = 255.0 / ops.maximum(high - low, 1.0)
    values = ops.clip(ops.round((levels - low) * scale), 0.0, 255.0)
    return on > 0.5, ops.where(high > low, values, levels)


def _equalized(levels, on):
    height, width, channels = levels.shape[1:]
    count = ops.shape(levels)[0] * channels
    first = ops.reshape(ops.arange(count, dtype="int32"), (-1, 1, 1, channels))
    places = ops.reshape(ops.cast(levels, "int32") + 256 * first, (-1,))
    ones = ops.ones_like(places, dtype="float32")
    counts = ops.segment_sum(ones, places, num_segments=256 * count)
    total = ops.cumsum(ops.reshape(counts, (-1, 256)), axis=-1)
    # The first total above 0 is the count of the lowest level.
    pixels = float(height * width)
    lowest = ops.where(total > 0.0, total, pixels)
    lowest = ops.min(lowest, axis=-1, keepdims=True)
    scale = 255.0 / ops.maximum(pixels - lowest, 1.0)
    table = ops.clip(ops.round((total - lowest) * scale), 0.0, 255.0)
    same = np.arange(256, dtype="float32")[None]
    table = ops.where(lowest < pixels, table, same)
    values = ops.take(ops.reshape(table, (-1,)), places)
    return on > 0.5, ops.reshape(values, ops.shape(levels))


def _solarized(levels, threshold):
    inverted = levels >= threshold * 255.0
    return threshold <= 1.0, ops.where(inverted, 255.0 - levels, levels)


def _posterized(levels, bits):
    # Looked up, for powers are not exact on every device.
    steps = 2.0 ** (8 - np.arange(9, dtype="float32"))
    step = ops.take(steps, ops.cast(bits, "int32"))
    return bits < 8.0, ops.floor(levels / step) * step


_CHANGES = {  # in the order of the host's table
    "auto_contrast": _stretched,
    "equalize": _equalized,
    "solarize": _solarized,
    "posterize": _posterized,
}
