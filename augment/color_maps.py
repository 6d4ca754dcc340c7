"""The linear maps of color that several steps share."""

import math

import numpy as np

from augment.drawn import LUMA

# RGB → luma and two axes of chroma, YIQ (NTSC, 1953).
_YIQ = np.array(
    [LUMA, (0.595716, -0.274453, -0.321263), (0.211456, -0.522591, 0.311135)]
)


def add_brightness(drawn, shift):
    """Add to all values."""
    drawn.bias = drawn.bias + shift[:, None]


def scale_saturation(drawn, factor):
    """Scale the distance of every color from its gray."""
    rows = [
        [
            (1.0 - factor) * luma + (factor if i == j else 0.0)
            for j, luma in enumerate(LUMA)
        ]
        for i in range(3)
    ]
    drawn.color(drawn.matrices(rows))


def turn_hue(drawn, degrees):
    """Turn the chroma plane of YIQ, red towards yellow."""
    angle = degrees * (math.pi / 180)
    cos, sin = drawn.xp.cos(angle), drawn.xp.sin(angle)
    # T⁻¹ (luma + cos · chroma + sin · chroma turned by 90°) T
    back = np.linalg.inv(_YIQ)
    fixed = np.outer(back[:, 0], _YIQ[0])
    chroma = back[:, 1:] @ _YIQ[1:]
    turned = np.outer(back[:, 1], _YIQ[2]) - np.outer(back[:, 2], _YIQ[1])
    rows = [
        [
            float(fixed[i, j])
            + float(chroma[i, j]) * cos
            + float(turned[i, j]) * sin
            for j in range(3)
        ]
        for i in range(3)
    ]
    drawn.color(drawn.matrices(rows))
