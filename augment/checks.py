"""What a policy accepts: images of uint8 or of floats in [0, 1]."""

import numpy as np


def images(given):
    """Return (array or list of arrays, whether it was a single image).

    Raises:
        ValueError: For another type, shape or range of values.
    """
    if isinstance(given, list | tuple):
        found = [_native(np.asarray(image)) for image in given]
        _check_count(found, "[]")
        for i, image in enumerate(found):
            _check(image, 3, f"`images[{i}]`")
        kinds = {(image.dtype, image.shape[-1]) for image in found}
        if len(kinds) > 1:
            raise ValueError(
                "`images` must share one type and number of channels. "
                f"Received: {sorted(map(str, kinds))}"
            )
        if len({image.shape for image in found}) == 1:
            found = np.stack(found)
        return found, False
    given = _native(np.asarray(given))
    single = given.ndim == 3
    if given.ndim == 4:
        _check_count(given, f"shape {given.shape}")
    _check(given, 3 if single else 4, "`images`")
    return (given[None] if single else given), single


def is_one(labels):
    """Whether labels of one image are its own, and no list with it alone."""
    return np.ndim(labels) == 0 or np.ndim(labels) == 1 < len(labels)


def indices(given, count, single, of="image"):
    """Return indices of shape (count,).

    Raises:
        ValueError: For indices that do not fit the images.
    """
    if given is None:
        return np.arange(count)
    given = np.asarray(given)
    if single and given.ndim == 0:
        given = given[None]
    legal = given.shape == (count,) and given.dtype.kind in "iu"
    if not legal or given.min() < 0 or given.max() >= 2**32:
        raise ValueError(
            f"`indices` must be {count} whole numbers from 0, below 2**32, "
            f"one for each {of}. Received: {given!r}"
        )
    return given


def epochs(given, count):
    """Return one epoch, or those of the images, of shape (count,).

    Raises:
        ValueError: For anything else.
    """
    found = np.asarray(given)
    legal = found.shape in ((), (count,)) and found.dtype.kind in "iu"
    if not legal or found.min() < 0 or found.max() >= 2**32:
        raise ValueError(
            "`epoch` must be a whole number from 0, below 2**32, or one for "
            f"each image. Received: {given!r}"
        )
    return found


def sizes(found):
    """Return ((n, 2) heights and widths, the one size of all or None)."""
    if isinstance(found, list):
        return np.array([i.shape[:2] for i in found], "float32"), None
    size = found.shape[1:3]
    return np.tile(np.array(size, "float32"), (len(found), 1)), size


def one_size(output, steps):
    """Refuse images that come out in different sizes.

    Raises:
        ValueError: If there is no one size.
    """
    if output is None:
        raise ValueError(
            "Images of different sizes need a step that gives them one, such "
            f"as augment.RandomResizedCrop(224, 224). Received: {steps!r}"
        )


def _native(array):
    """Return the array in the machine's own order of bytes, as OpenCV reads."""
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _check_count(found, received):
    if not len(found):
        raise ValueError(
            f"`images` is empty. Give one or more. Received: {received}"
        )


def _check(array, rank, name):
    shaped = array.ndim == rank and array.shape[-1] in (1, 3) and array.size
    floats = array.dtype.kind == "f" and array.dtype.itemsize in (2, 4, 8)
    if not shaped or not (floats or array.dtype == np.uint8):
        raise ValueError(
            f"{name} must be uint8, float16, float32 or float64 of shape "
            "(height, width, channels) with 1 or 3 channels, or many of these. "
            f"Received: {array.dtype} of shape {array.shape}"
        )
    if floats and not (array.min() >= 0 and array.max() <= 1):
        raise ValueError(
            f"{name} must hold floats in [0, 1], or be uint8: divide by 255. "
            f"Received: values from {array.min():g} to {array.max():g}"
        )
