"""What is no linear map of the colors: one table of values, and sharpness.

They follow the color matrix, in this order: auto-contrast, equalization,
solarization, posterization, sharpness. Floats are looked up as the nearest of
the 256 levels; an image that none of them changes keeps all its digits.
"""

from augment import limits
from augment.step import Step, between


class AutoContrast(Step):
    """Stretch each channel so that its values fill the whole range.

    Args:
        rate: Share of the images that are stretched, in [0, 1].

    Raises:
        ValueError: For an argument out of range.

    Example:

    >>> import numpy as np
    >>> image = np.array([[[100], [150], [200]]], "uint8")
    >>> AutoContrast()(image).ravel().tolist()
    [0, 127, 255]
    """

    uniforms = 0
    neutral = {"on": 0.0}
    table = "auto_contrast"
    word = "auto-contrast"

    def __init__(self, rate=1.0):
        self.rate = limits.number(type(self).__name__, "rate", rate, 0, 1)

    def values(self, u, drawn):
        """Return that it is on."""
        return {"on": drawn.one}

    def apply(self, drawn, values):
        """Note it for the table."""
        drawn.tabulate(self.table, values["on"], drawn.xp.maximum)

    def describe(self, values, i):
        """Return whether it was applied."""
        return self.word if values["on"][i] else None


class Equalization(AutoContrast):
    """Spread each channel so that all its values are about as frequent.

    Args:
        rate: Share of the images that are equalized, in [0, 1].

    Raises:
        ValueError: For an argument out of range.

    Example:

    >>> import numpy as np
    >>> image = np.array([[[10], [10], [11], [12]]], "uint8")
    >>> Equalization()(image).ravel().tolist()
    [0, 0, 128, 255]
    """

    table = "equalize"
    word = "equalized"


class Solarization(Step):
    """Invert the values at and above a threshold.

    In Keras' layer one number t means (0, t), and the first argument is an
    `addition_factor`, which is not here.

    Args:
        threshold_factor: Range of the threshold, in [0, 1]; one number t
            means (t, t). 1 inverts pure white alone.
        rate: Share of the images that are solarized, in [0, 1].

    Raises:
        ValueError: For an argument out of range.

    Example:

    >>> import numpy as np
    >>> image = np.array([[[10], [127], [128], [250]]], "uint8")
    >>> Solarization(0.5)(image).ravel().tolist()
    [10, 127, 127, 5]
    """

    neutral = {"threshold": 2.0}
    words = {"threshold": "solarized from {:.2f}"}

    def __init__(self, threshold_factor=0.5, rate=1.0):
        name = "Solarization"
        self.threshold_factor = threshold_factor
        pair = threshold_factor
        if not isinstance(pair, tuple | list):
            pair = (pair, pair)
        self._pair = limits.interval(name, "threshold_factor", pair, 0, 1)
        self.rate = limits.number(name, "rate", rate, 0, 1)

    def values(self, u, drawn):
        """Return the threshold."""
        return {"threshold": between(u[:, 0], self._pair)}

    def apply(self, drawn, values):
        """Note it for the table."""
        values = values["threshold"]
        drawn.tabulate("solarize", values, drawn.xp.minimum)


class RandomPosterization(Step):
    """Keep the upper bits of each value.

    Args:
        factor: Bits that are kept, a whole number from 1 to 8, or a pair to
            draw from. 8 changes nothing.
        rate: Share of the images that are posterized, in [0, 1].

    Raises:
        ValueError: For an argument out of range.

    Example:

    >>> import numpy as np
    >>> image = np.array([[[10], [127], [128], [250]]], "uint8")
    >>> RandomPosterization(2)(image).ravel().tolist()
    [0, 64, 128, 192]
    """

    neutral = {"bits": 8.0}
    words = {"bits": "{:.0f} bits"}

    def __init__(self, factor, rate=1.0):
        name = "RandomPosterization"
        self.factor = factor
        pair = factor if isinstance(factor, tuple | list) else (factor, factor)
        for bits in pair:
            limits.whole(name, "factor", bits, 1, 8)
        self._pair = limits.interval(name, "factor", pair, 1, 8)
        self.rate = limits.number(name, "rate", rate, 0, 1)

    def values(self, u, drawn):
        """Return the number of bits."""
        lower, upper = self._pair
        bits = drawn.xp.floor(between(u[:, 0], (lower, upper + 1)))
        return {"bits": drawn.xp.minimum(bits, float(upper))}

    def apply(self, drawn, values):
        """Note it for the table."""
        drawn.tabulate("posterize", values["bits"], drawn.xp.minimum)


class RandomSharpness(Step):
    """Blur or sharpen, by a blend with a 3×3 smoothing.

    The smoothing weighs the center 5/13 and each neighbor 1/13. Keras' layer
    counts from 0 (blurred) by 0.5 (unchanged) to 1; here 0 changes nothing.

    Args:
        factor: Range of the change f, in [-1, 9]: x becomes (1 + f)(x -
            smoothed) + smoothed. -1 is smoothed, 1 sharpened. One number f
            means (-f, f), as far as that is legal.
        rate: Share of the images that are changed, in [0, 1].

    Raises:
        ValueError: For an argument out of range.

    Example:

    >>> import numpy as np
    >>> image = np.array([[[100], [100], [200], [200]]], "uint8")
    >>> RandomSharpness((1, 1))(image).ravel().tolist()
    [100, 77, 223, 200]
    """

    neutral = {"sharpness": 1.0}
    words = {"sharpness": "sharpness ×{:.2f}"}

    def __init__(self, factor, rate=1.0):
        name = "RandomSharpness"
        self.factor = factor
        self._factor = limits.factor(name, "factor", factor, -1, 9)
        self.rate = limits.number(name, "rate", rate, 0, 1)

    def values(self, u, drawn):
        """Return the factor."""
        return {"sharpness": 1.0 + between(u[:, 0], self._factor)}

    def apply(self, drawn, values):
        """Note it."""
        drawn.sharpen(values["sharpness"])
