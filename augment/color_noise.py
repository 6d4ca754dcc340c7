"""Colors lost, inverted, or shifted along their principal axes."""

import math

from augment import limits
from augment.color_maps import scale_saturation
from augment.step import Step


class RandomGrayscale(Step):
    """Turn some images gray; the channels stay.

    Args:
        factor: Share of the images that become gray, in [0, 1].

    Raises:
        ValueError: For an argument out of range.

    Example:

    >>> import numpy as np
    >>> image = np.array([[[200, 100, 100]]], "uint8")
    >>> RandomGrayscale(1.0)(image).ravel().tolist()
    [130, 130, 130]
    """

    uniforms = 0
    neutral = {"saturation": 1.0}

    def __init__(self, factor=0.5):
        self.factor = factor
        self.rate = limits.number("RandomGrayscale", "factor", factor, 0, 1)

    def values(self, u, drawn):
        """Return no saturation."""
        return {"saturation": drawn.zero}

    def apply(self, drawn, values):
        """Blend with gray."""
        scale_saturation(drawn, values["saturation"])

    def describe(self, values, i):
        """Return whether the image became gray."""
        return "gray" if values["saturation"][i] == 0 else None


class RandomInvert(Step):
    """Turn some images into their negative: x becomes 1 - x.

    Args:
        factor: Share of the images that are inverted, in [0, 1].

    Raises:
        ValueError: For an argument out of range.

    Example:

    >>> import numpy as np
    >>> image = np.array([[[200, 100, 100]]], "uint8")
    >>> RandomInvert()(image).ravel().tolist()
    [55, 155, 155]
    """

    uniforms = 0
    neutral = {"sign": 1.0}

    def __init__(self, factor=1.0):
        self.factor = factor
        self.rate = limits.number("RandomInvert", "factor", factor, 0, 1)

    def values(self, u, drawn):
        """Return the sign."""
        return {"sign": -drawn.one}

    def apply(self, drawn, values):
        """Mirror the values about 0.5."""
        sign = values["sign"]
        shift = (1.0 - sign) / 2.0
        rows = [[sign, 0, 0], [0, sign, 0], [0, 0, sign]]
        drawn.color(drawn.matrices(rows), drawn.xp.stack([shift] * 3, axis=-1))

    def describe(self, values, i):
        """Return whether the image was inverted."""
        return "inverted" if values["sign"][i] < 0 else None


class RandomPCANoise(Step):
    """Add noise along the principal axes of the colors.

    Adds Σ aᵢ·λᵢ·pᵢ to every pixel, aᵢ ~ N(0, stddev²), with the eigenvalues
    λ and eigenvectors p of the colors of ImageNet in [0, 1].

    Args:
        stddev: Deviation of aᵢ, at least 0.
        rate: Share of the images that are changed, in [0, 1].

    Raises:
        ValueError: For an argument out of range.

    Source: Krizhevsky et al., "ImageNet classification with deep
    convolutional neural networks", 2012, section 4.1.

    Example:

    >>> import numpy as np
    >>> image = np.array([[[200, 100, 100]]], "uint8")
    >>> RandomPCANoise(0.5)(image, epoch=1).ravel().tolist()
    [226, 125, 122]
    """

    uniforms = 6
    neutral = {"red": 0.0, "green": 0.0, "blue": 0.0}
    words = {"red": "R {:+.3f}", "green": "G {:+.3f}", "blue": "B {:+.3f}"}
    eigenvalues = (0.2175, 0.0188, 0.0045)
    eigenvectors = (  # a column for each eigenvalue
        (-0.5675, 0.7192, 0.4009),
        (-0.5808, -0.0045, -0.8140),
        (-0.5836, -0.6948, 0.4203),
    )

    def __init__(self, stddev=0.1, rate=1.0):
        self.stddev = limits.number("RandomPCANoise", "stddev", stddev, 0)
        self.rate = limits.number("RandomPCANoise", "rate", rate, 0, 1)

    def values(self, u, drawn):
        """Return what is added to each channel."""
        noise = [normal(u[:, i], u[:, i + 3], drawn.xp) for i in range(3)]
        return {
            name: self.stddev
            * sum(
                cell * value * a
                for cell, value, a in zip(
                    row, self.eigenvalues, noise, strict=True
                )
            )
            for name, row in zip(self.neutral, self.eigenvectors, strict=True)
        }

    def apply(self, drawn, values):
        """Add to each channel."""
        shift = [values[name] for name in self.neutral]
        identity = drawn.matrices([[1, 0, 0], [0, 1, 0], [0, 0, 1]])
        drawn.color(identity, drawn.xp.stack(shift, axis=-1))


def normal(u, v, xp):
    """Return N(0, 1) from two uniforms in [0, 1) (Box and Muller, 1958)."""
    radius = xp.sqrt(-2.0 * xp.log(1.0 - u))
    return radius * xp.cos(2.0 * math.pi * v)
