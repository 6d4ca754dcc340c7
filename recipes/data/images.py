"""Image files to arrays, with Pillow."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
from PIL import Image, ImageOps

from recipes.errors import DataError

GRAY = ("1", "L", "LA", "I", "F")
THREADS = 4
PROGRAMS = ("EPS", "WMF")  # Pillow has other programs draw these
PIXELS = 2**30 // 4 // 3  # above these Pillow speaks of bombs


def header(path):
    """Return ((height, width), is_gray), mostly without decoding.

    Raises:
        DataError: Naming a file that is empty or no image.
    """
    with _naming(path), _opened(path) as image:
        if image.format == "TIFF":
            image.load()  # Pillow turns TIFF upright itself, when it loads
        width, height = image.size
        if image.getexif().get(0x0112, 1) in (5, 6, 7, 8):
            width, height = height, width  # EXIF: lying on its side
        gray = image.mode in GRAY or image.mode.startswith("I;16")
        return (height, width), gray


def decode(path, channels, size=None, reduced=1):
    """Return an image as uint8 of shape (height, width, channels).

    EXIF orientation is obeyed, transparency is laid on white, 16 bits become
    8, and the image is resized to `size` (antialiased, sides independently).

    Args:
        path: PNG, JPEG, BMP, WebP, GIF, TIFF, whatever Pillow reads by itself,
            of at most `PIXELS` pixels.
        channels: 1 (gray) or 3 (RGB).
        size: (height, width) in pixels, or None to keep it.
        reduced: Each pixel is the mean of so many by so many, 1, 2, 4 or 8; a
            JPEG is decoded at that scale at once, at a fraction of the time.
            It is also chosen for a JPEG from `size`, where twice that is left.

    Raises:
        DataError: Naming a file that is corrupt or no image.
    """
    with _naming(path), _opened(path) as image:
        whole = image.size
        if size is not None:
            image.draft(None, (2 * max(size), 2 * max(size)))
        elif reduced > 1 and _begins_upright(image, reduced):
            image.draft(None, tuple(max(1, s // reduced) for s in whole))
        image.load()
        sixteen = image.mode.startswith("I;16") or image.format == "PNG"
        image = _eight_bits(ImageOps.exif_transpose(image), sixteen)
        if image.has_transparency_data:
            image = image.convert("RGBA")
            paper = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(paper, image)
        if reduced > 1 and max(image.size) == max(whole):  # no JPEG
            image = image.convert("L" if channels == 1 else "RGB")
            image = image.reduce(reduced)
        return _sized(image, channels, size)


def _begins_upright(image, reduced):
    """Whether blocks of pixels are the same before and after it is turned.

    Those that are left over at the end of a row or column would else come
    first: EXIF orientation 1 leaves the upper left corner where it is, 5 too.
    """
    if image.getexif().get(0x0112, 1) in (1, 5):
        return True
    return not any(side % reduced for side in image.size)


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

    threaded(place, range(len(paths)))
    return images


def chunks(paths, size=256):
    """Return the paths in lists that are decoded at a time."""
    return [paths[i : i + size] for i in range(0, len(paths), size)]


def headers(paths):
    """Return the header of every file, read in threads."""
    return threaded(header, paths)


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


def threaded(function, items):
    """Return the function's results, in order, computed in threads."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(function, items))


@cache
def _formats():
    """Return the formats that Pillow reads by itself."""
    Image.init()
    return [name for name in Image.ID if name not in PROGRAMS]


def _opened(path):
    """Return an image file whose pixels are not decoded yet."""
    image = Image.open(path, formats=_formats())
    if image.width * image.height > PIXELS:
        image.close()
        raise ValueError(
            f"{image.width} x {image.height} pixels; at most {PIXELS} are taken"
        )
    return image


class _naming:
    """Give any failure to read an image the name of its file."""

    def __init__(self, path):
        self.path = path

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if not isinstance(error, Exception):  # each format raises its own
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


def in_raw_values(images, scale, kind):
    """Return floats in [0, 1] as the raw values of the data.

    Args:
        images: float32 in [0, 1].
        scale: What raw values are multiplied with to lie there.
        kind: NumPy type of the raw values.

    >>> in_raw_values(np.array([0.4], "float32"), 1 / 255, "int64").tolist()
    [102]
    """
    images = images / np.float32(scale)
    if np.dtype(kind).kind in "iu":
        images = np.rint(images)
    return images.astype(kind)
