"""Crops: area, ratio and place as drawn, and what comes out."""

import numpy as np
import pytest
from scipy.stats import kstest

from augment import (
    Policy,
    RandomCrop,
    RandomResizedCrop,
    RandomRotation,
    RandomScaleCrop,
)
from augment.counter import uniforms


def draws(step, height, width, count=3000, seed=0):
    """Return the step's boxes and the numbers they were drawn from."""
    arguments = {"seed": seed, "epoch": 0, "indices": np.arange(count)}
    sizes = np.tile(np.array([[height, width]], "float32"), (count, 1))
    _, (values,) = Policy([step]).draw(sizes, (height, width), **arguments)
    u = uniforms(seed, 0, np.arange(count), step.uniforms + 1)
    return values, u


def assert_inside(box, height, width):
    assert box["left"].min() >= 0 and box["top"].min() >= 0
    assert (box["left"] + box["width"]).max() <= width + 1e-3
    assert (box["top"] + box["height"]).max() <= height + 1e-3
    assert box["width"].min() >= 1 and box["height"].min() >= 1


@pytest.mark.parametrize("size", [(200, 300), (300, 200), (400, 50), (7, 9)])
@pytest.mark.parametrize("ratio", [(3 / 4, 4 / 3), (1, 1), (0.2, 5)])
def test_the_area_is_always_as_drawn_and_the_box_inside(size, ratio):
    step = RandomResizedCrop(64, 64, scale=(0.1, 1.0), ratio=ratio)
    box, u = draws(step, *size)
    assert_inside(box, *size)
    area = (0.1 + 0.9 * u[:, 0]) * size[0] * size[1]
    rounding = 0.5 * (box["width"] + box["height"]) + 1
    assert (np.abs(box["width"] * box["height"] - area) <= rounding).all()
    whole = {k: v for k, v in box.items() if k in ("width", "height")}
    assert all((v == np.round(v)).all() for v in whole.values())


def test_the_ratio_is_log_uniform_and_apart_from_the_area():
    step = RandomResizedCrop(64, 64, scale=(0.05, 0.5), ratio=(0.5, 2))
    box, _ = draws(step, 2000, 2000)
    logs = np.log(box["width"] / box["height"]) / np.log(2)
    assert -1.01 <= logs.min() and logs.max() <= 1.01
    assert kstest((logs + 1) / 2, "uniform").pvalue > 0.01
    linear = (box["width"] / box["height"] - 0.5) / 1.5
    assert kstest(linear, "uniform").pvalue < 1e-6
    area = box["width"] * box["height"] / 2000**2
    assert kstest((area - 0.05) / 0.45, "uniform").pvalue > 0.01
    assert abs(np.corrcoef(logs, area)[0, 1]) < 0.06


def test_a_ratio_that_does_not_fit_becomes_the_nearest_that_does():
    step = RandomResizedCrop(64, 64, scale=(0.9, 0.9), ratio=(1, 1))
    box, _ = draws(step, 100, 400, 50)
    assert set(box["height"]) == {100.0} and set(box["width"]) == {360.0}


def test_the_ratio_is_relative_to_that_of_the_result():
    step = RandomResizedCrop(50, 100, scale=(0.1, 0.1), ratio=(1, 1))
    box, _ = draws(step, 1000, 1000, 50)
    assert np.allclose(box["width"] / box["height"], 2, atol=0.02)


def test_places_are_uniform_from_edge_to_edge():
    box, _ = draws(RandomCrop(8, 8), 14, 17, 5000)
    for name, most in (("top", 6), ("left", 9)):
        counts = np.bincount(box[name].astype(int), minlength=most + 1)
        assert len(counts) == most + 1  # whole pixels from 0 to `most`
        expected = 5000 / (most + 1)
        assert np.abs(counts - expected).max() < 5 * np.sqrt(expected)


def test_a_crop_is_a_slice_to_the_bit_and_drawn_for_each_image(noise):
    box, _ = draws(RandomCrop(10, 12), 21, 26, 5)
    found = RandomCrop(10, 12)(noise)
    left, top = box["left"].astype(int), box["top"].astype(int)
    for i, image in enumerate(noise):
        part = image[top[i] : top[i] + 10, left[i] : left[i] + 12]
        assert (found[i] == part).all()
    assert len(set(zip(left, top, strict=True))) == 5


