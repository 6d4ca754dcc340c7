"""Short ways of the host renderer: what is faster is the same picture."""

import numpy as np
import pytest

from augment import (
    Policy,
    RandomBrightness,
    RandomErasing,
    RandomLensDistortion,
    RandomResizedCrop,
    RandomRotation,
    RandomSharpness,
    Solarization,
    resample,
)
from augment.noise import noise


@pytest.mark.parametrize(
    "step", [RandomRotation(0.2), RandomLensDistortion((0.1, 0.3))]
)
def test_a_fourth_channel_changes_no_pixel(step, monkeypatch):
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (6, 40, 50, 3)).astype("uint8")
    policy = Policy([step, RandomResizedCrop(33, 34)])
    four = policy(images)
    monkeypatch.setattr(resample, "_LARGE", 0)
    three = policy(images)
    off = np.abs(four.astype(int) - three)
    assert off.max() <= 1
    assert (off > 0).mean() < 1e-3
    assert (policy(images, seed=1) != four).mean() > 0.5


@pytest.mark.parametrize("kind", ["uint8", "float32"])
def test_noise_of_a_box_wider_than_the_tile_goes_round(kind):
    images = np.zeros((4, 300, 530, 3), kind)
    step = RandomErasing(1.0, scale=(0.9, 1.0), ratio=(1.7, 1.8))
    policy = Policy([step])
    found = policy(images)
    sizes = np.tile(np.array([[300, 530]], "float32"), (4, 1))
    _, (values,) = policy.draw(
        sizes, (300, 530), seed=0, epoch=0, indices=np.arange(4)
    )
    boxes = np.stack(step.box(values, 300, 530, np), axis=-1).astype(int)
    for i, (left, top, right, bottom) in enumerate(boxes):
        assert right - left > 256
        y = np.arange(top, bottom) + int(values["noise_y"][i])
        x = np.arange(left, right) + int(values["noise_x"][i])
        expected = noise()[y[:, None] % 256, x % 256]
        if kind == "float32":
            expected = expected / np.float32(255)
        box = found[i, top:bottom, left:right]
        np.testing.assert_allclose(box, expected, atol=1e-6)


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_floats_above_white_are_white_for_what_follows(kind):
    brighter = RandomBrightness((0.5, 0.5))
    image = np.full((1, 3, 4, 1), 0.8, kind)
    assert Policy([brighter, Solarization(0.5)])(image).max() == 0
    image[0, :, :2] = 0.2
    sharper = Policy([brighter, RandomSharpness((1, 1))])
    # 0.7 beside 1: three of thirteen parts of the smoothing are white.
    smoothed = (10 * 0.7 + 3 * 1) / 13
    row = [0.7, 0.7 + (0.7 - smoothed), 1, 1]
    expected = np.broadcast_to(np.array(row)[:, None], image.shape)
    np.testing.assert_allclose(sharper(image), expected, atol=1e-6)
