"""The device renderer: `keras.ops` alone, compiled with the model.

What a policy cannot do is left out when it is compiled. It agrees with the
host renderer within interpolation error: the host reads at 1/32 of a pixel
and rounds between the stages, the device does neither.
"""

import numpy as np
from keras import ops

from augment.device_resample import resampled
from augment.device_table import looked_up
from augment.drawn import LUMA
from augment.mix import own_share
from augment.noise import noise


def render(
    images,
    drawn,
    fill_mode="reflect",
    fill_value=0.0,
    interpolation="bilinear",
):
    """Return the images as drawn, of shape (n, height, width, channels).

    Args:
        images: uint8, or floats in [0, 1]; height, width and channels are
            known when compiled, n need not be.
        drawn: The `Drawn` of these images, with `xp=keras.ops`.
        fill_mode: As of `Policy`.
        fill_value: As of `Policy`.
        interpolation: As of `Policy`.
    """
    work = unit(images)
    if drawn.moves:
        smooth = interpolation == "bilinear"
        work = resampled(work, drawn, fill_mode, fill_value, smooth)
    if drawn.colors:
        work = ops.clip(_colored(work, drawn), 0.0, 1.0)
    if drawn.table:
        work = looked_up(work, drawn.table)
    if drawn.sharpness is not None:
        work = ops.clip(_sharpened(work, drawn.sharpness), 0.0, 1.0)
    for box, values, fill in drawn.erased:
        box = box(values, *drawn.output, ops)
        work = _erased(work, box, values, fill)
    return as_type(work, images.dtype)


def mix(images, labels, drawn):
    """Mix each image with the next one, and the labels with them.

    Args:
        images: Rendered, of shape (n, height, width, channels).
        labels: Rows of floats (n, classes).
        drawn: The `Drawn` of the images.

    Returns:
        (images, labels), of the same types.
    """
    share, blend, boxes = own_share(drawn)
    work = unit(images)
    partner = _next(work)
    blend = blend[:, None, None, None]
    work = work * blend + partner * (1.0 - blend)
    for box in boxes:
        inside = covered(tuple(box[:, i] for i in range(4)), images.shape)
        work = ops.where(inside, partner, work)
    rows, share = ops.cast(labels, "float32"), share[:, None]
    rows = share * rows + (1.0 - share) * _next(rows)
    return as_type(work, images.dtype), ops.cast(rows, labels.dtype)


def unit(images):
    """Return float32 in [0, 1]."""
    if _whole(images.dtype):
        return ops.cast(images, "float32") / 255.0
    return ops.cast(images, "float32")


def as_type(work, dtype):
    """Return float32 in [0, 1] as uint8, or as floats of a type."""
    work = ops.clip(work, 0.0, 1.0)  # weights may add up to a bit more than 1
    if _whole(dtype):
        work = ops.round(work * 255.0)
    return ops.cast(work, dtype)


def covered(box, shape):
    """Return where boxes lie, of shape (n, height, width, 1)."""
    left, top, right, bottom = (side[:, None, None, None] for side in box)
    rows = np.arange(shape[1], dtype="float32")[None, :, None, None]
    columns = np.arange(shape[2], dtype="float32")[None, None, :, None]
    down = ops.logical_and(rows >= top, rows < bottom)
    return ops.logical_and(
        down, ops.logical_and(columns >= left, columns < right)
    )


def _whole(dtype):
    return "uint8" in str(dtype)


def _next(rows):
    return ops.concatenate([rows[1:], rows[:1]], axis=0)


def _colored(work, drawn):
    matrix, mean_matrix, bias = drawn.matrix, drawn.mean_matrix, drawn.bias
    if work.shape[-1] == 1:
        # Gray is red = green = blue; what comes out is the luma.
        luma = np.array(LUMA, "float32")
        matrix = ops.sum(luma[:, None] * matrix, axis=(1, 2))[:, None, None]
        bias = ops.sum(bias * luma, axis=-1, keepdims=True)
    bias = bias[:, None, None, :]
    if mean_matrix is not None:
        if work.shape[-1] == 1:
            mean_matrix = luma[:, None] * mean_matrix
            mean_matrix = ops.sum(mean_matrix, axis=(1, 2))[:, None, None]
        mean = ops.mean(work, axis=(1, 2), keepdims=True)
        bias = bias + _mixed(mean, mean_matrix)
    return _mixed(work, matrix) + bias


def _mixed(work, matrix):
    """Channels times a matrix, as sums: no reduced precision on a GPU."""
    found = 0.0
    for channel in range(work.shape[-1]):
        column = matrix[:, None, None, :, channel]
        found = found + work[..., channel : channel + 1] * column
    return found


def _sharpened(work, factor):
    factor = factor[:, None, None, None]
    padded = ops.pad(work, ((0, 0), (1, 1), (1, 1), (0, 0)), "symmetric")
    rows = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
    box = rows[:, :, :-2] + rows[:, :, 1:-1] + rows[:, :, 2:]
    blurred = (box + 4.0 * work) / 13.0
    return blurred + (work - blurred) * factor


def _erased(work, box, values, fill):
    height, width, channels = work.shape[1:]
    if fill is None:
        tile = noise()[..., :channels].reshape(-1, channels)
        rows = _modulo(values["noise_y"], height)[:, :, None]
        columns = _modulo(values["noise_x"], width)[:, None, :]
        tile = (tile / 255).astype("float32")
        fill = ops.take(tile, rows * 256 + columns, axis=0)
    return ops.where(covered(box, work.shape), fill, work)


def _modulo(start, count):
    start = ops.cast(start, "int32")[:, None]
    return ops.mod(start + np.arange(count, dtype="int32")[None], 256)
