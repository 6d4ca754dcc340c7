"""Grad-CAM: what of a feature map speaks for a score, and where."""

import cv2
import keras
import numpy as np

from recipes.training.looking.gradients import gradient

BATCH = 32  # images whose maps are in memory at a time


def grad_cam(cut, images, signs):
    """Return heat maps of images, and the scores they are of.

    Args:
        cut: A `Cut`.
        images: Raw (n, height, width, channels), as the model takes them.
        signs: What the scores are multiplied with before they are added:
            (n, scores), 1 or −1 at the one that is explained, 0 elsewhere.

    Returns:
        (float32 (n, height, width) in [0, 1], float32 (n,)).
    """
    found = []
    for start in range(0, len(images), BATCH):
        some = slice(start, start + BATCH)
        found.append(_batch(cut, images[some], signs[some]))
    return tuple(map(np.concatenate, zip(*found, strict=True)))


def heat(maps, gradients, size):
    """Return Grad-CAM's maps in [0, 1] from feature maps and gradients.

    α_k is the mean of ∂y/∂A_k over the pixels, and the map relu(Σ_k α_k A_k),
    enlarged with straight lines between the pixels' centers, over its largest
    value; where nothing speaks for y it is 0.

    Args:
        maps: A, (n, height, width, channels).
        gradients: ∂y/∂A, of that shape.
        size: (height, width) of the image.

    Returns:
        float32 (n, height, width).

    Example:

    >>> maps = np.zeros((1, 2, 2, 1), "float32")
    >>> maps[0, 0, 1] = 3.0
    >>> heat(maps, np.ones_like(maps), (2, 2)).tolist()
    [[[0.0, 1.0], [0.0, 0.0]]]
    """
    alpha = gradients.mean(axis=(1, 2), keepdims=True)
    small = np.maximum((alpha * maps).sum(axis=-1), 0)
    large = np.stack(
        [
            cv2.resize(m, size[::-1], interpolation=cv2.INTER_LINEAR)
            for m in small
        ]
    )
    most = large.max(axis=(1, 2), keepdims=True)
    return (large / np.where(most > 0, most, 1)).astype("float32")


def _batch(cut, x, signs):
    """Return (maps in [0, 1], scores) of a batch."""
    given = cut.before(keras.ops.convert_to_tensor(x, "float32"))
    maps = cut.maps(given)
    signs = keras.ops.convert_to_tensor(signs)

    def score(maps):
        scores = keras.ops.cast(cut.head(maps, given), "float32")
        return keras.ops.sum(scores * signs, axis=-1)

    slopes = gradient(score, maps)
    arrays = [
        keras.ops.convert_to_numpy(keras.ops.cast(each, "float32"))
        for each in (maps, slopes)
    ]
    scores = keras.ops.convert_to_numpy(score(maps))
    return heat(*arrays, x.shape[1:3]), scores
