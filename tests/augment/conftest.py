"""What the tests of augmentation share: pictures, and resampling by hand."""

import numpy as np
import pytest


@pytest.fixture
def noise():
    """uint8 noise: five pictures of 21×26, no pixel like its neighbor."""
    generator = np.random.default_rng(0)
    return generator.integers(0, 256, (5, 21, 26, 3)).astype("uint8")


@pytest.fixture
def smooth():
    """A function: a smooth float picture without symmetry."""

    def make(height=33, width=40, channels=3):
        y, x = np.mgrid[:height, :width] / max(height, width)
        found = [
            0.5 + 0.4 * np.sin(3 * x + 2 * c) * np.cos(4 * y * x - c) - 0.1 * y
            for c in range(channels)
        ]
        return np.stack(found, axis=-1).astype("float32")

    return make


@pytest.fixture
def bilinear():
    """A function: read a picture at places (x, y), by hand."""
    fold = {
        "nearest": lambda i, n: np.clip(i, 0, n - 1),
        "wrap": lambda i, n: i % n,
        "reflect": lambda i, n: np.minimum(
            i % (2 * n), 2 * n - 1 - i % (2 * n)
        ),
    }

    def pixel(image, x, y, mode):
        height, width = image.shape[:2]
        if mode == "constant":
            inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
            return pixel(image, x, y, "nearest") * inside[..., None]
        return image[fold[mode](y, height), fold[mode](x, width)]

    def read(image, x, y, mode="reflect"):
        image = image.astype("float64")
        left, top = np.floor(x).astype(int), np.floor(y).astype(int)
        a, b = (x - left)[..., None], (y - top)[..., None]
        return sum(
            across * down * pixel(image, left + i, top + j, mode)
            for i, across in ((0, 1 - a), (1, a))
            for j, down in ((0, 1 - b), (1, b))
        )

    return read


@pytest.fixture
def warp(bilinear):
    """A function: a picture through a 3×3 map of output to input pixels."""

    def through(image, matrix, mode="reflect", size=None):
        height, width = size or image.shape[:2]
        y, x = np.mgrid[:height, :width].astype(float)
        at = np.einsum("ij,jyx->iyx", matrix, np.stack([x, y, x * 0 + 1]))
        return bilinear(image, at[0], at[1], mode)

    return through
