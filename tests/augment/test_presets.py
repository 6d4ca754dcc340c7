"""Presets: their steps written out by hand, flips, and strength."""

import numpy as np
import pytest

import augment as a
from augment.presets import PRESETS, mixup_or_cutmix

FLIP = a.RandomFlip("horizontal", rate=0.5)
BY_HAND = {
    "light": [
        a.RandomRotation(4 / 360),
        a.RandomShear(0.04),
        a.RandomTranslation(0.02, 0.02),
    ],
    "standard": [
        a.RandomRotation(7 / 360),
        a.RandomShear(0.07),
        a.RandomTranslation(0.04, 0.04),
        a.RandomColorJitter(0.2, 0.2, 0.2, 0.05),
    ],
    "strong": [
        a.RandomRotation(15 / 360),
        a.RandomShear(0.15),
        a.RandomTranslation(0.1, 0.1),
        a.RandomZoom(0.1, 0.1),
        a.RandomLensDistortion(0.15),
        a.RandomColorJitter(0.4, 0.4, 0.4, 0.1),
        a.RandomErasing(0.25),
        a.RandomChoice([a.MixUp(0.2), a.CutMix(1.0)], 0.5),
    ],
    "trivial": [a.TrivialAugment()],
    "randaugment": [a.RandAugment(2, 0.3)],
    "resnet": [a.RandomScaleCrop(224, 224, (256, 480)), a.RandomPCANoise(0.1)],
}
COLORS = (a.RandomColorJitter, a.RandomPCANoise)


def plain(steps):
    """The steps as text, with numbers that are rounded."""

    def rounded(value):
        if isinstance(value, list | tuple):
            return [rounded(inner) for inner in value]
        if isinstance(value, dict):
            return {name: rounded(inner) for name, inner in value.items()}
        return round(value, 9) if isinstance(value, float) else value

    return rounded(a.Policy(steps).get_config()["steps"])


@pytest.fixture
def photographs():
    generator = np.random.default_rng(0)
    return generator.integers(0, 256, (60, 32, 32, 3)).astype("uint8")


@pytest.mark.parametrize("name", PRESETS)
def test_the_steps_are_those_by_hand(name):
    steps = PRESETS[name]().steps()
    assert plain(steps) == plain([FLIP, *BY_HAND[name]])
    weaker = PRESETS[name](strength=0.9).steps()
    assert plain(weaker) != plain(steps)


@pytest.mark.parametrize("name", PRESETS)
def test_gray_pictures_are_not_mirrored_and_have_no_colors(name):
    gray = [s for s in BY_HAND[name] if not isinstance(s, COLORS)]
    assert plain(PRESETS[name]().steps(channels=1)) == plain(gray)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", PRESETS)
def test_a_flip_that_is_said_is_taken(name, channels):
    rest = PRESETS[name](flip=None).steps(channels)
    assert not any(isinstance(step, a.RandomFlip) for step in rest)
    for flip in ("horizontal", "vertical", "horizontal_and_vertical"):
        steps = PRESETS[name](flip=flip).steps(channels)
        assert steps == [a.RandomFlip(flip), *rest]


@pytest.mark.parametrize("name", PRESETS)
def test_no_strength_changes_no_pixel(name, photographs):
    def changed(strength):
        steps = PRESETS[name](strength=strength).steps(3, (32, 32))
        policy = a.Policy(steps)
        labels = np.zeros((60, 2)) if policy.mixes else None
        found = policy(photographs, labels)
        found = found[0] if policy.mixes else found
        return (found != photographs).any(axis=(1, 2, 3)).mean()

    assert changed(0) == 0
    # Half of half are mirrored; and what has a factor changes all.
    least = {"trivial": 0.4, "randaugment": 0.4}.get(name, 0.9)
    assert least <= changed(0.5)
    assert changed(1) > 0.8


def test_strength_multiplies_factors_and_rates_up_to_those_at_1():
    steps = PRESETS["strong"](strength=0.5).steps()
    by_hand = [
        a.RandomFlip("horizontal", rate=0.25),
        a.RandomRotation(7.5 / 360),
        a.RandomShear(0.075),
        a.RandomTranslation(0.05, 0.05),
        a.RandomZoom(0.05, 0.05),
        a.RandomLensDistortion(0.075),
        a.RandomColorJitter(0.2, 0.2, 0.2, 0.05),
        a.RandomErasing(0.125),
        a.RandomChoice([a.MixUp(0.2), a.CutMix(1.0)], 0.25),
    ]
    assert plain(steps) == plain(by_hand)
    flip, *_, erasing, mixing = PRESETS["strong"](strength=2).steps()
    assert (flip.rate, erasing.rate, mixing.rate) == (0.5, 0.25, 0.5)
    assert PRESETS["light"](2).steps()[1].factor == pytest.approx(8 / 360)
    assert PRESETS["randaugment"](2).steps()[1] == a.RandAugment(2, 0.6)
    assert PRESETS["trivial"](0.3).steps()[1] == a.TrivialAugment(0.3)


@pytest.mark.parametrize(
    ("strength", "sides"),
    [(0, (64, 64)), (0.5, (480 / 7, 704 / 7)), (1, (512 / 7, 960 / 7))],
)
def test_scale_jitter_starts_at_the_whole_picture(strength, sides):
    crop = PRESETS["resnet"](strength).steps(3, (64, 96))[1]
    assert (crop.height, crop.width) == (64, 96)
    assert crop.shorter_side == pytest.approx(sides)


@pytest.mark.parametrize(
    ("name", "strength"),
    [("light", 2.1), ("strong", -0.1), ("trivial", 1.5), ("resnet", "1")],
)
def test_a_strength_out_of_range_is_refused(name, strength):
    with pytest.raises(ValueError, match="`strength` must be a number of"):
        PRESETS[name](strength)
    PRESETS[name](1)


def test_a_flip_of_no_kind_is_refused():
    with pytest.raises(ValueError, match="`mode` must be one of"):
        PRESETS["light"](flip="sideways")


def test_half_of_the_mixed_are_pasted(photographs):
    step = mixup_or_cutmix(mixup_alpha=1.0, rate=0.8)
    _, (values,) = a.Policy(step).draw(
        np.full((2000, 2), 32, "float32"),
        (32, 32),
        seed=0,
        epoch=0,
        indices=np.arange(2000),
    )
    shares = [(values["chosen"] == i).mean() for i in (-1, 0, 1)]
    np.testing.assert_allclose(shares, (0.2, 0.4, 0.4), atol=0.04)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_by_its_name_is_a_policy(name, channels):
    steps = PRESETS[name](0.5, None).steps(channels, (8, 12))
    found = a.preset(
        name, strength=0.5, flip=None, channels=channels, size=(8, 12)
    )
    assert found == a.Policy(steps)
    assert found != a.preset(name, channels=channels, size=(8, 12))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "ligth"}, "`name` must be one of 'light'"),
        ({"name": "light", "channels": 2}, "`channels` must be one of 1, 3"),
        ({"name": "resnet", "size": 224}, r"`size` must be \(height, width\)"),
        ({"name": "resnet", "size": (0, 8)}, "`size` must be a whole number"),
    ],
)
def test_presets_that_there_are_none_of_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        a.preset(**arguments)
