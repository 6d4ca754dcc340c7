"""Tables of values and sharpness, by hand and beside PIL."""

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps

from augment import (
    AutoContrast,
    Equalization,
    Policy,
    RandomPosterization,
    RandomSharpness,
    Solarization,
)


@pytest.fixture
def dull(noise):
    """Pictures that leave both ends of the range empty."""
    return (noise // 3 + np.array([30, 60, 90])).astype("uint8")


def pil(images, change):
    return np.stack([np.asarray(change(Image.fromarray(x))) for x in images])


def apart(a, b):
    return np.abs(a.astype(int) - b.astype(int)).max()


def test_auto_contrast_stretches_each_channel_of_each_image(dull):
    found = AutoContrast()(dull)
    low = dull.min(axis=(1, 2), keepdims=True).astype(float)
    high = dull.max(axis=(1, 2), keepdims=True)
    assert (found == np.rint((dull - low) * (255 / (high - low)))).all()
    assert apart(found, pil(dull, ImageOps.autocontrast)) <= 1  # it cuts off
    assert apart(found, dull) > 20


def test_equalization_maps_to_the_share_of_darker_pixels(dull):
    found = Equalization()(dull)
    for image, result in zip(dull, found, strict=True):
        for c in range(3):
            x = image[..., c].ravel()
            darker = np.array([(x <= v).sum() for v in x])
            first = (x == x.min()).sum()
            expected = np.rint((darker - first) * 255 / (x.size - first))
            assert (result[..., c].ravel() == expected).all()
    large = np.random.default_rng(0).normal(120, 20, (1, 160, 160, 3))
    large = large.clip(0, 255).astype("uint8")
    theirs = pil(large, ImageOps.equalize)  # it leaves the level itself out
    assert apart(Equalization()(large), theirs) <= 6
    # Flat: every quarter of the range holds about a quarter of the pixels.
    shares = np.histogram(found, 4, (0, 256))[0] / found.size
    assert np.abs(shares - 0.25).max() < 0.03
    assert np.histogram(dull, 4, (0, 256))[0].max() / dull.size > 0.4


@pytest.mark.parametrize("bits", range(1, 9))
def test_posterization_keeps_the_upper_bits(bits, noise):
    found = RandomPosterization(bits)(noise)
    assert (found == pil(noise, lambda x: ImageOps.posterize(x, bits))).all()
    assert len(np.unique(found)) <= 2**bits


def test_the_number_of_bits_is_drawn_for_each_image(noise):
    many = np.tile(noise[:1], (900, 1, 1, 1))
    found = RandomPosterization((2, 4))(many)
    levels = [len(np.unique(image)) for image in found]
    counts = [levels.count(2**bits) for bits in (2, 3, 4)]
    assert sum(counts) == 900 and np.abs(np.array(counts) - 300).max() < 60


@pytest.mark.parametrize("threshold", [0.0, 0.25, 0.5, 1.0])
def test_solarization_inverts_from_the_threshold_on(threshold, noise):
    found = Solarization(threshold)(noise)
    assert (
        found == np.where(noise >= threshold * 255, 255 - noise, noise)
    ).all()
    level = int(np.ceil(threshold * 255))
    assert (found == pil(noise, lambda x: ImageOps.solarize(x, level))).all()


@pytest.mark.parametrize("factor", [-1, -0.4, 0.7, 2.0])
def test_sharpness_is_a_blend_with_the_smoothed_picture(factor, noise):
    x = np.pad(noise.astype(float), ((0, 0), (1, 1), (1, 1), (0, 0)), "edge")
    height, width = noise.shape[1:3]
    windows = [
        x[:, i : i + height, j : j + width] for i in range(3) for j in range(3)
    ]
    smoothed = (sum(windows) + 4.0 * noise) / 13
    by_hand = np.clip((1 + factor) * (noise - smoothed) + smoothed, 0, 255)
    found = RandomSharpness((factor, factor))(noise)
    assert np.abs(found - by_hand).max() <= 0.51
    theirs = pil(noise, lambda x: ImageEnhance.Sharpness(x).enhance(1 + factor))
    inner = np.s_[:, 1:-1, 1:-1]  # PIL leaves the border as it is
    assert apart(found[inner], theirs[inner]) <= 2
    assert apart(found, noise) > 20


def test_tables_come_in_their_documented_order(dull):
    steps = [
        AutoContrast(),
        Equalization(),
        Solarization(0.6),
        RandomPosterization(3),
        RandomSharpness((1.0, 1.0)),
    ]
    apart_each = dull
    for step in steps:
        apart_each = step(apart_each)
    assert (Policy(steps)(dull) == apart_each).all()
    assert (Policy(steps[::-1])(dull) == apart_each).all()
    backwards = dull
    for step in steps[::-1]:
        backwards = step(backwards)
    assert apart(backwards, apart_each) > 50


@pytest.mark.parametrize(
    "step",
    [
        AutoContrast(),
        Equalization(),
        Solarization(0.5),
        RandomPosterization(3),
    ],
)
def test_floats_are_the_nearest_levels(step, dull):
    floats = (dull / 255).astype("float32")
    np.testing.assert_allclose(step(floats) * 255, step(dull), atol=1e-3)
    between = floats + np.float32(0.3 / 255)
    np.testing.assert_allclose(step(between) * 255, step(dull), atol=1e-3)


def test_a_picture_of_one_color_is_left_alone():
    flat = np.full((2, 5, 6, 3), 90, "uint8")
    for step in (AutoContrast(), Equalization(), RandomSharpness((2.0, 2.0))):
        assert (step(flat) == flat).all()


def test_gray_images_go_through_the_same_tables(dull):
    for step in (AutoContrast(), Equalization(), RandomSharpness((1.0, 1.0))):
        assert (step(dull[..., :1]) == step(dull)[..., :1]).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Solarization(1.5), "Solarization: `threshold_factor`"),
        (lambda: RandomPosterization(0), "`factor` must be a whole number"),
        (lambda: RandomPosterization(2.5), "`factor` must be a whole number"),
        (lambda: RandomPosterization((5, 2)), "`factor` must be a pair"),
        (lambda: RandomSharpness((-2, 0)), "RandomSharpness: `factor`"),
        (lambda: AutoContrast(2), "AutoContrast: `rate`"),
        (lambda: Equalization(-0.1), "Equalization: `rate`"),
    ],
)
def test_arguments_out_of_range_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
