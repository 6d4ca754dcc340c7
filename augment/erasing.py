"""Erasing boxes of the finished picture: random erasing, and cutout."""

from augment import limits
from augment.step import Step, between, percent


class RandomErasing(Step):
    """Overwrite a box of drawn size and place.

    Keras' layer draws the probability itself, by a `factor`: one number f
    there erases in f / 2 of the images, as `rate=f / 2` does here.

    Args:
        rate: Share of the images that lose a box, in [0, 1].
        scale: (lower, upper) of the box's area, as a fraction in (0, 1].
        ratio: (lower, upper) of width / height, from 1/20 to 20; drawn on a
            log scale. A side longer than the image is cut to it.
        fill_value: A number in [0, 1], or None for noise.

    Raises:
        ValueError: For an argument out of range.

    Source: Zhong et al., "Random erasing data augmentation", 2020.

    Example:

    >>> import numpy as np
    >>> white = np.ones((100, 100, 1), "float32")
    >>> erased = RandomErasing(1.0, scale=(0.2, 0.3), fill_value=0)(white)
    >>> int((erased == 0).sum())
    2923
    """

    uniforms = 6
    neutral = {"area": 0.0, "ratio": 1.0, "x": 0.0, "y": 0.0}
    neutral.update(noise_x=0.0, noise_y=0.0)

    def __init__(
        self,
        rate=0.5,
        scale=(0.02, 0.33),
        ratio=(0.3, 3.3),
        fill_value=None,
    ):
        name = "RandomErasing"
        self.rate = limits.number(name, "rate", rate, 0, 1)
        self.scale = limits.interval(name, "scale", scale, 1e-6, 1)
        self.ratio = limits.interval(name, "ratio", ratio, 0.05, 20)
        if fill_value is not None:
            limits.number(name, "fill_value", fill_value, 0, 1)
        self.fill_value = fill_value

    def values(self, u, drawn):
        """Return area, aspect ratio and place as fractions."""
        xp = drawn.xp
        logs = (xp.log(self.ratio[0] * drawn.one),) * 2
        logs = (logs[0], xp.log(self.ratio[1] * drawn.one))
        return {
            "area": between(u[:, 0], self.scale),
            "ratio": xp.exp(between(u[:, 1], logs)),
            "x": u[:, 2],
            "y": u[:, 3],
            "noise_x": xp.floor(256.0 * u[:, 4]),
            "noise_y": xp.floor(256.0 * u[:, 5]),
        }

    def apply(self, drawn, values):
        """Note it: the box is laid out on the finished canvas."""
        drawn.erased.append((self.box, values, self.fill_value))

    def box(self, values, height, width, xp):
        """Return left, top, right, bottom in whole pixels.

        Args:
            values: What was drawn.
            height: Of the finished picture.
            width: Of the finished picture.
            xp: `numpy` or `keras.ops`.
        """
        area = values["area"] * (height * width)
        across = xp.round(xp.minimum(xp.sqrt(area * values["ratio"]), width))
        down = xp.round(xp.minimum(xp.sqrt(area / values["ratio"]), height))
        left = xp.floor(values["x"] * (width - across + 1.0))
        top = xp.floor(values["y"] * (height - down + 1.0))
        return left, top, left + across, top + down

    def describe(self, values, i):
        """Return how much was erased."""
        area = percent(values["area"][i])
        return f"{area} erased" if area else None


class RandomCutout(RandomErasing):
    """Overwrite a square whose center lies anywhere in the picture.

    What reaches beyond the border is lost, so that the visible part varies.

    Args:
        size: Side of the square, as a fraction of the shorter side, in (0, 2].
        fill_value: A number in [0, 1], or None for noise.
        rate: Share of the images that lose a square, in [0, 1].

    Raises:
        ValueError: For an argument out of range.

    Source: DeVries and Taylor, "Improved regularization of convolutional
    neural networks with cutout", 2017.

    Example:

    >>> import numpy as np
    >>> white = np.full((1, 8, 1), 255, "uint8")
    >>> RandomCutout(2.0, fill_value=0)(white, epoch=1).ravel().tolist()
    [255, 255, 255, 255, 255, 0, 0, 255]
    """

    neutral = {"size": 0.0, "x": 0.0, "y": 0.0, "noise_x": 0.0, "noise_y": 0.0}

    def __init__(self, size=0.5, fill_value=0.5, rate=1.0):
        name = "RandomCutout"
        self.size = limits.number(name, "size", size, 0, 2)
        if fill_value is not None:
            limits.number(name, "fill_value", fill_value, 0, 1)
        self.fill_value = fill_value
        self.rate = limits.number(name, "rate", rate, 0, 1)

    def values(self, u, drawn):
        """Return size and place as fractions."""
        xp = drawn.xp
        return {
            "size": self.size * drawn.one,
            "x": u[:, 2],
            "y": u[:, 3],
            "noise_x": xp.floor(256.0 * u[:, 4]),
            "noise_y": xp.floor(256.0 * u[:, 5]),
        }

    def box(self, values, height, width, xp):
        """Return left, top, right, bottom in whole pixels."""
        side = xp.round(values["size"] * min(height, width))
        half = side / 2.0 - 0.5  # 0.5: to the nearest whole pixel
        left = xp.floor(values["x"] * width - half)
        top = xp.floor(values["y"] * height - half)
        edges = (left, width), (top, height)
        low = [xp.clip(edge, 0.0, most) for edge, most in edges]
        high = [xp.clip(edge + side, 0.0, most) for edge, most in edges]
        return low[0], low[1], high[0], high[1]

    def describe(self, values, i):
        """Return that a square was erased."""
        size = percent(values["size"][i])
        return f"square of {size}" if size else None
