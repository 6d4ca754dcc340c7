"""Averaging an image before it is read, where it shrinks: antialiasing."""

import math

import cv2
import numpy as np

SHRINK = 1.5  # input pixels per output pixel from which one is averaged first
REACH = 2  # input pixels that bilinear interpolation reads along a side
# The filter (a, 1 - 2a, a) before that: a for each pixel above one, at most
# and at least, from 1.15 on. It lets through about what Pillow does.
SLOPE, SOFTEST, FIRMEST = 0.35, 0.25, 0.05
MARGIN = 2  # interpolation reads one pixel more, and the filter another


def levels(linear):
    """Return how often each image is halved first, of shape (n, 2): (x, y).

    Where one output pixel is `SHRINK` or more input pixels wide, bilinear
    interpolation would skip some of them. A side that is still `REACH` or
    more, as a map may shrink one alone, is averaged further.
    """
    scale = np.sqrt(np.abs(np.linalg.det(linear)))[:, None]
    level = np.maximum(0, _halvings(scale / SHRINK))
    reach = np.hypot(linear[..., 0], linear[..., 1])
    return level + np.maximum(0, _halvings(reach / 2**level / REACH))


def softness(linear, levels):
    """Return a of each image's filter (a, 1 - 2a, a), of shape (n, 2): (x, y).

    Args:
        linear: Of the map of output to input, of shape (n, 2, 2).
        levels: How often each image is halved before that.
    """
    # Along a row or a column of the output: aslant it holds finer waves.
    reach = np.abs(linear).max(axis=-1) / 2.0**levels
    soft = np.minimum(SLOPE * (reach - 1), SOFTEST)
    return np.where(soft < FIRMEST, 0.0, soft)


def _halvings(times):
    """Return how often to halve what must be below 1."""
    return np.floor(np.log2(np.maximum(times, 1e-6))).astype(int) + 1


def shrunk(image, levels, soft=(0, 0)):
    """Return the image averaged over boxes of pixels, and their (x, y) sides.

    Args:
        image: Of shape (height, width, channels).
        levels: How often to halve (x, y); less where the image is too small.
        soft: See `softness`.
    """
    if not any(levels):
        return _softened(image, soft), (1, 1)
    height, width = image.shape[:2]
    # 2**(bit_length - 1) is the highest power of two that fits.
    sides = [
        2 ** min(level, side.bit_length() - 1)
        for level, side in zip(levels, (width, height), strict=True)
    ]
    width, height = width // sides[0], height // sides[1]
    image = cv2.resize(
        image[: height * sides[1], : width * sides[0]],
        (width, height),
        interpolation=cv2.INTER_AREA,
    )
    return _softened(image, soft), tuple(sides)


def _softened(image, soft):
    if not any(soft):
        return image
    kernels = [np.array([a, 1 - 2 * a, a], "float32") for a in soft]
    border = cv2.BORDER_REPLICATE
    return cv2.sepFilter2D(image, -1, *kernels, borderType=border)


def part(image, bounds, levels):
    """Return the part of an image that is read, and its (left, top).

    It begins where averages of the whole image begin, and has `MARGIN` more
    of them on all sides, as far as there are.

    Args:
        image: Of shape (height, width, channels).
        bounds: (left, top, right, bottom) of the places that are read.
        levels: How often the part will be halved (x, y).

    Example:

    >>> found, start = part(np.zeros((40, 40, 1)), (9, 0, 16, 39), (1, 0))
    >>> found.shape, start
    ((40, 18, 1), (4, 0))
    """
    found = []
    for axis, level in enumerate(levels):
        side, size = 2**level, image.shape[1 - axis]
        first = math.floor(bounds[axis] / side) - MARGIN
        last = math.ceil(bounds[axis + 2] / side) + MARGIN + 1
        found.append((max(0, first * side), min(size, last * side)))
    (left, right), (top, bottom) = found
    return image[top:bottom, left:right], (left, top)


def averaged(matrix, sides):
    """Return a map (2, 3) to an image as the map to the averaged one."""
    if sides == (1, 1):
        return matrix
    sides = np.array(sides)
    offset = (matrix[:, 2] + 0.5) / sides - 0.5
    linear = matrix[:, :2] / sides[:, None]
    return np.concatenate([linear, offset[:, None]], axis=1)
