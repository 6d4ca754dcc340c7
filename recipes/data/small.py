"""A sample of a split as short vectors: what simple models and rules see."""

import cv2
import numpy as np

MOST = 2000  # rows that are looked at
SIDE = 16  # pixels of the longer side that pictures are shrunk to
CHUNK = 64  # pictures that are in memory in their full size


def sample(count, most=MOST):
    """Return places of a split, in order: all, or as many drawn at random.

    The first rows may be of one class, and evenly spaced ones too, where
    classes take turns. The draw is the same each time.

    >>> sample(4).tolist(), len(sample(5000))
    ([0, 1, 2, 3], 2000)
    """
    if count <= most:
        return np.arange(count)
    drawn = np.random.default_rng(0).choice(count, most, replace=False)
    return np.sort(drawn)


def vectors(split, places):
    """Return a vector per example, (rows, features).

    Pictures are float32, shrunk to 16 pixels of their longer side, a few at a
    time; the columns of tables float64.

    Args:
        split: A split of pictures, or of a table.
        places: Which rows of it.
    """
    if len(split.source.shape) < 3:
        return split.read(places).astype("float64")
    parts = [
        _shrunk(split.read(places[start : start + CHUNK]).astype("float32"))
        for start in range(0, len(places), CHUNK)
    ]
    return np.concatenate(parts)


def _shrunk(pictures):
    height, width = pictures.shape[1:3]
    part = min(1.0, SIDE / max(height, width))
    if part < 1.0:
        size = max(1, round(width * part)), max(1, round(height * part))
        area = cv2.INTER_AREA
        pictures = np.stack(
            [cv2.resize(p, size, interpolation=area) for p in pictures]
        )
    return pictures.reshape(len(pictures), -1)
