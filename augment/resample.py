"""The geometry of the host renderer: one resampling of an image."""

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
            image, linear, offset = shrunk(image, linear, offset)
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
            flag = self.interpolation
            if self.smooth and np.sqrt(abs(scale).prod()) >= _SHRINK:
                flag = cv2.INTER_AREA
            image = np.ascontiguousarray(image)
            image = cv2.resize(
                image, (self.width, self.height), interpolation=flag
            )
        return shaped(image)

    def _bent(self, image, i):
        """Return the image through a lens: a map of its own for each pixel."""
        strength, center, radius, (first, start) = self.drawn.lens
        k, center, radius = strength[i], center[i], radius[i]
        first, start = first[i].astype("float64"), start[i]
        if self.smooth:
            image, first, start = shrunk(image, first @ self.linear[i], start)
            first = first @ np.linalg.inv(self.linear[i])
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


def shrunk(image, linear, offset):
    """Return the image averaged over 2^k × 2^k pixels, and the map to it.

    Where one output pixel is `_SHRINK` or more input pixels wide, bilinear
    interpolation would skip some of them.
    """
    scale = np.sqrt(abs(np.linalg.det(linear)))
    level = int(np.floor(np.log2(max(scale, 1e-6) / _SHRINK))) + 1
    level = min(level, int(np.log2(min(image.shape[:2]))))
    if level < 1:
        return image, linear, offset
    side = 2**level
    height, width = image.shape[0] // side, image.shape[1] // side
    image = cv2.resize(
        image[: height * side, : width * side],
        (width, height),
        interpolation=cv2.INTER_AREA,
    )
    return image, linear / side, (offset + 0.5) / side - 0.5


def shaped(image):
    """Give a gray image its channel axis back, which OpenCV drops."""
    return image[..., None] if image.ndim == 2 else image
