"""Characters as a hand, a scanner and a low resolution leave them."""

from functools import cache

import cv2
import numpy as np

from augment import Policy, RandomRotation, RandomShear, RandomZoom
from augment.counter import uniforms
from recipes.backbones.strokes import STEP

CHUNK = 1024  # pictures that are drawn at once
WAVES = 4  # of the bends, per side
# What is drawn for each picture, in this order, between these limits.
DRAWN = {
    "bend": (0.0, 5.0),  # pixels of the relief
    "pen": (-0.5, 3.0),  # pixels that strokes grow by on each side
    "softness": (1.4, 4.0),  # pixels from no ink to full ink
    "loose": (0.0, 1.0),  # above 0.7: room around the character
    "room": (0.0, 1.0),
    "down": (-0.5, 0.5),  # where the room is
    "right": (-0.5, 0.5),
    "wide": (-0.25, 0.25),  # logarithm of how much more width is seen
    "pixels": (0.0, 1.0),  # logarithmic, from LOWEST to all
    "gamma": (-0.5, 0.5),  # logarithm
    "contrast": (0.5, 1.0),
    "ground": (0.0, 1.0),  # how bright the paper is, as far as contrast allows
    "noise": (0.0, 0.05),  # largest, of 1
    "negative": (0.0, 1.0),  # above 0.5: dark ink on bright paper
}
LOWEST = 8  # pixels per side of the coarsest scan
SLANTS = Policy(
    [
        RandomRotation(20 / 360),
        RandomShear(0.4, 0.1),
        RandomZoom((-0.1, 0.3), (-0.1, 0.3)),
    ],
    fill_mode="constant",
)


def write(reliefs, *, seed, epoch, indices, size=32):
    """Return pictures of characters, no two alike.

    A relief is turned, slanted and bent by slow waves, inked by a pen of some
    width, cut out so that it fills its picture more or less, scanned with 8
    to `size` pixels per side, brought back to `size`, and given a contrast,
    some noise, and dark or bright paper. Each picture is a pure function of
    its relief and (seed, epoch, index).

    Args:
        reliefs: uint8 (n, height, width), as of `strokes.outlines`; square.
        seed: Whole number from 0.
        epoch: Whole number from 0.
        indices: Whole numbers from 0, (n,).
        size: Pixels per side of the pictures.

    Returns:
        uint8 (n, size, size, 1).

    Example:

    >>> relief = np.full((1, 64, 64), 28, "uint8")
    >>> relief[:, 12:52, 30:34] = 148
    >>> write(relief, seed=0, epoch=0, indices=[7]).shape
    (1, 32, 32, 1)
    """
    indices = np.asarray(indices)
    parts = [
        _write(
            reliefs[i : i + CHUNK], seed, epoch, indices[i : i + CHUNK], size
        )
        for i in range(0, len(indices), CHUNK)
    ]
    return np.concatenate(parts)


def _write(reliefs, seed, epoch, indices, size):
    slanted = SLANTS(
        reliefs[..., None], seed=seed, epoch=epoch, indices=indices
    )
    # Counters of their own: the policy has the first ones.
    first, last = 32 + len(DRAWN), 32 + len(DRAWN) + 2 * WAVES**2
    u = uniforms(seed, epoch, indices, last + size**2)
    low, high = np.array(list(DRAWN.values()), "float32").T
    drawn = low + (high - low) * u[:, 32:first]
    ink = np.empty((len(indices), size, size), "float32")
    for i, row in enumerate(drawn):
        values = dict(zip(DRAWN, row.tolist(), strict=True))
        bend = values["bend"] * _waves(u[i, first:last], reliefs.shape[-1])
        ink[i] = _scan(slanted[i, ..., 0], bend, values, size)
    columns = zip(DRAWN, drawn.T[..., None, None], strict=True)
    return _photographed(ink, u[:, last:], dict(columns))[..., None]


@cache
def _cosines(size):
    """Return the slow waves along one side, (WAVES, size)."""
    middles = (np.arange(size) + 0.5) / size
    return np.cos(np.pi * np.outer(np.arange(WAVES), middles)).astype("float32")


def _waves(u, size):
    """Return displacements in x and y, (2, size, size), of deviation 1."""
    amplitudes = (2 * u - 1).reshape(2, WAVES, WAVES)
    amplitudes[:, 0, 0] = 0  # a shift bends nothing
    basis = _cosines(size)
    # Of a uniform number 1/3; of a wave 1/2, along each side that it has.
    side = 1 + (WAVES - 1) / 2
    return basis.T @ amplitudes @ basis * ((side**2 - 1) / 3) ** -0.5


def _scan(relief, bend, values, size):
    """Return ink in [0, 1] of one character, (size, size)."""
    side = len(relief)
    grid = np.arange(side, dtype="float32")
    bent = cv2.remap(
        relief,
        bend[0] + grid,
        bend[1] + grid[:, None],
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
    ).astype("float32")
    height = (bent - 128) / STEP + values["pen"]
    ink = np.clip(0.5 + height / values["softness"], 0, 1)
    y, x, high, wide = _frame(ink, values)
    pixels = round(LOWEST * (size / LOWEST) ** values["pixels"])
    coarser = max(high, wide) / pixels
    if coarser > 1:  # a pixel of the scan sees all that it covers
        ink = cv2.GaussianBlur(ink, (0, 0), 0.375 * coarser)
    high, wide = high / pixels, wide / pixels
    middle = (pixels - 1) / 2
    window = np.float32(
        [[wide, 0, x - wide * middle], [0, high, y - high * middle]]
    )
    scan = cv2.warpAffine(
        ink,
        window,
        (pixels, pixels),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
    )
    scan = cv2.resize(scan, (size, size), interpolation=cv2.INTER_LINEAR)
    return scan / max(scan.max(), 1e-3)


def _frame(ink, values):
    """Return the middle, height and width of what the picture shows."""
    down, right = (np.flatnonzero(ink.max(axis) > 0.3) for axis in (1, 0))
    if not len(down):
        down = right = np.arange(len(ink))
    tall, broad = np.ptp(down) + 1, np.ptp(right) + 1
    loose = values["loose"] > 0.7
    low, high, move = (1.0, 1.8, 1.0) if loose else (0.95, 1.2, 0.5)
    side = max(tall, broad) * (low + (high - low) * values["room"])
    wide = max(side * np.exp(values["wide"]), 0.95 * broad)
    y = (down[0] + down[-1]) / 2 + move * values["down"] * max(0, side - tall)
    x = (right[0] + right[-1]) / 2
    x += move / 2 * values["right"] * max(0, side - broad)
    return y, x, side, wide


def _photographed(ink, noise, values):
    """Return uint8 pictures of ink on paper."""
    ink = ink ** np.exp(values["gamma"])
    contrast = values["contrast"]
    pictures = contrast * ink + (1 - contrast) * values["ground"]
    pictures += (2 * noise.reshape(ink.shape) - 1) * values["noise"]
    negative = values["negative"] > 0.5
    pictures = np.where(negative, 1 - pictures, pictures)
    return np.rint(255 * np.clip(pictures, 0, 1)).astype("uint8")
