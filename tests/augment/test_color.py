"""Color against NumPy by hand; values stay in range."""

import colorsys

import numpy as np
import pytest
from scipy.stats import kstest

from augment import (
    Policy,
    RandomBrightness,
    RandomColorJitter,
    RandomContrast,
    RandomGrayscale,
    RandomHue,
    RandomInvert,
    RandomPCANoise,
    RandomSaturation,
)

LUMA = np.array([0.299, 0.587, 0.114])
# As scikit-image has it.
YIQ = np.array(
    [
        [0.299, 0.587, 0.114],
        [0.59590059, -0.27455667, -0.32134392],
        [0.21153661, -0.52273617, 0.31119955],
    ]
)


def brightness(x, f):
    return x + f


def contrast(x, f):
    mean = x.mean(axis=(1, 2), keepdims=True)
    return (1 + f) * (x - mean) + mean


def saturation(x, f):
    gray = (x @ LUMA)[..., None]
    return (1 + f) * (x - gray) + gray


def hue(x, f):
    angle = -np.pi * f  # red towards yellow is clockwise in the IQ plane
    turn = np.eye(3)
    turn[1:, 1:] = [
        [np.cos(angle), -np.sin(angle)],
        [np.sin(angle), np.cos(angle)],
    ]
    return x @ (np.linalg.inv(YIQ) @ turn @ YIQ).T


BY_HAND = {
    RandomBrightness: brightness,
    RandomContrast: contrast,
    RandomSaturation: saturation,
    RandomHue: hue,
}


@pytest.mark.parametrize("factor", [-0.6, -0.2, 0.3, 0.9])
@pytest.mark.parametrize("step", BY_HAND)
def test_each_color_step_is_the_one_by_hand(step, factor, noise):
    found = step((factor, factor))(noise)
    by_hand = np.clip(BY_HAND[step](noise / 255.0, factor), 0, 1) * 255
    assert np.abs(found - by_hand).max() <= 1.001
    floats = step((factor, factor))((noise / 255).astype("float32"))
    np.testing.assert_allclose(floats * 255, by_hand, atol=0.1)
    away = np.clip(BY_HAND[step](noise / 255.0, -factor), 0, 1) * 255
    assert np.abs(found - away).max() > 20


def test_colors_compose_in_the_order_written_and_are_clipped_once(noise):
    x = noise / 255.0
    by_hand = saturation(contrast(brightness(x, 0.4), 0.8), -0.5)
    by_hand = contrast(hue(1 - by_hand, 0.3), -0.6)
    steps = [
        RandomBrightness((0.4, 0.4)),
        RandomContrast((0.8, 0.8)),
        RandomSaturation((-0.5, -0.5)),
        RandomInvert(1.0),
        RandomHue((0.3, 0.3)),
        RandomContrast((-0.6, -0.6)),
    ]
    found = Policy(steps)(x.astype("float32"))
    np.testing.assert_allclose(found, np.clip(by_hand, 0, 1), atol=1e-4)
    clipped = x.astype("float32")
    for step in steps:
        clipped = step(clipped)
    assert np.abs(clipped - found).max() > 0.1


def test_jitter_is_the_four_in_a_row(noise):
    x = noise / 255.0
    jitter = RandomColorJitter(*[(f, f) for f in (0.1, 0.2, -0.3, 0.1)])
    by_hand = contrast(brightness(x, 0.1), 0.2)
    by_hand = hue(saturation(by_hand, -0.3), 0.1)
    found = jitter(x.astype("float32"))
    np.testing.assert_allclose(found, np.clip(by_hand, 0, 1), atol=1e-4)


@pytest.mark.parametrize("color", [(0.7, 0.4, 0.4), (0.4, 0.5, 0.45)])
def test_the_hue_turns_as_that_of_hsv_and_keeps_the_luma(color):
    image = np.tile(np.array(color, "float32"), (1, 4, 4, 1))
    found = RandomHue((0.15, 0.15))(image)[0, 0, 0]
    before, after = (colorsys.rgb_to_hsv(*c)[0] for c in (color, found))
    assert 0.02 < (after - before + 0.5) % 1 - 0.5 < 0.15
    assert found @ LUMA == pytest.approx(np.array(color) @ LUMA, abs=1e-5)


@pytest.mark.parametrize("kind", ["uint8", "float32"])
@pytest.mark.parametrize("value", [-1.0, 1.0])
def test_extremes_stay_in_range(kind, value, noise):
    x = noise if kind == "uint8" else (noise / 255).astype("float32")
    top = 255 if kind == "uint8" else 1
    bright = RandomBrightness((value, value))(x)
    assert (bright == (top if value > 0 else 0)).all()
    for step in (RandomContrast, RandomSaturation):
        found = step((9 * max(value, -1 / 9),) * 2)(x)
        assert found.min() >= 0 and found.max() <= top
        assert found.dtype == x.dtype
        if value > 0:  # both ends are reached, none wraps around
            assert (found == top).any() and (found == 0).any()


def test_gray_images_are_red_green_blue_alike(noise):
    gray = noise[..., :1]
    colored = np.repeat(gray, 3, axis=-1)
    for step in (
        RandomBrightness(0.5),
        RandomContrast(0.5),
        RandomInvert(0.5),
    ):
        one, three = step(gray), step(colored)
        assert one.shape == gray.shape
        assert np.abs(one - three.astype(int)).max() <= 1
        assert (one != gray).any()
    for step in (RandomSaturation((0.9, 0.9)), RandomHue((0.5, 0.5))):
        assert (step(gray) == gray).all()
        assert (step(noise) != noise).any()


def test_grayscale_and_inversion_by_hand(noise):
    gray = RandomGrayscale(1.0)(noise)
    assert np.abs(gray - (noise @ LUMA)[..., None]).max() <= 1
    assert (gray[..., 0] == gray[..., 2]).all()
    assert (RandomInvert(1.0)(noise) == 255 - noise).all()


def test_pca_noise_has_the_covariance_of_its_axes():
    step = RandomPCANoise(stddev=0.4)
    images = np.full((6000, 1, 1, 3), 0.5, "float32")
    shift = step(images).reshape(-1, 3) - 0.5
    axes, values = np.array(step.eigenvectors), np.array(step.eigenvalues)
    expected = 0.4**2 * axes @ np.diag(values**2) @ axes.T
    assert np.abs(np.cov(shift.T) - expected).max() < 0.05 * expected.max()
    assert np.abs(axes.T @ axes - np.eye(3)).max() < 1e-3
    for scaled in (shift @ axes / (0.4 * values)).T:
        assert kstest(scaled, "norm").pvalue > 0.01
    assert kstest(shift[:, 0] / 0.4, "norm").pvalue < 1e-6


def test_pca_noise_adds_one_color_to_all_pixels_of_an_image(noise):
    x = (0.3 + 0.4 * noise / 255).astype("float32")
    shift = RandomPCANoise(0.5)(x) - x
    assert shift.std(axis=(1, 2)).max() < 1e-6
    assert shift.mean(axis=(1, 2)).std(axis=0).min() > 1e-3


@pytest.mark.parametrize("step", BY_HAND)
def test_factors_out_of_range_are_refused(step):
    for factor in ((-1.1, 0), (0.5, 0.1), float("nan"), "much", None):
        with pytest.raises(ValueError, match=f"{step.__name__}: `factor`"):
            step(factor)
    with pytest.raises(ValueError, match="`hue_factor`"):
        RandomColorJitter(hue_factor=1.5)
    with pytest.raises(ValueError, match="`stddev`"):
        RandomPCANoise(-1)
