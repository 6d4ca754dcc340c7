"""Random erasing and cutout: the boxes, and what they are filled with."""

import tracemalloc

import numpy as np
import pytest
from scipy.stats import kstest

from augment import (
    CutMix,
    Policy,
    RandomCutout,
    RandomErasing,
    RandomGrayscale,
)
from augment import (
    noise as tiles,
)

LARGEST = np.float32(1 - 2**-24)  # of the numbers in [0, 1) that are drawn


def boxes(step, height, width, count=2000):
    _, (values,) = Policy([step]).draw(
        np.tile(np.array([[height, width]], "float32"), (count, 1)),
        (height, width),
        seed=0,
        epoch=0,
        indices=np.arange(count),
    )
    return np.stack(step.box(values, height, width, np), axis=-1), values


def test_area_and_ratio_are_as_drawn_and_the_box_inside():
    step = RandomErasing(1.0, scale=(0.05, 0.2), ratio=(0.5, 2))
    box, values = boxes(step, 200, 300)
    across, down = box[:, 2] - box[:, 0], box[:, 3] - box[:, 1]
    area = values["area"] * 60000
    assert (np.abs(across * down - area) <= 0.5 * (across + down) + 1).all()
    assert box.min() >= 0 and box[:, 2].max() <= 300 and box[:, 3].max() <= 200
    logs = np.log(across / down) / np.log(2)
    assert np.abs(logs).max() < 1.05
    assert kstest((logs + 1) / 2, "uniform").pvalue > 0.01
    scaled = (values["area"] - 0.05) / 0.15
    assert kstest(scaled, "uniform").pvalue > 0.01
    assert kstest(box[:, 0] / (300 - across), "uniform").pvalue > 0.01


def test_the_box_and_nothing_else_is_filled(noise):
    noise = noise.clip(0, 254)
    for fill, value in ((1.0, 255), (0.2, 51)):
        step = RandomErasing(1.0, scale=(0.1, 0.3), fill_value=fill)
        found = step(noise)
        for i, (left, top, right, bottom) in enumerate(
            boxes(step, 21, 26, 5)[0].astype(int)
        ):
            expected = noise[i].copy()
            expected[top:bottom, left:right] = value
            assert (found[i] == expected).all()
            assert (found[i] != noise[i]).any()


@pytest.mark.parametrize("kind", ["uint8", "float32"])
def test_noise_fills_the_range_and_differs_from_image_to_image(kind):
    top = 255 if kind == "uint8" else 1
    images = np.full((2, 64, 64, 3), top, kind)
    step = RandomErasing(1.0, scale=(0.99, 1), ratio=(1, 1))
    found = step(images)[:, :60, :60]
    assert found.min() >= 0 and found.max() <= top
    assert kstest(found.ravel() / top, "uniform").statistic < 0.02
    assert (found[0] == found[1]).mean() < 0.05
    gray = step(images[..., :1])
    assert gray.shape == (2, 64, 64, 1) and len(np.unique(gray)) > 200


def test_the_rate_is_the_share_of_images_that_lose_a_box(noise):
    many = np.tile(noise[:1, :8, :8], (2000, 1, 1, 1))
    lost = (RandomErasing(0.3, fill_value=0)(many) != many).any(axis=(1, 2, 3))
    assert abs(lost.mean() - 0.3) < 0.04


def test_the_largest_number_places_a_box_inside_too():
    values = {"area": np.float32([0.04]), "ratio": np.float32([1])}
    values |= {"x": np.float32([LARGEST]), "y": np.float32([LARGEST])}
    for height in range(20, 60):
        left, top, right, bottom = RandomErasing().box(
            values, height, height + 7, np
        )
        assert right == height + 7 and bottom == height
        assert left > 0 and top > 0


def test_a_square_reaches_beyond_the_border_and_is_cut_there():
    step = RandomCutout(0.5)
    box, values = boxes(step, 40, 60)
    x, y = np.rint(values["x"] * 60), np.rint(values["y"] * 40)
    expected = [
        np.clip(x - 10, 0, 60),
        np.clip(y - 10, 0, 40),
        np.clip(x + 10, 0, 60),
        np.clip(y + 10, 0, 40),
    ]
    assert (box == np.stack(expected, axis=-1)).all()
    area = (box[:, 2] - box[:, 0]) * (box[:, 3] - box[:, 1])
    assert area.max() == 400 and 95 < area.min() < 150
    assert kstest(values["x"], "uniform").pvalue > 0.01
    # Whole with probability 0.5 · (2 / 3), in the limit of small pixels.
    assert abs((area == 400).mean() - 1 / 3) < 0.05


@pytest.mark.parametrize("side", [0.2, 0.25, 0.5, 0.6])
@pytest.mark.parametrize("step", [CutMix(), RandomCutout()])
def test_both_halves_lose_the_same(step, side):
    def cover(places):
        """How often each of 20 columns is covered."""
        values = {"x": places, "y": 0 * places + 0.5}
        values |= {"own": 0 * places + 1 - side**2, "size": 0 * places + side}
        left, top, right, bottom = step.box(values, 20, 20, np)
        assert set(np.round([left, right], 3).ravel() % 1) == {0}
        assert ((right - left).max(), *set(bottom - top)) == (20 * side,) * 2
        columns = np.arange(20)[:, None]
        return ((left <= columns) & (columns < right)).sum(axis=1)

    places = (np.arange(2000) + 0.5) / 2000
    assert (cover(places) == cover(places)[::-1]).all()
    # Half a pixel away it would be seen.
    beside = cover(np.clip(places - 0.5 / 20, 0, 1))
    assert (beside != beside[::-1]).any()


def test_a_square_as_large_as_the_picture_twice_covers_it(noise):
    assert (RandomCutout(2.0, fill_value=0.0)(noise[:, :, :21]) == 0).all()
    half = RandomCutout(1.0, fill_value=0.0)(noise[:, :, :21])
    assert (half != 0).any()


def test_several_boxes_follow_the_colors(noise):
    policy = Policy(
        [
            RandomErasing(1.0, fill_value=1.0),
            RandomCutout(0.4, fill_value=0.0),
            RandomGrayscale(1.0),
        ]
    )
    found = policy(noise)
    assert (found == 0).any() and (found == 255).any()
    assert (found[..., 0] == found[..., 1]).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: RandomErasing(1.5), "RandomErasing: `rate`"),
        (lambda: RandomErasing(scale=(0, 0.5)), "`scale`"),
        (lambda: RandomErasing(ratio=(0, 1)), "`ratio`"),
        (lambda: RandomErasing(fill_value=128), "`fill_value`"),
        (lambda: RandomCutout(3.0), "RandomCutout: `size`"),
        (lambda: RandomCutout(fill_value=-1), "`fill_value`"),
    ],
)
def test_arguments_out_of_range_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_noise_is_laid_from_any_place_and_nothing_is_kept():
    endless = np.tile(tiles.noise(), (3, 4, 1))
    for top, left, height, width in ((0, 0, 9, 9), (250, 3, 300, 600)):
        part = np.zeros((height, width, 3), "uint8")
        tiles.lay(part, top + 256, left + 512)
        there = endless[top : top + height, left : left + width]
        assert (part == there).all()
    image = np.zeros((900, 1200, 3), "uint8")
    step = RandomErasing(1.0)
    step(image, seed=1)  # makes the tile
    tracemalloc.start()
    for epoch in range(8):
        step(image, epoch=epoch)
    left, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert left < 2**20  # bytes; tilings that are kept take some each
