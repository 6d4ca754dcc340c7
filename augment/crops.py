"""Crops, which also set the size of what comes out.

All boxes lie within the picture, or what is laid around it with `padding`.
`height` and `width` left out mean: as the input.
"""

from augment import limits
from augment.step import Step, between


class _Crop(Step):
    """What the crops share: a size of their own."""

    only = None  # a crop cannot be left out

    def _size(self, height, width):
        name = type(self).__name__
        if (height is None) != (width is None):
            raise ValueError(
                f"{name}: give `height` and `width`, or neither. "
                f"Received: height={height!r}, width={width!r}"
            )
        for side, value in (("height", height), ("width", width)):
            if value is not None:
                limits.whole(name, side, value, 1)
        self.height, self.width = height, width

    def output(self, drawn):
        """Return (height, width) of what comes out."""
        if self.height is not None:
            return (self.height, self.width)
        if drawn.output is None:
            raise ValueError(
                f"{type(self).__name__}: images of different sizes need "
                "`height` and `width`. Received: neither"
            )
        return drawn.output

    def apply(self, drawn, values):
        """Cut the box out and scale it."""
        box = (values[k] for k in ("left", "top", "width", "height"))
        drawn.crop(*box, self.output(drawn))

    def describe(self, values, i):
        """Return the box."""
        width, height = values["width"][i], values["height"][i]
        left, top = values["left"][i], values["top"][i]
        return f"{width:.0f}×{height:.0f} at ({left:.0f}, {top:.0f})"


class RandomCrop(_Crop):
    """Cut a window out of each image, at its own scale.

    An image smaller than the window is scaled up first, as far as it must.

    Args:
        height: Of the window, pixels; None: as the input.
        width: Of the window, pixels; None: as the input.
        padding: What is laid around the picture first, on each side, as a
            fraction of that side in [0, 1], in whole pixels; the policy's
            `fill_mode` says what it holds. 4 pixels around 32, as is usual
            for CIFAR: 1/8. Without it a window as large as the picture is
            always the whole picture.

    Raises:
        ValueError: For an argument out of range, or one of `height` and
            `width` alone. When called: for images of different sizes and no
            `height`.

    Source of the padding: Lee et al., "Deeply-supervised nets", 2015.

    Example:

    >>> import numpy as np
    >>> images = np.zeros((4, 64, 48, 3), "uint8")
    >>> RandomCrop(32, 32)(images).shape
    (4, 32, 32, 3)
    >>> RandomCrop(padding=1 / 8)(images).shape
    (4, 64, 48, 3)
    """

    uniforms = 2

    def __init__(self, height=None, width=None, padding=0.0):
        self._size(height, width)
        self.padding = limits.number("RandomCrop", "padding", padding, 0, 1)

    def values(self, u, drawn):
        """Return the window."""
        output = self.output(drawn)
        return _window(drawn, u, output, drawn.one, self.padding)


class RandomScaleCrop(_Crop):
    """Scale the shorter side to a drawn length, then cut a window out.

    Source: He et al., "Deep residual learning", 2016, section 3.4: 224 from a
    shorter side of 256 to 480.

    Args:
        height: Of the window, pixels.
        width: Of the window, pixels.
        shorter_side: (lower, upper) of the shorter side after scaling, in
            pixels; a pair of fractions of the window's shorter side would be
            (256 / 224, 480 / 224).

    Raises:
        ValueError: For an argument out of range, or one of `height` and
            `width` alone. When called: for images of different sizes and no
            `height`.

    Example:

    >>> import numpy as np
    >>> images = np.zeros((4, 64, 48, 3), "uint8")
    >>> RandomScaleCrop(32, 32, shorter_side=(40, 60))(images).shape
    (4, 32, 32, 3)
    """

    uniforms = 3

    def __init__(self, height=224, width=224, shorter_side=(256, 480)):
        self._size(height, width)
        self.shorter_side = limits.interval(
            "RandomScaleCrop", "shorter_side", shorter_side, 1, 2**15
        )

    def values(self, u, drawn):
        """Return the window, in pixels of the image before scaling."""
        xp = drawn.xp
        drawn_side = between(u[:, 2], self.shorter_side)
        shorter = xp.minimum(drawn.canvas[:, 0], drawn.canvas[:, 1])
        return _window(drawn, u, self.output(drawn), drawn_side / shorter)


