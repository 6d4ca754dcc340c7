"""The host renderer: OpenCV on one image after another.

OpenCV lets go of the interpreter's lock, so threads help.
"""

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np

from augment.drawn import LUMA
from augment.lookup import lookup_table
from augment.noise import noise
from augment.resample import Resampler, shaped


def render(images, drawn, policy, threads=1):
    """Return the images as drawn, of shape (n, height, width, channels).

    Args:
        images: Array, or list of arrays (height, width, channels).
        drawn: The `Drawn` of these images.
        policy: How the outside is filled and pixels are interpolated.
        threads: Images are shared among as many threads.
    """
    height, width = drawn.output
    channels = images[0].shape[-1]
    work = _Work(drawn, policy, channels, images[0].dtype)
    shape = (len(images), height, width, channels)
    out = np.empty(shape, images[0].dtype)

    def one(i):
        out[i] = work.image(images[i], i)
        if out.dtype != np.uint8:  # weights may add up to a bit more than 1
            np.clip(out[i], 0, 1, out=out[i])

    if threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(one, range(len(images))))
    else:
        for i in range(len(images)):
            one(i)
    return out


class _Work:
    """What is the same for all images of a batch, computed once."""

    def __init__(self, drawn, policy, channels, dtype):
        self.drawn, self.channels = drawn, channels
        self.top = 255.0 if dtype == np.uint8 else 1.0
        self.resampler = Resampler(drawn, policy, self.top)
        self.matrix, self.mean_matrix, self.bias = _colors(drawn, channels)
        self.colored = _differs(self.matrix, np.eye(len(self.matrix[0])))
        self.colored |= _differs(self.bias, 0.0)
        if self.mean_matrix is not None:
            self.colored |= _differs(self.mean_matrix, 0.0)
        self.boxes = [
            (
                np.stack(box(values, *drawn.output, np), -1).astype(int),
                values,
                fill,
            )
            for box, values, fill in drawn.erased
        ]

    def image(self, image, i):
        """Return one image as drawn."""
        image = self.resampler.image(image, i)
        if self.colored[i]:
            image = self._color(image, i)
        if self.drawn.table:
            image = self._table(image, i)
        if self.drawn.sharpness is not None:
            image = self._sharpness(image, i)
        return self._erase(image, i) if self.boxes else shaped(image)

    def _color(self, image, i):
        bias = self.bias[i] * self.top
        if self.mean_matrix is not None:
            mean = cv2.mean(image)[: len(bias)]
            bias = bias + self.mean_matrix[i] @ mean
        matrix = np.concatenate([self.matrix[i], bias[:, None]], axis=1)
        image = shaped(cv2.transform(image, matrix))
        if self.top == 1:
            np.clip(image, 0, 1, out=image)
        return image

    def _table(self, image, i):
        found = {name: values[i] for name, values in self.drawn.table.items()}
        table = lookup_table(image, found, self.top)
        if table is None:
            return image
        if self.top == 255:
            return shaped(cv2.LUT(image, table))
        levels = np.rint(image * 255).astype("uint8")
        return (shaped(cv2.LUT(levels, table)) / 255).astype(image.dtype)

    def _sharpness(self, image, i):
        factor = float(self.drawn.sharpness[i])
        if abs(factor - 1) < 1e-6:
            return image
        kernel = np.full((3, 3), (1 - factor) / 13)
        kernel[1, 1] = factor + (1 - factor) * 5 / 13
        border = cv2.BORDER_REPLICATE
        image = shaped(cv2.filter2D(image, -1, kernel, borderType=border))
        return image if self.top == 255 else np.clip(image, 0, 1, out=image)

    def _erase(self, image, i):
        image = shaped(image).copy()
        for boxes, values, fill in self.boxes:
            left, top, right, bottom = boxes[i]
            if right <= left or bottom <= top:
                continue
            part = image[top:bottom, left:right]
            if fill is not None:
                part[...] = round(fill * 255) if self.top == 255 else fill
            else:
                rows = np.arange(top, bottom) + int(values["noise_y"][i])
                columns = np.arange(left, right) + int(values["noise_x"][i])
                tile = noise()[rows[:, None] % 256, columns % 256]
                part[...] = tile[..., : self.channels] * (
                    1 if self.top == 255 else 1 / 255
                )
        return image


def _colors(drawn, channels):
    """Return matrix, mean matrix and bias for so many channels."""
    found = drawn.matrix, drawn.mean_matrix, drawn.bias
    found = [None if x is None else x.astype("float64") for x in found]
    if channels == 3:
        return found
    # Gray is red = green = blue; what comes out is the luma.
    luma = np.array(LUMA)
    matrix, mean_matrix, bias = found
    matrix = (luma @ matrix).sum(axis=-1)[:, None, None]
    if mean_matrix is not None:
        mean_matrix = (luma @ mean_matrix).sum(axis=-1)[:, None, None]
    return matrix, mean_matrix, (bias @ luma)[:, None]


def _differs(array, from_):
    rest = np.abs(array - from_)
    return rest.reshape(len(rest), -1).max(axis=1) > 1e-6
