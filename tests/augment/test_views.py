"""Fixed views against slices by hand."""

import numpy as np
import pytest

from augment.views import VIEWS, views

# Boxes (left, top, side) of a picture of 32 × 32: 28 of it, or less.
CORNERS = [(0, 0, 28), (4, 0, 28), (0, 4, 28), (4, 4, 28)]
CENTER = [(2, 2, 28)]
SCALES = [(0, 0, 32), (2, 2, 28), (4, 4, 24)]
BY_HAND = {
    "mirrored": [((0, 0, 32), False), ((0, 0, 32), True)],
    "five_crop": [(box, False) for box in CORNERS + CENTER],
    "ten_crop": [(b, m) for m in (False, True) for b in CORNERS + CENTER],
    "scales": [(box, False) for box in SCALES],
    "mirrored_scales": [(b, m) for b in SCALES for m in (False, True)],
}


def test_every_name_is_here():
    assert set(BY_HAND) == set(VIEWS)


@pytest.mark.parametrize("name", BY_HAND)
def test_a_view_is_a_slice_enlarged(name, smooth, warp):
    image = smooth(32, 32)
    images = np.stack([image, image[::-1], image.transpose(1, 0, 2)])
    found = list(views(images, name))
    assert len(found) == len(BY_HAND[name])
    for view, ((left, top, side), mirrored) in zip(
        found, BY_HAND[name], strict=True
    ):
        assert view.shape == images.shape and view.dtype == images.dtype
        scale = side / 32
        matrix = np.diag([scale, scale, 1.0])
        matrix[:2, 2] = (scale - 1) / 2
        for i, one in enumerate(images):
            part = one[top : top + side, left : left + side]
            part = part[:, ::-1] if mirrored else part
            by_hand = warp(part, matrix, "nearest", (32, 32))
            np.testing.assert_allclose(view[i], by_hand, atol=2e-3)
    # No view is like another: a box elsewhere would have been seen.
    for i, one in enumerate(found):
        assert all(np.abs(one - two).max() > 0.02 for two in found[:i])


def test_whole_views_keep_every_digit(noise):
    plain, mirrored = views(noise, "mirrored")
    assert (plain == noise).all() and (mirrored == noise[:, :, ::-1]).all()
    assert (next(iter(views(noise, "scales"))) == noise).all()


@pytest.mark.parametrize("size", [(21, 26), (20, 12), (3, 4), (1, 1)])
def test_corners_reach_the_corners_of_any_size(size):
    height, width = size
    image = np.zeros((1, height, width, 1), "uint8")
    y, x = [0, 0, -1, -1], [0, -1, 0, -1]
    image[0, y, x, 0] = 50, 100, 150, 200
    corners = image[0, y, x, 0].copy()
    for i, view in enumerate(list(views(image, "five_crop"))[:4]):
        assert view[0, y[i], x[i], 0] == corners[i]
        assert view.shape == image.shape


def test_an_unknown_view_is_refused(noise):
    with pytest.raises(ValueError, match="must be one of mirrored, five_crop"):
        views(noise, "two_crop")
    for wrong in (["mirrored"], None, {"mirrored"}):
        with pytest.raises(ValueError, match="must be one of mirrored"):
            views(noise, wrong)
    with pytest.raises(ValueError, match="`images` is empty"):
        views(noise[:0], "mirrored")
    with pytest.raises(ValueError, match="divide by 255"):
        views(noise.astype("float32"), "mirrored")
