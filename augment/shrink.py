"""Averaging an image before it is read, where it shrinks: antialiasing."""

import cv2
import numpy as np

SHRINK = 1.5  # input pixels per output pixel from which one is averaged first
REACH = 2  # input pixels that bilinear interpolation reads along a side


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


def _halvings(times):
    """Return how often to halve what must be below 1."""
    return np.floor(np.log2(np.maximum(times, 1e-6))).astype(int) + 1


def shrunk(image, levels):
    """Return the image averaged over boxes of pixels, and their (x, y) sides.

    Args:
        image: Of shape (height, width, channels).
        levels: How often to halve (x, y); less where the image is too small.
    """
    if not any(levels):
        return image, (1, 1)
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
    return image, tuple(sides)


def averaged(matrix, sides):
    """Return a map (2, 3) to an image as the map to the averaged one."""
    if sides == (1, 1):
        return matrix
    sides = np.array(sides)
    offset = (matrix[:, 2] + 0.5) / sides - 0.5
    linear = matrix[:, :2] / sides[:, None]
    return np.concatenate([linear, offset[:, None]], axis=1)
