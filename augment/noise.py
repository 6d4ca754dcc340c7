"""One tile of noise, the same in every process."""

from functools import cache

import numpy as np


@cache
def noise():
    """Return uint8 noise of shape (256, 256, 3), each value as likely.

    >>> noise().shape, noise().dtype.name
    ((256, 256, 3), 'uint8')
    """
    generator = np.random.Generator(np.random.Philox(key=0))
    tile = generator.integers(0, 256, (256, 256, 3), "uint8")
    tile.flags.writeable = False
    return tile


def repeated(height, width):
    """Return the tile side by side, of at least this size.

    >>> repeated(257, 256).shape
    (512, 256, 3)
    """
    return _repeated(-(-height // 256), -(-width // 256))


@cache
def _repeated(down, across):
    return np.tile(noise(), (down, across, 1))