def test_a_small_image_is_enlarged_as_far_as_it_must_be():
    box, _ = draws(RandomCrop(20, 20), 10, 40, 200)
    assert set(box["height"]) == {10.0} and set(box["width"]) == {10.0}
    assert RandomCrop(20, 20)(np.zeros((2, 10, 40, 1), "uint8")).shape == (
        (2, 20, 20, 1)
    )


@pytest.mark.parametrize("size", [(300, 500), (500, 300)])
def test_the_shorter_side_is_scaled_to_a_drawn_length(size):
    step = RandomScaleCrop(22, 22, shorter_side=(25, 48))
    box, _ = draws(step, *size)
    assert_inside(box, *size)
    shorter = 22 / box["width"] * 300
    assert np.allclose(box["width"], box["height"])
    assert kstest((shorter - 25) / 23, "uniform").pvalue > 0.01


def test_a_resized_crop_is_the_box_scaled_by_hand(smooth, warp):
    step = RandomResizedCrop(30, 36, scale=(0.2, 0.5))
    box, _ = draws(step, 33, 40, 6)
    found = step(np.tile(smooth(), (6, 1, 1, 1)))
    for i in range(6):
        across, down = box["width"][i] / 36, box["height"][i] / 30
        matrix = [
            [across, 0, box["left"][i] + (across - 1) / 2],
            [0, down, box["top"][i] + (down - 1) / 2],
            [0, 0, 1],
        ]
        by_hand = warp(smooth(), np.array(matrix), "nearest", (30, 36))
        np.testing.assert_allclose(
            found[i][2:-2, 2:-2], by_hand[2:-2, 2:-2], atol=0.01
        )


def test_a_crop_after_a_turn_cuts_the_turned_picture(smooth):
    steps = [RandomRotation((0.25, 0.25)), RandomCrop(20, 20)]
    square = np.tile(smooth(33, 33), (3, 1, 1, 1))
    found = Policy(steps)(square)
    turned = np.rot90(square, 1, (1, 2))
    _, (_, box) = Policy(steps).draw(
        np.full((3, 2), 33, "float32"),
        (33, 33),
        seed=0,
        epoch=0,
        indices=np.arange(3),
    )
    for i in range(3):
        left, top = int(box["left"][i]), int(box["top"][i])
        part = turned[i, top : top + 20, left : left + 20]
        np.testing.assert_allclose(found[i], part, atol=0.01)


def test_images_of_different_sizes_come_out_alike(noise):
    images = [noise[0], noise[1][:9], noise[2][:, :12]]
    found = RandomResizedCrop(8, 8)(images, indices=[4, 5, 6])
    assert found.shape == (3, 8, 8, 3)
    for i, image in enumerate(images):
        alone = RandomResizedCrop(8, 8)(image, indices=4 + i)
        assert (found[i] == alone).all()
    with pytest.raises(ValueError, match="different sizes"):
        RandomResizedCrop()(images)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: RandomCrop(0, 5), "RandomCrop: `height`"),
        (lambda: RandomCrop(5, None), "or neither"),
        (lambda: RandomResizedCrop(5, 5, scale=(0, 1)), "`scale`"),
        (lambda: RandomResizedCrop(5, 5, scale=(0.5, 0.2)), "`scale`"),
        (lambda: RandomResizedCrop(5, 5, ratio=(0.01, 1)), "`ratio`"),
        (lambda: RandomScaleCrop(5, 5, shorter_side=0.5), "`shorter_side`"),
    ],
)
def test_arguments_out_of_range_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
    try:
        make()
    except ValueError as error:
        assert "(-f, f)" not in str(error)  # no crop takes one number


def test_padding_moves_the_window_beyond_the_picture():
    """4 pixels around 32, by hand: pad, then cut out."""
    images = np.random.default_rng(0).integers(0, 256, (50, 32, 16, 3), "uint8")
    step = RandomCrop(padding=1 / 8)
    box, _ = draws(step, 32, 16, 50)
    assert set(box["top"]) == set(range(-4, 5))
    assert set(box["left"]) == set(range(-2, 3))
    found = Policy([step], fill_mode="constant", fill_value=0.2)(images)
    padded = np.pad(
        images, ((0, 0), (4, 4), (2, 2), (0, 0)), constant_values=51
    )
    for i, (top, left) in enumerate(zip(box["top"], box["left"], strict=True)):
        y, x = int(top) + 4, int(left) + 2
        by_hand = padded[i, y : y + 32, x : x + 16].astype(int)
        assert np.abs(found[i] - by_hand).max() <= 1
    assert (RandomCrop()(images) == images).all()
    with pytest.raises(ValueError, match="`padding`"):
        RandomCrop(padding=4)
