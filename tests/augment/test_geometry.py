"""Flips, rotation, translation, zoom, shear: directions, sizes, draws."""

import numpy as np
import pytest
from scipy.stats import kstest

from augment import (
    Policy,
    RandomFlip,
    RandomRotation,
    RandomShear,
    RandomTranslation,
    RandomZoom,
)


def about_center(linear, height=33, width=40, shift=(0, 0)):
    """Output to input: p ↦ linear (p - center) + center + shift."""
    center = np.array([width - 1, height - 1]) / 2
    matrix = np.eye(3)
    matrix[:2, :2] = linear
    matrix[:2, 2] = center - np.array(linear) @ center + shift
    return matrix


ANGLE = 0.07 * 2 * np.pi
BY_HAND = {
    "rotation": (
        RandomRotation((0.07, 0.07)),
        about_center(
            [
                [np.cos(ANGLE), -np.sin(ANGLE)],
                [np.sin(ANGLE), np.cos(ANGLE)],
            ]
        ),
    ),
    "translation": (
        RandomTranslation((0.13, 0.13), (-0.21, -0.21)),
        about_center(np.eye(2), shift=(0.21 * 40, -0.13 * 33)),
    ),
    "zoom": (
        RandomZoom((0.3, 0.3), (-0.4, -0.4)),
        about_center([[0.6, 0], [0, 1.3]]),
    ),
    "shear": (
        RandomShear((0.3, 0.3), (-0.2, -0.2)),
        about_center([[1, 0.3], [-0.2, 1]]),
    ),
    "flip": (RandomFlip(rate=1.0), about_center([[-1, 0], [0, -1]])),
}


@pytest.mark.parametrize("mode", ["reflect", "nearest", "wrap", "constant"])
@pytest.mark.parametrize("name", BY_HAND)
def test_each_map_is_the_one_by_hand(name, mode, smooth, warp):
    step, matrix = BY_HAND[name]
    found = Policy([step], fill_mode=mode)(smooth())
    np.testing.assert_allclose(found, warp(smooth(), matrix, mode), atol=0.04)
    assert np.abs(found - warp(smooth(), matrix, mode)).mean() < 0.003
    backwards = warp(smooth(), np.linalg.inv(matrix), mode)
    assert name == "flip" or np.abs(found - backwards).mean() > 0.02


def test_maps_compose_in_the_order_written_with_one_resampling(smooth, warp):
    names = ["rotation", "zoom", "flip", "shear", "translation"]
    steps = [BY_HAND[name][0] for name in names]
    matrix = np.linalg.multi_dot([BY_HAND[name][1] for name in names])
    found = Policy(steps)(smooth())
    np.testing.assert_allclose(found, warp(smooth(), matrix), atol=0.03)
    other = Policy(steps[::-1])(smooth())
    assert np.abs(found - other).mean() > 0.02


def test_there_and_back_is_the_picture_to_the_bit(noise):
    there, back = RandomRotation((0.1, 0.1)), RandomRotation((-0.1, -0.1))
    assert (Policy([there, back])(noise) == noise).all()
    assert (back(there(noise)) != noise).mean() > 0.5  # resampled twice


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("RandomRotation", [(0.1, 0.1)]),
        ("RandomTranslation", [(0.2, 0.2), (0.0, 0.0)]),
        ("RandomTranslation", [(0.0, 0.0), (0.2, 0.2)]),
        ("RandomZoom", [(0.3, 0.3), (0.3, 0.3)]),
        ("RandomZoom", [(-0.3, -0.3), (0.0, 0.0)]),
    ],
)
def test_signs_are_those_of_keras_layers(name, arguments, smooth):
    import keras

    import augment

    image = smooth(32, 32)
    layer = getattr(keras.layers, name)(*arguments, fill_mode="constant")
    theirs = np.asarray(layer(image[None], training=True))[0]
    step = getattr(augment, name)
    ours = Policy([step(*arguments)], fill_mode="constant")(image)
    assert np.abs(ours - theirs).mean() < 0.01
    turned = [(-upper, -lower) for lower, upper in arguments]
    away = Policy([step(*turned)], fill_mode="constant")(image)
    assert np.abs(away - theirs).mean() > 0.05


def test_a_quarter_turn_is_counter_clockwise(noise):
    square = noise[:, :21, :21]
    turned = RandomRotation((0.25, 0.25))(square)
    assert np.abs(turned.astype(int) - np.rot90(square, 1, (1, 2))).max() <= 1
    assert (turned != np.rot90(square, -1, (1, 2))).mean() > 0.9


def test_a_shift_by_whole_pixels_moves_down_and_right(noise):
    step = RandomTranslation((2 / 21, 2 / 21), (3 / 26, 3 / 26))
    found = Policy([step], fill_mode="constant")(noise)
    assert np.abs(found[:, 2:, 3:].astype(int) - noise[:, :-2, :-3]).max() <= 1
    assert not found[:, :2].any() and not found[:, :, :3].any()


def test_flips_are_exact_and_each_has_its_own_draw(noise):
    assert (RandomFlip("horizontal", 1.0)(noise) == noise[:, :, ::-1]).all()
    assert (RandomFlip("vertical", 1.0)(noise) == noise[:, ::-1]).all()
    many = np.tile(noise[:1], (800, 1, 1, 1))[:, :4, :4]
    found = RandomFlip(rate=0.3)(many)
    kinds = {
        name: np.mean([(image == view).all() for image in found])
        for name, view in {
            "none": many[0],
            "across": many[0][:, ::-1],
            "down": many[0][::-1],
            "both": many[0][::-1, ::-1],
        }.items()
    }
    for name, share in zip(kinds, (0.49, 0.21, 0.21, 0.09), strict=True):
        assert abs(kinds[name] - share) < 4 * np.sqrt(share / 800)


@pytest.mark.parametrize(
    ("step", "limits"),
    [
        (RandomRotation((-0.1, 0.3)), {"degrees": (-36, 108)}),
        (
            RandomTranslation(0.2, 0.1),
            {"down": (-0.2, 0.2), "right": (-0.1, 0.1)},
        ),
        (RandomZoom(0.2, (0, 0.5)), {"height": (0.8, 1.2), "width": (1, 1.5)}),
        (RandomShear(0.2, 0.5), {"x": (-0.2, 0.2), "y": (-0.5, 0.5)}),
    ],
)
def test_draws_are_uniform_and_apart(step, limits):
    _, (values,) = Policy([step]).draw(
        np.full((4000, 2), 8.0, "float32"),
        (8, 8),
        seed=0,
        epoch=0,
        indices=np.arange(4000),
    )
    for name, (low, high) in limits.items():
        scaled = (values[name] - low) / (high - low)
        assert kstest(scaled, "uniform").pvalue > 0.01
        assert kstest(scaled**1.2, "uniform").pvalue < 0.01
    if len(limits) == 2:
        assert abs(np.corrcoef(*values.values())[0, 1]) < 0.05


def test_zoom_without_a_width_keeps_the_aspect():
    _, (values,) = Policy([RandomZoom(0.5)]).draw(
        np.full((50, 2), 8.0, "float32"),
        (8, 8),
        seed=0,
        epoch=0,
        indices=np.arange(50),
    )
    assert (values["height"] == values["width"]).all()
