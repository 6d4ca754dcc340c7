"""Drawn: what was drawn for every image of a batch, composed.

However many steps a policy has, a renderer carries out five things: one map
of the pixels, one matrix of the colors, one table, the boxes that are erased,
and the mixing of images.
"""

import numpy as np

LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601, as Keras' RGBToGrayscale has it


class Drawn:
    """The composed parameters of a batch.

    Geometry maps a pixel of the output to the place in the input where it is
    read: `input = linear · output + offset`, in pixels (x, y), with whole
    numbers at pixel centers. Color is `matrix · rgb + mean_matrix · mean +
    bias` for values in [0, 1], `mean` being the mean color of the image after
    the geometry.

    Args:
        sizes: (height, width) of each input, float32 of shape (n, 2).
        output: (height, width) of the canvas so far, or None where the inputs
            differ in size.
        xp: `numpy` or `keras.ops`.
    """

    def __init__(self, sizes, output, xp=np):
        self.xp, self.sizes, self.output = xp, sizes, output
        self.canvas = sizes
        zero = sizes[:, 0] * 0.0
        self.zero, self.one = zero, zero + 1.0
        self.linear, self.offset = self._identity()
        self.lens = None
        self.matrix = self.matrices([[1, 0, 0], [0, 1, 0], [0, 0, 1]])
        self.mean_matrix = None
        self.bias = xp.stack([zero, zero, zero], axis=-1)
        self.table = {}
        self.sharpness = None
        self.erased = []
        self.weight, self.boxes = None, []
        self._start = self.linear, self.matrix, self.bias

    @property
    def moves(self):
        """Whether some step maps the pixels."""
        return self.lens is not None or self.linear is not self._start[0]

    @property
    def colors(self):
        """Whether some step maps the colors."""
        _, matrix, bias = self._start
        same = self.matrix is matrix and self.bias is bias
        return self.mean_matrix is not None or not same

    def matrices(self, rows):
        """Stack rows of numbers and (n,) arrays into (n, rows, columns)."""
        xp, one = self.xp, self.one
        return xp.stack(
            [xp.stack([one * cell for cell in row], axis=-1) for row in rows],
            axis=-2,
        )

    def number(self, condition):
        """Return 1 where a condition holds, 0 elsewhere."""
        return self.xp.where(condition, self.one, self.zero)

    def center(self):
        """Return the center of the canvas as (x, y), of shape (n, 2)."""
        return (self.xp.flip(self.canvas, axis=-1) - 1.0) / 2.0

    def map(self, linear, offset):
        """Put a map of output to input after the ones so far."""
        self.offset = times(self.xp, self.linear, offset) + self.offset
        self.linear = self.compose(self.linear, linear)

    def map_about_center(self, rows, shift=None):
        """Put a linear map about the center, then a shift in pixels, after."""
        linear, center = self.matrices(rows), self.center()
        offset = center - times(self.xp, linear, center)
        self.map(linear, offset if shift is None else offset + shift)

    def crop(self, left, top, width, height, output):
        """Cut a box (pixels of the canvas, edges) and scale it to `output`."""
        across, down = width / output[1], height / output[0]
        linear = self.matrices([[across, 0], [0, down]])
        offset = [left + (across - 1.0) / 2.0, top + (down - 1.0) / 2.0]
        self.map(linear, self.xp.stack(offset, axis=-1))
        self.output = output
        sides = [self.one * output[0], self.one * output[1]]
        self.canvas = self.xp.stack(sides, axis=-1)

    def resize(self, output):
        """Scale the whole canvas to `output`."""
        if self.output is None or tuple(self.output) != tuple(output):
            height, width = self.canvas[:, 0], self.canvas[:, 1]
            self.crop(self.zero, self.zero, width, height, output)

    def rescale(self, factors):
        """Read from images whose sides are multiplied, by (x, y) of (n, 2)."""
        linear, offset = self.linear, self.offset
        if self.lens is not None:
            linear, offset = self.lens[-1]
        linear = factors[:, :, None] * linear
        offset = (offset + 0.5) * factors - 0.5
        if self.lens is not None:
            self.lens = (*self.lens[:-1], (linear, offset))
        else:
            self.linear, self.offset = linear, offset

    def scale(self):
        """Return how many input pixels wide an output pixel is, at least.

        Along the side of the output that is shrunk less, and where a lens
        magnifies most: a barrel in the center, by 1 + k, and a pincushion
        along the radius in the corners, where r + k·r³ grows by 1 + 3k.
        """
        xp, linear = self.xp, self.linear
        if self.lens is not None:
            linear = self.compose(self.lens[-1][0], linear)
            k = self.lens[0]
            least = xp.where(k > 0, 1.0 / (1.0 + k), 1.0 + 3.0 * k)
            linear = linear * least[:, None, None]
        return xp.min(xp.sqrt(xp.sum(linear * linear, axis=1)), axis=-1)

    def bend(self, strength):
        """Put a radial lens distortion after the map so far; at most one."""
        if self.lens is not None:
            raise ValueError(
                "A policy can have one lens distortion: the map of two is no "
                "lens. Received: a second one"
            )
        xp, canvas = self.xp, self.canvas
        radius = xp.sqrt(xp.sum((canvas - 1.0) ** 2, axis=-1)) / 2.0
        radius = xp.maximum(radius, self.one * 0.5)
        inner = (self.linear, self.offset)
        self.lens = (strength, self.center(), radius, inner)
        self.linear, self.offset = self._identity()

    def color(self, matrix, bias=None):
        """Put a linear map of colors after the ones so far."""
        self.matrix = self.compose(matrix, self.matrix)
        if self.mean_matrix is not None:
            self.mean_matrix = self.compose(matrix, self.mean_matrix)
        self.bias = times(self.xp, matrix, self.bias)
        if bias is not None:
            self.bias = self.bias + bias

    def contrast(self, factor):
        """Scale the distance of every pixel from the mean color."""
        factor = factor[:, None, None]
        mean, own = self.matrix, factor * self.matrix
        if self.mean_matrix is None:
            self.mean_matrix = (1.0 - factor) * mean
        else:
            mean = mean + self.mean_matrix
            self.mean_matrix = factor * self.mean_matrix + (1.0 - factor) * mean
        self.matrix = own

    def tabulate(self, name, values, merge):
        """Add to the table of values; `merge` joins what is there already."""
        old = self.table.get(name)
        self.table[name] = values if old is None else merge(old, values)

    def sharpen(self, factor):
        """Blend with the blurred image: 0 blurred, 1 as it is, 2 sharpened."""
        old = self.one if self.sharpness is None else self.sharpness
        self.sharpness = old * factor

    def compose(self, first, second):
        """Multiply matrices, as sums: `matmul` on a GPU rounds to 10 bits."""
        return self.xp.sum(first[..., None] * second[:, None], axis=2)

    def _identity(self):
        return self.matrices([[1, 0], [0, 1]]), self.sizes * 0.0


def times(xp, matrices, vectors):
    """Return the products of matrices and vectors."""
    return xp.sum(matrices * vectors[:, None, :], axis=-1)
