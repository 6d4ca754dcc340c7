"""Shrinking without aliases; the short way; nearest; what lies outside."""

import numpy as np
import pytest

from augment import (
    Policy,
    RandomCrop,
    RandomFlip,
    RandomResizedCrop,
    RandomRotation,
    RandomScaleCrop,
    RandomTranslation,
    RandomZoom,
    resample,
)

WHOLE = {"scale": (1, 1), "ratio": (0.05, 20)}


def board(height, width, kind="checkers"):
    y, x = np.mgrid[:height, :width]
    return ((x + y if kind == "checkers" else x) % 2).astype("float32")[
        ..., None
    ]


@pytest.mark.parametrize("degrees", [0, 3])
@pytest.mark.parametrize(
    ("kind", "size", "output"),
    [
        ("checkers", (48, 48), (16, 16)),  # three pixels in one
        ("checkers", (80, 80), (16, 16)),
        ("stripes", (8, 48), (16, 16)),  # three across, half a pixel down
        ("stripes", (8, 80), (16, 16)),
        ("stripes", (16, 48), (16, 16)),
    ],
)
def test_a_board_of_pixels_shrinks_to_gray(degrees, kind, size, output, warp):
    image = board(*size, kind)
    turn = RandomRotation((degrees / 360,) * 2)
    steps = [turn, RandomResizedCrop(*output, **WHOLE)]
    gray = Policy(steps)(image)
    # The mean of three pixels of two colors is a third or two.
    assert np.abs(gray - 0.5).max() < 0.17
    rough = Policy(steps, interpolation="nearest")(image)
    assert rough.std() > 0.4
    # The same map without averaging first, by hand.
    down, across = np.array(size) / output
    matrix = [[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2]]
    skipped = warp(image, np.array([*matrix, [0, 0, 1]]), size=output)
    assert skipped.std() > 0.4


@pytest.mark.parametrize("turn", [0, 1e-4])
@pytest.mark.parametrize(
    ("output", "most"), [(126, 0.65), (120, 0.45), (110, 0.5)]
)
def test_stripes_fade_as_soon_as_a_picture_shrinks(output, most, turn, warp):
    """What is finer than the new pixels would come back as false waves."""
    size = 160
    stripes = board(size, size, "stripes")
    steps = [RandomRotation((turn, turn))]
    found = Policy(steps, height=output, width=output)(stripes)
    # By hand: a filter of three pixels, then bilinear.
    scale = size / output
    share = 0.35 * (scale - 1)
    beside = np.pad(stripes, ((0, 0), (1, 1), (0, 0)), "edge")
    soft = stripes + share * (beside[:, 2:] + beside[:, :-2] - 2 * stripes)
    matrix = np.array(
        [[scale, 0, (scale - 1) / 2], [0, scale, (scale - 1) / 2], [0, 0, 1]]
    )
    by_hand = warp(soft, matrix, "nearest", (output, output))
    inner = np.s_[5:-5, 5:-5]
    np.testing.assert_allclose(found[inner], by_hand[inner], atol=0.06)
    aliased = warp(stripes, matrix, "nearest", (output, output))
    assert np.ptp(found[inner]) < most < 0.95 * np.ptp(aliased[inner])


@pytest.mark.parametrize("size", [(61, 47), (64, 90)])
def test_a_part_is_averaged_as_in_the_whole(size, monkeypatch):
    noise = np.random.default_rng(0).integers(0, 256, (30, *size, 3), "uint8")
    turned = [RandomRotation(0.02), RandomZoom((-0.4, -0.1))]
    steps = [
        RandomResizedCrop(9, 7, scale=(0.1, 1)),
        RandomScaleCrop(9, 7, (10, 30)),
        Policy([RandomResizedCrop(40, 30, scale=(0.2, 0.6)), *turned]),
    ]
    far = [RandomTranslation(0.9, 0.9), RandomZoom((-0.5, 0.9))]
    for fill in ("reflect", "nearest", "wrap", "constant"):
        outside = [RandomRotation(0.5), RandomResizedCrop(9, 12, (0.1, 0.5))]
        steps.append(Policy(outside, fill_mode=fill))
        steps.append(Policy([*outside, *far], fill_mode=fill))
    parts = [step(noise).astype(int) for step in steps]
    monkeypatch.setattr(resample, "part", lambda image, *_: (image, (0, 0)))
    for step, found in zip(steps, parts, strict=True):
        assert np.abs(step(noise) - found).max() <= 1
    monkeypatch.setattr(
        resample, "part", lambda image, *_: (image[1:, 1:], (1, 1))
    )
    assert np.abs(steps[0](noise) - parts[0]).max() > 30


def test_enlarging_stays_bilinear(smooth, warp):
    image = smooth(12, 12)
    found = RandomResizedCrop(30, 24, **WHOLE)(image)
    matrix = [[0.5, 0, -0.25], [0, 0.4, -0.3], [0, 0, 1]]
    by_hand = warp(image, np.array(matrix), "nearest", (30, 24))
    np.testing.assert_allclose(found, by_hand, atol=1e-3)


