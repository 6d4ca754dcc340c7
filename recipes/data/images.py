"""Image files to arrays, with Pillow."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from PIL import Image, ImageOps

from recipes.errors import DataError

GRAY = ("1", "L", "LA", "I", "F")
THREADS = 4


class FolderSource:
    """Images on disk, decoded when they are read.

    Args:
        paths: Files, in order.
        size: (height, width) that all are resized to.
        channels: 1 or 3.
    """

    dtype = np.dtype("uint8")

    def __init__(self, paths, size, channels):
        self.paths, self.size, self.channels = paths, size, channels

    def __len__(self):
        return len(self.paths)

    @property
    def shape(self):
        """Shape of one example."""
        return (*self.size, self.channels)

    def read(self, indices):
        """Return the images at `indices`, in that order."""
        if isinstance(indices, slice):
            indices = range(*indices.indices(len(self)))
        pictures = [
            decode(self.paths[i], self.channels, self.size) for i in indices
        ]
        return np.stack(pictures)

    def digest(self):
        """Return what identifies the pixels, as if they were in memory."""
        shape = (len(self), *self.shape)
        digest = hashlib.sha256(f"{self.dtype}{shape}".encode())
        for paths in chunks(self.paths):
            digest.update(decode_all(paths, self.channels, self.size).data)
        return digest.digest()


def header(path):
    """Return ((height, width), is_gray), mostly without decoding.

    Raises:
        DataError: Naming a file that is empty or no image.
    """
    with _naming(path), Image.open(path) as image:
        if image.format == "TIFF":
            image.load()  # Pillow turns TIFF upright itself, when it loads
        width, height = image.size
        if image.getexif().get(0x0112, 1) in (5, 6, 7, 8):
            width, height = height, width  # EXIF: lying on its side
        gray = image.mode in GRAY or image.mode.startswith("I;16")
        return (height, width), gray


def decode(path, channels, size=None):
    """Return an image as uint8 of shape (height, width, channels).

    EXIF orientation is obeyed, transparency is laid on white, 16 bits become
    8, and the image is resized to `size` (antialiased, sides independently).

    Args:
        path: PNG, JPEG, BMP, WebP, GIF, TIFF, whatever Pillow reads.
        channels: 1 (gray) or 3 (RGB).
        size: (height, width) in pixels, or None to keep it.

    Raises:
        DataError: Naming a file that is corrupt or no image.
    """
    with _naming(path), Image.open(path) as image:
        image.load()
        sixteen = image.mode.startswith("I;16") or image.format == "PNG"
        image = _eight_bits(ImageOps.exif_transpose(image), sixteen)
        if image.has_transparency_data:
            image = image.convert("RGBA")
            paper = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(paper, image)
        return _sized(image, channels, size)


def resize(pixels, channels, size):
    """Return pixels (uint8, 1 or 3 channels) as if they came from a file."""
    gray = pixels.shape[2] == 1
    image = Image.fromarray(pixels[..., 0] if gray else pixels)
    return _sized(image, channels, size)


def decode_all(paths, channels, size):
    """Return many images as one uint8 array, decoded in threads."""
    images = np.empty((len(paths), *size, channels), "uint8")

    def place(i):
        images[i] = decode(paths[i], channels, size)

    _threaded(place, range(len(paths)))
    return images


def chunks(paths, size=256):
    """Return the paths in lists that are decoded at a time."""
    return [paths[i : i + size] for i in range(0, len(paths), size)]


def headers(paths):
    """Return the header of every file, read in threads."""
    return _threaded(header, paths)


def common_size(sizes, largest=224):
    """Choose one size for images of `sizes`.

    Their own if they share it, else a square of the median shorter side, at
    most 224 pixels.

    >>> common_size([(8, 8), (8, 8)]), common_size([(30, 40), (50, 60)])
    ((8, 8), (40, 40))
    """
    if len(set(sizes)) == 1:
        return sizes[0]
    side = int(np.median([min(size) for size in sizes]))
    side = min(largest, max(1, side))
    return (side, side)


def _sized(image, channels, size):
    image = image.convert("L" if channels == 1 else "RGB")
    if size is not None and image.size != (size[1], size[0]):
        image = image.resize((size[1], size[0]), Image.Resampling.BILINEAR)
    return np.asarray(image).reshape(image.height, image.width, channels)


def _eight_bits(image, sixteen):
    if image.mode == "F":
        raise ValueError("its pixels are floats of unknown range")
    if image.mode.startswith("I"):
        values = np.asarray(image).astype("float64")
        top = 65535.0 if sixteen or values.max() > 255 else 255.0
        values = np.clip(values * (255.0 / top), 0, 255)
        return Image.fromarray(np.rint(values).astype("uint8"))
    return image


def _threaded(function, items):
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(function, items))


class _naming:
    """Give any failure to read an image the name of its file."""

    def __init__(self, path):
        self.path = path

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        failures = (
            OSError,
            ValueError,
            SyntaxError,
            EOFError,
            TypeError,
            Image.DecompressionBombError,
        )
        if error is None or not isinstance(error, failures):
            return
        empty = isinstance(error, OSError) and _is_empty(self.path)
        raise DataError(
            "an empty file" if empty else f"a file that is no image ({error})",
            "an image that opens",
            "replace or remove this file",
            file=self.path,
        ) from error


def _is_empty(path):
    try:
        return path.stat().st_size == 0
    except OSError:
        return False
