"""The geometry of the host renderer: one resampling of an image."""

import math

import cv2
import numpy as np

FILL_MODES = {
    "reflect": cv2.BORDER_REFLECT,
    "nearest": cv2.BORDER_REPLICATE,
    "wrap": cv2.BORDER_WRAP,
    "constant": cv2.BORDER_CONSTANT,
}
_INTERPOLATIONS = {"bilinear": cv2.INTER_LINEAR, "nearest": cv2.INTER_NEAREST}
_SHRINK = 1.5  # input pixels per output pixel from which one is averaged first
_REACH = 2  # input pixels that bilinear interpolation reads along a side
_CLOSE = 1e-4  # pixels


class Resampler:
    """What maps the images of a batch.

    Args:
        drawn: The `Drawn` of these images.
        policy: How the outside is filled and pixels are interpolated.
        top: The value of white.
    """

    def __init__(self, drawn, policy, top):
        self.drawn = drawn
        self.height, self.width = drawn.output
        self.linear = drawn.linear.astype("float64")
        self.offset = drawn.offset.astype("float64")
        self.border = FILL_MODES[policy.fill_mode]
        self.fill = (policy.fill_value * top,) * 4
        self.interpolation = _INTERPOLATIONS[policy.interpolation]
        self.smooth = policy.interpolation == "bilinear"

    def image(self, image, i):
        """Return one image, resampled once."""
        if self.drawn.lens is not None and self.drawn.lens[0][i] != 0:
            return self._bent(image, i)
        linear, offset = self._straight(i)
        plain = self._axis_aligned(image, linear, offset)
        if plain is not None:
            return plain
        if self.smooth:
            image, sides = shrunk(image, linear)
            linear, offset = averaged(linear, offset, sides)
        return shaped(
            cv2.warpAffine(
                image,
                np.concatenate([linear, offset[:, None]], axis=1),
                (self.width, self.height),
                flags=cv2.WARP_INVERSE_MAP | self.interpolation,
                borderMode=self.border,
                borderValue=self.fill,
            )
        )

    def _straight(self, i):
        """Return the whole map of an image without lens distortion."""
        linear, offset = self.linear[i], self.offset[i]
        if self.drawn.lens is not None:
            first, start = self.drawn.lens[3]
            first = first[i].astype("float64")
            linear, offset = first @ linear, first @ offset + start[i]
        return linear, offset

    def _axis_aligned(self, image, linear, offset):
        """Return the image if it is a whole box of the input, or None."""
        if abs(linear[0, 1]) + abs(linear[1, 0]) > 1e-6:
            return None
        scale = np.diagonal(linear)
        size = np.array([self.width, self.height])
        ends = np.stack([offset - scale / 2, offset + scale * (size - 0.5)])
        low, high = ends.min(axis=0) + 0.5, ends.max(axis=0) + 0.5
        box = np.rint([low, high]).astype(int)
        whole = np.abs(box - [low, high]).max() < _CLOSE * size.max()
        inside = (box[0] >= 0).all() and (
            box[1] <= (image.shape[1], image.shape[0])
        ).all()
        if not whole or not inside or (box[1] <= box[0]).any():
            return None
        image = image[box[0][1] : box[1][1], box[0][0] : box[1][0]]
        across, down = scale < 0
        if across or down:
            image = image[:: -1 if down else 1, :: -1 if across else 1]
        if tuple(box[1] - box[0]) != (self.width, self.height):
            image = self._scaled(np.ascontiguousarray(image), abs(scale))
        return shaped(image)

    def _scaled(self, image, scale):
        size = (self.width, self.height)
        # INTER_NEAREST takes the pixel at the corner, not at the center.
        flag = cv2.INTER_LINEAR if self.smooth else cv2.INTER_NEAREST_EXACT
        shrinks = np.sqrt(scale.prod()) >= _SHRINK or scale.max() >= _REACH
        if self.smooth and shrinks:
            # INTER_AREA averages where no side grows.
            least = np.minimum(size, image.shape[1::-1]).tolist()
            image = cv2.resize(image, least, interpolation=cv2.INTER_AREA)
        if image.shape[1::-1] == size:
            return image
        return cv2.resize(image, size, interpolation=flag)

    def _bent(self, image, i):
        """Return the image through a lens: a map of its own for each pixel."""
        strength, center, radius, (first, start) = self.drawn.lens
        k, center, radius = strength[i], center[i], radius[i]
        first, start = first[i].astype("float64"), start[i]
        if self.smooth:
            image, sides = shrunk(image, first @ self.linear[i])
            first, start = averaged(first, start, sides)
        linear = (self.linear[i] / radius).astype("float32")
        shift = ((self.offset[i] - center) / radius).astype("float32")
        x = np.arange(self.width, dtype="float32")[None, :]
        y = np.arange(self.height, dtype="float32")[:, None]
        across = linear[0, 0] * x + linear[0, 1] * y + shift[0]
        down = linear[1, 0] * x + linear[1, 1] * y + shift[1]
        factor = 1 + k * (across * across + down * down)
        factor *= radius / (1 + max(k, 0))
        across, down = across * factor + center[0], down * factor + center[1]
        grid = [
            (row[0] * across + row[1] * down + at).astype("float32")
            for row, at in zip(first, start, strict=True)
        ]
        return shaped(
            cv2.remap(
                image,
                *grid,
                self.interpolation,
                borderMode=self.border,
                borderValue=self.fill,
            )
        )


def shrunk(image, linear):
    """Return the image averaged over boxes of pixels, and their (x, y) sides.

    Where one output pixel is `_SHRINK` or more input pixels wide, bilinear
    interpolation would skip some of them. A side that is still `_REACH` or
    more, as a map may shrink one alone, is averaged further.
    """
    (a, b), (c, d) = linear.tolist()
    scale = math.sqrt(abs(a * d - b * c))
    level = max(0, _halvings(scale / _SHRINK))
    height, width = image.shape[:2]
    sides = []
    for reach, size in ((math.hypot(a, b), width), (math.hypot(c, d), height)):
        more = max(0, _halvings(reach / 2**level / _REACH))
        sides.append(2 ** min(level + more, int(math.log2(size))))
    sides = np.array(sides)
    if sides.max() == 1:
        return image, sides
    width, height = width // sides[0], height // sides[1]
    image = cv2.resize(
        image[: height * sides[1], : width * sides[0]],
        (int(width), int(height)),
        interpolation=cv2.INTER_AREA,
    )
    return image, sides


def _halvings(times):
    """Return how often to halve what must be below 1."""
    return math.floor(math.log2(max(times, 1e-6))) + 1


def averaged(linear, offset, sides):
    """Return a map to an image as the map to the averaged one."""
    return linear / sides[:, None], (offset + 0.5) / sides - 0.5


def shaped(image):
    """Give a gray image its channel axis back, which OpenCV drops."""
    return image[..., None] if image.ndim == 2 else image
