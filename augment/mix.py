"""Mixing rendered images, and their labels with them."""

import numbers

import cv2
import numpy as np


def one_hot(labels, count, num_classes, mixes):
    """Return rows of floats for labels that are to be mixed.

    Args:
        labels: Class numbers (n,) or (n, 1), truth values being 0 and 1, or
            rows (n, classes); one column of numbers in [0, 1] stands for two
            classes.
        count: Number of images.
        num_classes: For class numbers.
        mixes: Whether they are mixed; else they are returned as they are.

    Raises:
        ValueError: For labels that cannot be mixed.

    Example:

    >>> one_hot([0, 2], 2, 3, True).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    labels = np.asarray(labels)
    if len(labels) != count if labels.ndim else True:
        raise ValueError(
            f"`labels` must be one for each of the {count} images. "
            f"Received: shape {labels.shape}"
        )
    if not mixes:
        return labels
    if labels.dtype == bool:
        labels = labels.astype("uint8")
    whole = labels.dtype.kind in "iu"
    known = isinstance(num_classes, numbers.Integral)
    if whole and known and labels.shape == (count, 1):
        labels = labels[:, 0]
    if _are_rows(labels, num_classes):
        return labels.astype("float32")
    numbered = whole and known and labels.ndim == 1
    if not numbered or not 0 <= labels.min() <= labels.max() < num_classes:
        raise ValueError(
            "Mixed images need labels of shape (n, classes), or class numbers "
            "below `num_classes`. Received: labels of shape "
            f"{labels.shape} and type {labels.dtype}, num_classes="
            f"{num_classes!r}"
        )
    return np.eye(num_classes, dtype="float32")[labels]


def _are_rows(labels, num_classes):
    """Whether labels are rows of numbers, and no column of class numbers."""
    if labels.ndim != 2 or labels.dtype.kind not in "iuf":
        return False
    if not np.isfinite(labels).all():
        return False
    if labels.shape[1] == 1:  # the share of the second of two classes
        shares = 0 <= labels.min() and labels.max() <= 1
        return bool(shares) and num_classes in (None, 1, 2)
    return num_classes in (None, labels.shape[1])


def own_share(drawn):
    """Return the share of each image that stays its own, and where.

    Returns:
        (share (n,) of the label, blend (n,) of the pixels outside the boxes,
        boxes (n, k, 4): left, top, right, bottom).
    """
    xp = drawn.xp
    height, width = drawn.output
    blend = drawn.one if drawn.weight is None else drawn.weight
    boxes = [
        xp.stack(box(values, height, width, xp), axis=-1)
        for box, values in drawn.boxes
    ]
    pasted = _union(boxes, height, width, drawn)
    share = blend * (1.0 - pasted)
    return share, blend, boxes


def _union(boxes, height, width, drawn):
    """Return the fraction of the picture that the boxes cover together."""
    xp = drawn.xp
    if len(boxes) < 2:
        area = drawn.zero
        for box in boxes:
            area = (box[:, 2] - box[:, 0]) * (box[:, 3] - box[:, 1])
        return area / (height * width)
    outside = drawn.one[:, None, None]
    rows = xp.arange(height, dtype="float32")[None, :, None]
    columns = xp.arange(width, dtype="float32")[None, None, :]
    for box in boxes:
        left, top, right, bottom = (box[:, i, None, None] for i in range(4))
        covered = (rows >= top) & (rows < bottom)
        covered = covered & (columns >= left) & (columns < right)
        outside = xp.where(covered, 0.0, outside)
    outside = outside * xp.ones((height, width), dtype="float32")
    return 1.0 - xp.mean(outside, axis=(1, 2))


def mix(images, labels, drawn, partners=None):
    """Mix rendered images and rows of labels with their partners.

    Args:
        images: Of shape (n, height, width, channels).
        labels: float32 rows (n, classes).
        drawn: The `Drawn` of the images.
        partners: Which image each is mixed with; None: the next one.

    Returns:
        (images, labels)
    """
    others = places(partners, len(images))
    share, blend, boxes = own_share(drawn)
    mixed = images.copy()
    for i, j in enumerate(others):
        if blend[i] < 1:
            mixed[i] = blended(images[i], images[j], float(blend[i]))
        for box in boxes:
            left, top, right, bottom = box[i].astype(int)
            mixed[i, top:bottom, left:right] = images[j, top:bottom, left:right]
    share = share[:, None].astype("float32")
    return mixed, share * labels + (1 - share) * labels[others]


def blended(image, other, own):
    """Return own · image + (1 - own) · other, of the same type."""
    if image.dtype == np.float16:  # which OpenCV does not know
        images = image.astype("float32"), other.astype("float32")
        return blended(*images, own).astype("float16")
    found = cv2.addWeighted(image, own, other, 1 - own, 0)
    return found.reshape(image.shape)


def places(partners, count):
    """Return the place in the batch of each image's partner.

    Raises:
        ValueError: For partners that do not fit.
    """
    if partners is None:
        return (np.arange(count) + 1) % count
    partners = np.asarray(partners)
    legal = partners.shape == (count,) and partners.dtype.kind in "iu"
    if not legal or partners.min() < 0 or partners.max() >= count:
        raise ValueError(
            f"`partners` must be {count} places in the batch, from 0. "
            f"Received: {partners!r}"
        )
    return partners
