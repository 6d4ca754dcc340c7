"""Mixing images with a partner, and their labels with them."""

import numpy as np

from augment import limits
from augment.step import Step

_POINTS = 2049  # of the quantiles from 0 to 1/2


class MixUp(Step):
    """Blend each image with a partner: λ·x + (1 - λ)·partner.

    λ ~ Beta(alpha, alpha). The label becomes λ·y + (1 - λ)·partner's.

    Args:
        alpha: Above 0; small values blend little, 1 draws λ uniformly.
        rate: Share of the images that are blended, in [0, 1].

    Raises:
        ValueError: For an argument out of range. When called: for labels
            that cannot be mixed.

    Source: Zhang et al., "mixup: Beyond empirical risk minimization", 2018.

    Example:

    >>> images = np.stack([np.zeros((2, 2, 1)), np.ones((2, 2, 1))])
    >>> images, labels = MixUp(1.0)(images, [0, 1], num_classes=2)
    >>> np.allclose(images[0], labels[0, 1])
    True
    """

    neutral = {"own": 1.0}
    mixes = True

    def __init__(self, alpha=0.2, rate=1.0):
        self.alpha = limits.number("MixUp", "alpha", alpha, 1e-3, 1e3)
        self.rate = limits.number("MixUp", "rate", rate, 0, 1)
        self._quantiles = beta_quantiles(alpha)

    def values(self, u, drawn):
        """Return the image's own share."""
        return {"own": look_up(self._quantiles, u[:, 0], drawn.xp)}

    def apply(self, drawn, values):
        """Note the share."""
        own = values["own"]
        drawn.weight = own if drawn.weight is None else drawn.weight * own


class CutMix(Step):
    """Paste a box of a partner into each image.

    The box covers 1 - λ of the area, λ ~ Beta(alpha, alpha), around a center
    that lies anywhere; what reaches beyond the border is cut off. The label
    gets the partner's in proportion to the area that was really pasted.

    Keras' layer draws the alpha of each batch, by a `factor`: one number f
    there is an alpha from 0 to f, here `alpha` is that of every image.

    Args:
        alpha: Above 0; 1 draws the area uniformly.
        rate: Share of the images that get a box, in [0, 1].

    Raises:
        ValueError: For an argument out of range. When called: for labels
            that cannot be mixed.

    Source: Yun et al., "CutMix: Regularization strategy to train strong
    classifiers with localizable features", 2019.

    Example:

    >>> images = np.stack([np.zeros((8, 8, 1)), np.ones((8, 8, 1))])
    >>> images, labels = CutMix(1.0)(images, [0, 1], num_classes=2)
    >>> bool(images[0].mean() == labels[0, 1])
    True
    """

    uniforms = 3
    neutral = {"own": 1.0, "x": 0.0, "y": 0.0}
    mixes = True

    def __init__(self, alpha=1.0, rate=1.0):
        self.alpha = limits.number("CutMix", "alpha", alpha, 1e-3, 1e3)
        self.rate = limits.number("CutMix", "rate", rate, 0, 1)
        self._quantiles = beta_quantiles(alpha)

    def values(self, u, drawn):
        """Return the share that is kept, and the center of the box."""
        own = look_up(self._quantiles, u[:, 0], drawn.xp)
        return {"own": own, "x": u[:, 1], "y": u[:, 2]}

    def apply(self, drawn, values):
        """Note it: the box is laid out on the finished canvas."""
        drawn.boxes.append((self.box, values))

    def box(self, values, height, width, xp):
        """Return left, top, right, bottom in whole pixels."""
        side = xp.sqrt(1.0 - values["own"])
        edges = []
        for name, length in (("x", width), ("y", height)):
            half = xp.round(side * length) / 2.0
            center = values[name] * length
            low = xp.floor(center - half + 0.5)  # the nearest whole pixel
            high = low + 2.0 * half
            edges.append([xp.clip(x, 0.0, length) for x in (low, high)])
        (left, right), (top, bottom) = edges
        return left, top, right, bottom


def beta_quantiles(alpha):
    """Return the quantiles of Beta(alpha, alpha) at t²/2, t from 0 to 1.

    They lie closest at the end, where they change fastest; the other half is
    their mirror image.
    """
    from scipy.special import betaincinv

    places = np.linspace(0, 1, _POINTS) ** 2 / 2
    places[0] = 2.0**-25  # 0 stands for all that is below 2⁻²⁴
    return betaincinv(alpha, alpha, places).astype("float32")


def look_up(quantiles, u, xp):
    """Return the quantiles at `u`, linear in between."""
    tail = xp.minimum(u, 1.0 - u)
    place = xp.sqrt(2.0 * tail) * (_POINTS - 1.0)
    low = xp.minimum(xp.floor(place), _POINTS - 2.0)
    part = place - low
    if xp is np:
        low = low.astype("int32")
        below, above = quantiles[low], quantiles[low + 1]
    else:
        low = xp.cast(low, "int32")
        below, above = xp.take(quantiles, low), xp.take(quantiles, low + 1)
    found = below + part * (above - below)
    return xp.where(u < 0.5, found, 1.0 - found)
