"""Lens distortion against its formula, by hand."""

import numpy as np
import pytest
from scipy.stats import kstest

from augment import (
    Policy,
    RandomCrop,
    RandomLensDistortion,
    RandomRotation,
    RandomTranslation,
    RandomZoom,
)


def bent(height, width, k):
    """Return where each output pixel is read: (x, y) in input pixels."""
    y, x = np.mgrid[:height, :width].astype(float)
    x, y = x - (width - 1) / 2, y - (height - 1) / 2
    r = np.hypot(x, y) / np.hypot((width - 1) / 2, (height - 1) / 2)
    read = r * (1 + k * r**2) / (1 + max(k, 0))
    ratio = np.divide(read, r, out=np.ones_like(r), where=r > 0)
    return x * ratio + (width - 1) / 2, y * ratio + (height - 1) / 2


@pytest.mark.parametrize("k", [0.5, 0.1, -0.1, -0.3])
def test_each_pixel_is_read_where_the_formula_says(k, smooth, bilinear):
    found = RandomLensDistortion((k, k))(smooth())
    by_hand = bilinear(smooth(), *bent(33, 40, k))
    np.testing.assert_allclose(found, by_hand, atol=0.01)
    other = bilinear(smooth(), *bent(33, 40, -k / 2))
    assert np.abs(found - other).mean() > 0.005


@pytest.mark.parametrize("k", [1.0, 0.3, -0.1, -0.3])
def test_nothing_outside_the_picture_is_shown(k):
    white = np.full((1, 33, 40, 1), 255, "uint8")
    lens = RandomLensDistortion((k, k))
    assert Policy([lens], fill_mode="constant")(white).min() >= 254
    wider = [lens, RandomZoom((1.0, 1.0))]
    assert Policy(wider, fill_mode="constant")(white).min() == 0


def test_a_barrel_keeps_corners_and_a_pincushion_the_center():
    for k in (0.5, -0.3):
        x, y = bent(33, 41, k)
        image = np.stack([x * 0] * 3, axis=-1).astype("float32")
        image[..., 0] = np.arange(41) / 40
        image[..., 1] = np.arange(33)[:, None] / 32
        found = RandomLensDistortion((k, k))(image)
        slope = (found[16, 21, 0] - found[16, 19, 0]) / (2 / 40)
        corners = found[[0, 0, -1, -1], [0, -1, 0, -1], :2]
        if k > 0:
            np.testing.assert_allclose(corners, np.round(corners), atol=1e-3)
            assert slope == pytest.approx(1 / (1 + k), abs=0.01)
        else:
            assert slope == pytest.approx(1, abs=0.01)
            assert np.abs(corners - 0.5).max() == pytest.approx(0.35, abs=0.01)


def test_a_barrel_bows_straight_lines_outward():
    line = np.zeros((1, 61, 61, 1), "float32")
    line[:, :, 45:48] = 1.0

    def column(image, row):
        weights = image[0, row, :, 0]
        return (weights * np.arange(61)).sum() / weights.sum()

    barrel = RandomLensDistortion((0.4, 0.4))(line)
    pincushion = RandomLensDistortion((-0.25, -0.25))(line)
    assert column(barrel, 30) > column(barrel, 3) + 1
    assert column(pincushion, 30) < column(pincushion, 3) - 1
    assert column(line, 30) == column(line, 3)


def test_maps_before_and_after_the_lens_keep_their_order(smooth, bilinear):
    before, after = (2 / 33, 3 / 40), (-4 / 33, 1 / 40)
    lens = RandomLensDistortion((0.4, 0.4))
    shifts = [RandomTranslation((d, d), (r, r)) for d, r in (before, after)]
    found = Policy([shifts[0], lens, shifts[1]])(smooth())
    x, y = bent(33, 40, 0.4)
    # The last shift picks from the bent picture, which reads a shifted one.
    image = bilinear(smooth(), x - 3, y - 2)
    inner = found[8:-8, 8:-8]
    by_hand = image[8 + 4 : 33 - 8 + 4, 8 - 1 : 40 - 8 - 1]
    np.testing.assert_allclose(inner, by_hand, atol=0.02)
    swapped = Policy([shifts[1], lens, shifts[0]])(smooth())
    assert np.abs(found - swapped).mean() > 0.005


@pytest.mark.parametrize("k", [1.0, 0.2, -0.1, -0.3])
@pytest.mark.parametrize("sides", [(33, 40), (15, 90)])
def test_the_scale_is_the_least_of_the_picture(k, sides):
    """The least singular value of the Jacobian of the map, numerically."""
    height, width = sides
    steps = [RandomZoom((1.0, 1.0)), RandomLensDistortion((k, k))]
    size = np.array([sides], "float32")
    arguments = {"seed": 0, "epoch": 0, "indices": [0]}
    drawn, _ = Policy(steps).draw(size, sides, **arguments)

    def places(x, y):  # in the picture of the lens, the half of that zoomed in
        x, y = x - (width - 1) / 2, y - (height - 1) / 2
        squared = (x**2 + y**2) * 4 / ((height - 1) ** 2 + (width - 1) ** 2)
        factor = 2 * (1 + k * squared) / (1 + max(k, 0))
        return np.stack([x * factor, y * factor], axis=-1)

    # An odd number of places: among them the corners and the center.
    y, x = np.meshgrid(
        np.linspace(0, height - 1, 41), np.linspace(0, width - 1, 41)
    )
    step = 1e-3
    jacobian = [
        (places(x + step, y) - places(x - step, y)) / (2 * step),
        (places(x, y + step) - places(x, y - step)) / (2 * step),
    ]
    values = np.linalg.svd(np.stack(jacobian, axis=-1), compute_uv=False)
    assert drawn.scale()[0] == pytest.approx(values.min(), abs=1e-4)
    # A crop shows a part of it, and may lose less.
    cut, _ = Policy([*steps, RandomCrop(9, 9)]).draw(size, sides, **arguments)
    assert cut.scale() == drawn.scale()


def test_a_lens_at_rate_zero_leaves_the_other_maps_alone(noise):
    turn = RandomRotation((0.1, 0.1))
    off = RandomLensDistortion(0.3, rate=0.0)
    assert (Policy([turn, off])(noise) == turn(noise)).all()


def test_strengths_are_uniform_and_a_number_is_cut_to_what_is_legal():
    step = RandomLensDistortion(0.5)
    _, (values,) = Policy([step]).draw(
        np.full((3000, 2), 9.0, "float32"),
        (9, 9),
        seed=1,
        epoch=0,
        indices=np.arange(3000),
    )
    assert kstest((values["k"] + 0.3) / 0.8, "uniform").pvalue > 0.01


def test_arguments_out_of_range_are_refused(noise):
    for factor in ((-0.4, 0), (0, 1.1), "strong", 2):
        with pytest.raises(ValueError, match="RandomLensDistortion: `factor`"):
            RandomLensDistortion(factor)
    with pytest.raises(ValueError, match="one lens distortion"):
        Policy([RandomLensDistortion(), RandomLensDistortion()])(noise)