class RandomResizedCrop(_Crop):
    """Cut out a box of drawn area and aspect ratio, and scale it.

    The area is always as drawn; an aspect ratio that such a box cannot have
    within the picture is not drawn.

    Source: Szegedy et al., "Going deeper with convolutions", 2015.

    Args:
        height: Of the result, pixels; None: as the input.
        width: Of the result, pixels; None: as the input.
        scale: (lower, upper) of the area, as a fraction in (0, 1].
        ratio: (lower, upper) of width / height relative to the result's own,
            from 1/20 to 20; drawn on a log scale.

    Raises:
        ValueError: For an argument out of range, or one of `height` and
            `width` alone. When called: for images of different sizes and no
            `height`.

    Example:

    >>> import numpy as np
    >>> images = np.zeros((4, 64, 48, 3), "uint8")
    >>> RandomResizedCrop(32, 32, scale=(0.5, 1))(images).shape
    (4, 32, 32, 3)
    """

    uniforms = 4

    def __init__(
        self, height=None, width=None, scale=(0.08, 1.0), ratio=(3 / 4, 4 / 3)
    ):
        name = "RandomResizedCrop"
        self._size(height, width)
        self.scale = limits.interval(name, "scale", scale, 1e-4, 1)
        self.ratio = limits.interval(name, "ratio", ratio, 0.05, 20)

    def values(self, u, drawn):
        """Return the box."""
        xp, out = drawn.xp, self.output(drawn)
        height, width = drawn.canvas[:, 0], drawn.canvas[:, 1]
        area = between(u[:, 0], self.scale)
        own = out[1] / out[0]
        widest, highest = width / height / area, width / height * area
        lower = xp.clip(self.ratio[0] * own * drawn.one, highest, widest)
        upper = xp.clip(self.ratio[1] * own * drawn.one, highest, widest)
        ratio = xp.exp(between(u[:, 1], (xp.log(lower), xp.log(upper))))
        area = area * height * width
        # Whole pixels, as a crop of an array has them.
        boxes = xp.round(xp.sqrt(area * ratio)), xp.round(xp.sqrt(area / ratio))
        across = xp.clip(boxes[0], 1.0, width)
        down = xp.clip(boxes[1], 1.0, height)
        return _placed(drawn, u[:, 2], u[:, 3], across, down)


def _window(drawn, u, output, scale, padding=0.0):
    """Return a window of `output` pixels after scaling by `scale`, or more."""
    xp = drawn.xp
    height, width = drawn.canvas[:, 0], drawn.canvas[:, 1]
    least = xp.maximum(output[0] / height, output[1] / width)
    scale = xp.maximum(scale, least)
    across = xp.minimum(output[1] / scale, width)
    down = xp.minimum(output[0] / scale, height)
    return _placed(drawn, u[:, 0], u[:, 1], across, down, padding)


def _placed(drawn, u_left, u_top, across, down, padding=0.0):
    """Return the box at a drawn whole-pixel place, in the padded picture."""
    xp = drawn.xp
    height, width = drawn.canvas[:, 0], drawn.canvas[:, 1]
    pad_x, pad_y = xp.floor(width * padding), xp.floor(height * padding)
    free_x, free_y = width + 2.0 * pad_x - across, height + 2.0 * pad_y - down
    left = xp.minimum(xp.floor(u_left * (xp.floor(free_x) + 1.0)), free_x)
    top = xp.minimum(xp.floor(u_top * (xp.floor(free_y) + 1.0)), free_y)
    left, top = left - pad_x, top - pad_y
    return {"left": left, "top": top, "width": across, "height": down}
