"""Color: everything linear, composed into one matrix.

Values are meant in [0, 1], whatever the image's type; they are clipped once,
at the end. A gray image is treated as red = green = blue.
"""

from augment import limits
from augment.color_maps import add_brightness, scale_saturation, turn_hue
from augment.step import Step, between


class _Factor(Step):
    """What the steps of one factor share."""

    lowest, highest = -1.0, 1.0

    def __init__(self, factor, rate=1.0):
        name = type(self).__name__
        self.factor = factor
        self._factor = limits.factor(
            name, "factor", factor, self.lowest, self.highest
        )
        self.rate = limits.number(name, "rate", rate, 0, 1)


class RandomBrightness(_Factor):
    """Add to all values.

    Args:
        factor: What is added, in [-1, 1]: -1 gives black, 1 white.
        rate: Share of the images that are changed, in [0, 1].

    Raises:
        ValueError: For an argument out of range.

    Example:

    >>> import numpy as np
    >>> image = np.array([[[0], [100], [250]]], "uint8")
    >>> RandomBrightness((0.2, 0.2))(image).ravel().tolist()
    [51, 151, 255]
    """

    neutral = {"brightness": 0.0}
    words = {"brightness": "brightness {:+.2f}"}

    def values(self, u, drawn):
        """Return what is added."""
        return {"brightness": between(u[:, 0], self._factor)}

    def apply(self, drawn, values):
        """Add to each channel."""
        add_brightness(drawn, values["brightness"])


class RandomContrast(_Factor):
    """Scale the distance of every value from the mean color of the image.

    Keras' layer takes (l, u) for changes from -l to u, and one number f for
    (0, f): its (0.2, 0.5) is (-0.2, 0.5) here.

    Args:
        factor: Range of the change f, in [-1, ∞): x becomes (1 + f)(x - mean)
            + mean. -1 leaves the mean color alone. One number f means
            (-f, f), as far as that is legal.
        rate: Share of the images that are changed, in [0, 1].

    Raises:
        ValueError: For an argument out of range.

    Example:

    >>> import numpy as np
    >>> image = np.array([[[100], [150], [200]]], "uint8")
    >>> RandomContrast((-0.5, -0.5))(image).ravel().tolist()
    [125, 150, 175]
    """

    highest = float("inf")
    neutral = {"contrast": 1.0}
    words = {"contrast": "contrast ×{:.2f}"}

    def values(self, u, drawn):
        """Return the factor."""
        return {"contrast": 1.0 + between(u[:, 0], self._factor)}

    def apply(self, drawn, values):
        """Scale about the mean."""
        drawn.contrast(values["contrast"])


class RandomSaturation(_Factor):
    """Scale the distance of every color from its gray.

    Keras' layer counts from 0 (gray) by 0.5 (unchanged) to 1; here, as for
    every other factor, 0 changes nothing.

    Args:
        factor: Range of the change f, in [-1, ∞): x becomes (1 + f)(x - gray)
            + gray, gray = 0.299 R + 0.587 G + 0.114 B. -1 gives gray. One
            number f means (-f, f), as far as that is legal.
        rate: Share of the images that are changed, in [0, 1].

    Raises:
        ValueError: For an argument out of range.

    Example:

    >>> import numpy as np
    >>> image = np.array([[[200, 100, 100]]], "uint8")
    >>> RandomSaturation((-0.5, -0.5))(image).ravel().tolist()
    [165, 115, 115]
    """

    highest = float("inf")
    neutral = {"saturation": 1.0}
    words = {"saturation": "saturation ×{:.2f}"}

    def values(self, u, drawn):
        """Return the factor."""
        return {"saturation": 1.0 + between(u[:, 0], self._factor)}

    def apply(self, drawn, values):
        """Blend with gray."""
        scale_saturation(drawn, values["saturation"])


class RandomHue(_Factor):
    """Turn the hue, keeping the luma.

    A rotation of the chroma plane of YIQ, which is linear; Keras' layer turns
    the hexagon of HSV, which is not, and lets the luma go. A pair there is of
    angles to either side; here (0.1, 0.2) turns one way.

    Args:
        factor: Range of the angle in half turns, in [-1, 1]: 0.1 is 18°.
            Positive turns red towards yellow and green.
        rate: Share of the images that are changed, in [0, 1].

    Raises:
        ValueError: For an argument out of range.

    Example:

    >>> import numpy as np
    >>> image = np.array([[[200, 100, 100]]], "uint8")
    >>> RandomHue((0.5, 0.5))(image).ravel().tolist()
    [113, 163, 5]
    """

    neutral = {"hue": 0.0}
    words = {"hue": "hue {:+.0f}°"}

    def values(self, u, drawn):
        """Return the angle in degrees."""
        return {"hue": 180.0 * between(u[:, 0], self._factor)}

    def apply(self, drawn, values):
        """Turn the chroma."""
        turn_hue(drawn, values["hue"])
