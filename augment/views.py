"""Fixed views of an image, for predictions that are averaged."""

import numpy as np

from augment import checks
from augment.drawn import Drawn
from augment.host import render
from augment.policy import Policy

SIDE = 224 / 256  # of a crop's sides, as AlexNet and ResNet have it


def _crops(side, places, mirrored):
    """Return views (left, top, side, mirrored), in fractions of the image."""
    free = 1 - side
    return [
        (across * free, down * free, side, mirror)
        for mirror in mirrored
        for across, down in places
    ]


_CORNERS = [(0, 0), (1, 0), (0, 1), (1, 1)]
_CENTER = [(0.5, 0.5)]
_BOTH = (False, True)

VIEWS = {
    "mirrored": _crops(1, _CENTER, _BOTH),
    "five_crop": _crops(SIDE, [*_CORNERS, *_CENTER], (False,)),
    "ten_crop": _crops(SIDE, [*_CORNERS, *_CENTER], _BOTH),
    "scales": [
        view
        for side in (1, 7 / 8, 3 / 4)
        for view in _crops(side, _CENTER, [0])
    ],
    "mirrored_scales": [
        view
        for side in (1, 7 / 8, 3 / 4)
        for view in _crops(side, _CENTER, _BOTH)
    ],
}


def views(images, name):
    """Yield the images in each view, of the images' own size.

    Args:
        images: uint8, or floats in [0, 1], of shape (n, height, width,
            channels).
        name: `"mirrored"` (as they are, and mirrored), `"five_crop"` (corners
            and center, of 7/8 of each side), `"ten_crop"` (these, and
            mirrored), `"scales"` (the center at 1, 7/8 and 3/4 of each side),
            `"mirrored_scales"` (these, and mirrored).

    Raises:
        ValueError: For an unknown name, or images that a policy does not take.

    Source: Krizhevsky et al., "ImageNet classification with deep
    convolutional neural networks", 2012, section 4.1 (ten crops).

    Example:

    >>> images = np.zeros((4, 32, 32, 3), "uint8")
    >>> [view.shape for view in views(images, "mirrored")]
    [(4, 32, 32, 3), (4, 32, 32, 3)]
    """
    if not isinstance(name, str) or name not in VIEWS:
        raise ValueError(
            f"`name` must be one of {', '.join(VIEWS)}. Received: {name!r}"
        )
    images, _ = checks.images(images)
    return (_view(images, *view) for view in VIEWS[name])


def _view(images, left, top, side, mirrored):
    sizes, output = checks.sizes(images)
    drawn = Drawn(sizes, output)
    height, width = sizes[:, 0], sizes[:, 1]
    box = (left * width, top * height, side * width, side * height)
    drawn.crop(*map(np.rint, box), output)
    if mirrored:
        drawn.map_about_center([[-1, 0], [0, 1]])
    return render(images, drawn, Policy([]))
