"""The host renderer: OpenCV on one image after another.

OpenCV lets go of the interpreter's lock, so threads help.
"""

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np

from augment.drawn import LUMA
from augment.lookup import lookup_table, tables
from augment.noise import lay
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

    todo = iter(range(len(images)))

    def some(_):
        for i in todo:
            image = images[i]
            if out.dtype == np.float16:  # which OpenCV does not know
                image = image.astype("float32")
            out[i] = work.image(image, i)
            if out.dtype != np.uint8:  # weights may add up to a bit more than 1
                np.clip(out[i], 0, 1, out=out[i])
            work.erase(out[i], i)

    if threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(some, range(threads)))
    else:
        some(0)
    return out


class _Work:
    """What is the same for all images of a batch, computed once."""

    def __init__(self, drawn, policy, channels, dtype):
        self.channels = channels
        self.top = 255.0 if dtype == np.uint8 else 1.0
        self.resampler = Resampler(drawn, policy, self.top)
        matrix, mean_matrix, bias = _colors(drawn, channels)
        colored = _differs(matrix, np.eye(channels)) | _differs(bias, 0.0)
        self.mean_matrix = mean_matrix
        if mean_matrix is not None:
            colored |= _differs(mean_matrix, 0.0)
        self.colored = colored.tolist()
        bias = bias[..., None] * self.top
        self.matrix = np.concatenate([matrix, bias], axis=2)
        self.tables = tables(drawn.table, len(matrix))
        self.sharpness = [1.0] * len(matrix)
        if drawn.sharpness is not None:
            self.sharpness = drawn.sharpness.tolist()
        self.boxes = [
            (
                np.stack(box(values, *drawn.output, np), -1)
                .astype(int)
                .tolist(),
                values,
                fill,
            )
            for box, values, fill in drawn.erased
        ]

    def image(self, image, i):
        """Return one image as drawn, before erasing."""
        image = self.resampler.image(image, i)
        if self.colored[i]:
            image = self._color(image, i)
        if self.tables[i]:
            image = self._table(image, self.tables[i])
        if abs(self.sharpness[i] - 1) >= 1e-6:
            image = self._sharpness(image, self.sharpness[i])
        return image

    def erase(self, image, i):
        """Overwrite the boxes of one image."""
        for boxes, values, fill in self.boxes:
            left, top, right, bottom = boxes[i]
            if right <= left or bottom <= top:
                continue
            part = image[top:bottom, left:right]
            if fill is not None:
                part[...] = round(fill * 255) if self.top == 255 else fill
                continue
            y, x = int(values["noise_y"][i]), int(values["noise_x"][i])
            lay(part, y + top, x + left)

    def _color(self, image, i):
        matrix = self.matrix[i]
        if self.mean_matrix is not None:
            mean = cv2.mean(image)[: self.channels]
            matrix = matrix.copy()
            matrix[:, -1] += self.mean_matrix[i] @ mean
        image = shaped(cv2.transform(image, matrix))
        if self.top == 1:
            np.clip(image, 0, 1, out=image)
        return image

    def _table(self, image, found):
        *others, bits = found
        if self.top == 255 and others == [False, False, 2.0]:
            return image & np.uint8(256 - 2 ** (8 - bits))
        table = lookup_table(image, found, self.top)
        if self.top == 255:
            return shaped(cv2.LUT(image, table))
        levels = np.rint(image * 255).astype("uint8")
        return (shaped(cv2.LUT(levels, table)) / 255).astype(image.dtype)

    def _sharpness(self, image, factor):
        kernel = np.full((3, 3), (1 - factor) / 13)
        kernel[1, 1] = factor + (1 - factor) * 5 / 13
        border = cv2.BORDER_REPLICATE
        image = shaped(cv2.filter2D(image, -1, kernel, borderType=border))
        return image if self.top == 255 else np.clip(image, 0, 1, out=image)


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
