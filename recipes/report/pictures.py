"""Pictures of examples within the page: small PNG files in its own text."""

import base64

import cv2
import numpy as np

from recipes.report.markup import tag

SHORT, LONG = 96, 160  # pixels of the longer side, at least and at most


def picture(image, words):
    """Return an image as an element, its pixels enlarged if they are few.

    Args:
        image: (height, width, 1 or 3) in [0, 1].
        words: What it shows, for those who do not see it.
    """
    pixels = np.round(np.clip(np.nan_to_num(image), 0, 1) * 255)
    pixels = scaled(pixels.astype("uint8"))
    if pixels.ndim == 3 and pixels.shape[-1] == 3:
        pixels = pixels[..., ::-1]  # as OpenCV has them
    _, data = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    coded = base64.b64encode(data.tobytes()).decode("ascii")
    small = max(image.shape[:2]) <= SHORT
    return tag(
        "img",
        src=f"data:image/png;base64,{coded}",
        alt=words,
        width=pixels.shape[1],
        height=pixels.shape[0],
        class_=None if small else "smooth",
    )


def scaled(pixels):
    """Return pixels of a side that can be looked at.

    Few are repeated, whole times; many are averaged.

    >>> scaled(np.zeros((8, 8, 1), "uint8")).shape
    (96, 96, 1)
    >>> scaled(np.zeros((640, 320, 3), "uint8")).shape
    (160, 80, 3)
    """
    height, width = pixels.shape[:2]
    longer = max(height, width)
    if longer > LONG:
        size = [max(1, round(side * LONG / longer)) for side in (width, height)]
        found = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        return found.reshape(*found.shape[:2], -1)
    times = -(-SHORT // longer)
    return np.repeat(np.repeat(pixels, times, 0), times, 1)
