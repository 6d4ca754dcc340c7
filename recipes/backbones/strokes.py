"""Reliefs of characters: pictures whose height is the distance to the edge.

A relief can be bent and scaled like any picture, and cut at any height: ink of
any boldness, with an edge that stays sharp.
"""

import cv2
import numpy as np

STEP = 10.0  # gray levels of a relief per pixel of distance
PEN = 1.5  # pixels from the axis of a pen's stroke to its edge


def outlines(pictures):
    """Return the reliefs of pictures of characters, as they are printed.

    128 is the edge, 10 more for each pixel inside, 10 less outside.

    Args:
        pictures: uint8 (n, height, width), ink is white.

    Example:

    >>> picture = np.zeros((1, 7, 7), "uint8")
    >>> picture[:, 2:5] = 255
    >>> outlines(picture)[0, :, 3].tolist()
    [113, 123, 133, 143, 133, 123, 113]
    """
    ink = (pictures >= 128).astype("uint8")
    # To the edge between two pixels, not to the middle of the next one.
    inside = _distances(ink) - 0.5
    outside = _distances(1 - ink) - 0.5
    return _relief(np.where(ink, inside, -outside))


def axes(pictures):
    """Return the reliefs of strokes of even width along the characters' axes.

    Args:
        pictures: uint8 (n, height, width), ink is white.

    Example:

    >>> picture = np.zeros((1, 7, 9), "uint8")
    >>> picture[:, 2:5, 1:8] = 255
    >>> axes(picture)[0, :, 4].tolist()
    [113, 123, 133, 143, 133, 123, 113]
    """
    thin = thinned(pictures >= 128)
    return _relief(PEN - _distances(1 - thin))


def thinned(ink):
    """Return strokes of one pixel in the middle of the ink.

    Pixels are taken from the edges, first from below and the right, then from
    above and the left, as long as neither a line breaks nor an end shortens.

    Args:
        ink: Booleans (n, height, width).

    Returns:
        uint8 (n, height, width) of 0 and 1.

    Source: Zhang and Suen, "A fast parallel algorithm for thinning digital
    patterns", 1984.

    Example:

    >>> thinned(np.ones((1, 3, 5), bool))[0].tolist()
    [[0, 0, 0, 0, 0], [0, 1, 1, 0, 0], [0, 0, 0, 0, 0]]
    """
    ink = np.pad(ink.astype("uint8"), ((0, 0), (1, 1), (1, 1)))
    left = np.arange(len(ink))
    while len(left):
        some = ink[left]
        changed = np.zeros(len(some), bool)
        for sides in ((0, 1, 2, 3), (2, 3, 0, 1)):
            gone = _removable(some, sides)
            some[:, 1:-1, 1:-1][gone] = 0
            changed |= gone.any((1, 2))
        ink[left] = some
        left = left[changed]
    return ink[:, 1:-1, 1:-1]


def _removable(ink, sides):
    """Return which pixels a pass takes: those with two of the sides open."""
    rows = (slice(0, -2), slice(1, -1), slice(2, None))
    # Clockwise from above.
    places = [(0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0), (0, 0)]
    around = [ink[:, rows[i], rows[j]] for i, j in places]
    count = sum(around)
    turns = sum(
        (a < b).astype("uint8")
        for a, b in zip(around, around[1:] + around[:1], strict=True)
    )
    up, right, down, left = (around[2 * i] for i in sides)
    closed = (up * right * down) | (right * down * left)
    middle = ink[:, 1:-1, 1:-1] == 1
    return middle & (count >= 2) & (count <= 6) & (turns == 1) & (closed == 0)


def _distances(ones):
    """Return each pixel's distance to the next zero."""
    return np.stack(
        [cv2.distanceTransform(one, cv2.DIST_L2, 5) for one in ones]
    )


def _relief(distances):
    return np.clip(np.rint(128 + STEP * distances), 0, 255).astype("uint8")
