"""The table of an image: from 256 values to 256 values, a column a channel."""

import cv2
import numpy as np

_VALUES = np.arange(256)


def tables(drawn, count):
    """Return what was drawn for each image's table; None for no change.

    Args:
        drawn: `auto_contrast`, `equalize` (1 for on), `solarize` (threshold
            in [0, 1], or above), `posterize` (bits), as far as drawn: each of
            shape (n,).
        count: Number of images.
    """
    if not drawn:
        return [None] * count
    neutral = np.zeros(count), np.zeros(count), np.full(count, 2.0)
    neutral = *neutral, np.full(count, 8.0)
    names = ("auto_contrast", "equalize", "solarize", "posterize")
    stretch, equalize, threshold, bits = (
        drawn.get(name, none) for name, none in zip(names, neutral, strict=True)
    )
    stretch, equalize = stretch > 0.5, equalize > 0.5
    bits = bits.astype(int)
    changes = stretch | equalize | (threshold <= 1) | (bits != 8)
    rows = zip(
        *(x.tolist() for x in (stretch, equalize, threshold, bits)),
        strict=True,
    )
    return [
        row if change else None
        for row, change in zip(rows, changes.tolist(), strict=True)
    ]


def lookup_table(image, found, top):
    """Return the table, uint8 (256, 1, channels); one channel for all alike.

    Args:
        image: uint8, or floats in [0, 1].
        found: (whether stretched, whether equalized, threshold, bits).
        top: The value of white.
    """
    stretch, equalize, threshold, bits = found
    columns = [_VALUES]
    if stretch or equalize:
        counts = histograms(image, top)
        columns = [_of_counts(c, stretch, equalize) for c in counts]
    table = np.stack(columns, axis=-1)[:, None]
    if threshold <= 1:
        table = np.where(table >= threshold * 255, 255 - table, table)
    return np.ascontiguousarray(table & (256 - 2 ** (8 - bits)), "uint8")


def histograms(image, top):
    """Return how often each of the 256 levels comes, channel by channel."""
    if top == 1:
        image = np.rint(image * 255).astype("uint8")
    counts = [
        cv2.calcHist([image], [channel], None, [256], [0, 256]).ravel()
        for channel in range(image.shape[-1])
    ]
    return np.stack(counts)


def _of_counts(counts, stretch, equalize):
    if not stretch:
        return equalized(counts)
    table = stretched(np.flatnonzero(counts))
    if equalize:
        seen = np.bincount(table, weights=counts, minlength=256)
        table = equalized(seen)[table]
    return table


def stretched(present):
    """Map the lowest level that is present to 0, and the highest to 255."""
    low, high = present[0], present[-1]
    if low == high:
        return _VALUES
    return np.clip(
        np.rint((_VALUES - low) * (255 / (high - low))), 0, 255
    ).astype(int)


def equalized(counts):
    """Map each level to its share of the darker pixels, 0 to 255.

    `round(255 · (C(v) - C₀) / (n - C₀))`, C the cumulative counts and C₀ that
    of the lowest level.
    """
    total = np.cumsum(counts)
    lowest = total[np.flatnonzero(counts)[0]]
    if total[-1] == lowest:
        return _VALUES
    table = np.rint((total - lowest) * (255 / (total[-1] - lowest)))
    return np.clip(table, 0, 255).astype(int)
