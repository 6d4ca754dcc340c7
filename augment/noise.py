"""One tile of noise, the same in every process."""

from functools import cache

import numpy as np

SIDE = 256


@cache
def noise():
    """Return uint8 noise of shape (SIDE, SIDE, 3), each value as likely.

    >>> noise().shape, noise().dtype.name
    ((256, 256, 3), 'uint8')
    """
    generator = np.random.Generator(np.random.Philox(key=0))
    tile = generator.integers(0, 256, (SIDE, SIDE, 3), "uint8")
    tile.flags.writeable = False
    return tile


def lay(part, top, left):
    """Fill a picture with noise, the tile side by side from a place on.

    Args:
        part: uint8, or floats in [0, 1], of shape (height, width, channels).
        top: Where in the tiles its first row lies, from 0.
        left: Where its first column lies, from 0.

    >>> part = np.zeros((2, 300, 1), "uint8")
    >>> lay(part, 5, 7)
    >>> bool((part[0, :, 0] == np.tile(noise()[5, :, 0], 2)[7:307]).all())
    True
    """
    height, width, channels = part.shape
    for y in range(-(top % SIDE), height, SIDE):
        for x in range(-(left % SIDE), width, SIDE):
            down, across = max(0, y), max(0, x)
            here = part[down : y + SIDE, across : x + SIDE]
            tile = noise()[down - y :, across - x :, :channels]
            tile = tile[: here.shape[0], : here.shape[1]]
            here[...] = tile if part.dtype == np.uint8 else tile * (1 / 255)