@pytest.mark.parametrize("size", [(16, 16), (33, 40), (50, 60)])
def test_the_short_way_of_whole_boxes_equals_the_general_one(size, smooth):
    images = np.tile(smooth(), (12, 1, 1, 1))
    crop = RandomResizedCrop(*size, scale=(0.3, 1))
    short = Policy([crop])(images)
    nearly = RandomRotation((2e-6, 2e-6))  # 0.0007°: no box any more
    general = Policy([nearly, crop])(images)
    # The first number decides nothing else: the crop must be the same draw.
    assert (Policy([RandomRotation(0.0), crop])(images) != short).any()
    short = Policy([RandomRotation(0.0), crop])(images)
    np.testing.assert_allclose(short, general, atol=0.05)
    inner = np.s_[:, 2:-2, 2:-2]
    assert np.abs(short[inner] - general[inner]).max() < 0.02
    assert (short != general).any()  # it was another way


@pytest.mark.parametrize("side", [20, 40, 90])
def test_white_stays_white_and_no_whiter(side):
    white = np.ones((40, 64, 61, 3), "float32")
    found = RandomResizedCrop(side, side)(white)
    assert found.max() == 1 and found.min() > 1 - 1e-6


def test_nearest_reads_pixel_centers():
    image = (np.arange(20, dtype="float32") / 20)[:, None, None]
    image = np.tile(image, (1, 9, 1))
    policy = Policy([RandomResizedCrop(7, 3, **WHOLE)], interpolation="nearest")
    rows = np.floor(20 / 7 * (np.arange(7) + 0.5)).astype(int)
    assert (policy(image) == image[rows][:, [1, 4, 7]]).all()


def test_nearest_makes_no_new_values(noise):
    policy = Policy(
        [RandomRotation(0.5), RandomZoom(0.5)], interpolation="nearest"
    )
    two = (noise[..., :1] > 127).astype("uint8") * 200 + 10
    assert set(np.unique(policy(two))) == {10, 210}
    assert len(np.unique(Policy(policy.steps)(two))) > 50


def test_each_fill_mode_continues_the_picture_in_its_own_way(noise):
    step = RandomTranslation((0, 0), (0.5, 0.5))  # 13 pixels to the right
    expected = {
        "reflect": noise[:, :, 12::-1],
        "nearest": np.repeat(noise[:, :, :1], 13, axis=2),
        "wrap": noise[:, :, 13:],
        "constant": np.full_like(noise[:, :, :13], 51),
    }
    for mode, left in expected.items():
        found = Policy([step], fill_mode=mode, fill_value=0.2)(noise)
        assert np.abs(found[:, :, :13].astype(int) - left).max() <= 1, mode
        assert (
            np.abs(found[:, :, 13:].astype(int) - noise[:, :, :13]).max() <= 1
        )


INSIDE = {
    "enlarged": RandomCrop(100, 80),
    "fractional": RandomScaleCrop(48, 40, (50, 100)),
    "shrunk": RandomScaleCrop(16, 17, (18, 30)),
    "zoom": RandomZoom((-0.5, -0.1)),
    "tall": RandomZoom((-0.5, -0.1), (0, 0)),
}


@pytest.mark.parametrize("kind", ["uint8", "float32"])
@pytest.mark.parametrize("name", INSIDE)
def test_a_box_inside_the_picture_has_no_rim(name, kind):
    white = np.full((20, 64, 64, 3), 255 if kind == "uint8" else 1, kind)
    filled = {"fill_mode": "constant"}
    steps = [RandomFlip(), INSIDE[name]]
    assert Policy(steps, **filled)(white).min() >= white.max() * (1 - 1e-6)
    # What is really outside is filled, however little of it is seen.
    out = [RandomTranslation((0, 0), (0.5, 0.5)), *steps]
    assert Policy(out, **filled)(white).min() == 0
    for degrees in (90, -90):  # whose first row and column may lie inside
        turn = RandomRotation((degrees / 360,) * 2)
        turned = [RandomTranslation((0, 0), (-0.3, -0.3)), turn]
        assert Policy(turned, **filled)(white).min() == 0
    shifted = Policy(RandomTranslation(0, (0.01, 0.01)), **filled)(white)
    assert 0.3 < shifted.min() / white.max() < 0.4


@pytest.mark.parametrize("name", INSIDE)
def test_the_edge_of_a_box_inside_does_not_wrap(name):
    ramp = np.tile(np.linspace(0, 1, 64, dtype="float32"), (20, 64, 1))
    steps = [INSIDE[name]]
    found = Policy(steps, fill_mode="wrap")(ramp[..., None])
    assert (np.diff(found[..., 0], axis=2) >= -1e-6).all()
    out = [RandomTranslation((0, 0), (0.1, 0.1)), *steps]
    found = Policy(out, fill_mode="wrap")(ramp[..., None])
    assert np.diff(found[..., 0], axis=2).min() < -0.1
