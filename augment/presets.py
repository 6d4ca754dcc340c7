"""Presets: steps that go together, by the kind of picture.

Mirroring is right for photographs and wrong for characters. `flip="auto"`
mirrors pictures of three channels and leaves gray ones as they are.
"""

from augment import limits
from augment.choice import RandAugment, RandomChoice, TrivialAugment
from augment.color_jitter import RandomColorJitter
from augment.color_noise import RandomPCANoise
from augment.crops import RandomScaleCrop
from augment.erasing import RandomErasing
from augment.geometry import (
    RandomFlip,
    RandomRotation,
    RandomShear,
    RandomTranslation,
    RandomZoom,
)
from augment.lens import RandomLensDistortion
from augment.mixing import CutMix, MixUp
from augment.policy import Policy


class Preset:
    """Steps that go together.

    Args:
        strength: Multiplies every factor and rate, in [0, 2] ([0, 1] for
            `Trivial`, which has a rate alone); 0 changes nothing. Rates do
            not rise above those at 1.
        flip: `"horizontal"`, `"vertical"`, `"horizontal_and_vertical"`, None,
            or `"auto"`: horizontal for images of three channels alone.
    """

    strongest = 2

    def __init__(self, strength=1.0, flip="auto"):
        self.strength = limits.number(
            type(self).__name__, "strength", strength, 0, self.strongest
        )
        if flip not in ("auto", None):
            RandomFlip(flip)
        self.flip = flip

    def steps(self, channels=3, size=None):
        """Return the steps for images of so many channels.

        Args:
            channels: 1 or 3.
            size: (height, width) of what comes out, for crops.
        """
        flip = self.flip
        if flip == "auto":
            flip = "horizontal" if channels == 3 else None
        rate = min(1, self.strength)
        flips = [RandomFlip(flip, rate=0.5 * rate)] if flip else []
        return [*flips, *self.rest(rate, channels, size)]

    def rest(self, rate, channels, size):
        """Return the steps beside the flip."""
        raise NotImplementedError

    def geometry(self, degrees, shear, shift):
        """Return rotation, shear and translation."""
        s = self.strength
        return [
            RandomRotation(degrees * s / 360),
            RandomShear(x_factor=shear * s),
            RandomTranslation(shift * s, shift * s),
        ]

    def colors(self, factor, channels):
        """Return brightness, contrast, saturation and hue, for colors."""
        factor = factor * self.strength
        if channels == 1:
            return []
        return [RandomColorJitter(factor, factor, factor, factor / 4)]


class Light(Preset):
    """Rotation ±4°, shear of 4 %, shifts of 2 %."""

    def rest(self, rate, channels, size):
        """Return the steps beside the flip."""
        return self.geometry(4, 0.04, 0.02)


class Standard(Preset):
    """Rotation ±7°, shear of 7 %, shifts of 4 %; colors by 20 %."""

    def rest(self, rate, channels, size):
        """Return the steps beside the flip."""
        return [
            *self.geometry(7, 0.07, 0.04),
            *self.colors(0.2, channels),
        ]


class Strong(Preset):
    """All of it by 15 to 40 %, a lens, erasing; half of the images mixed."""

    def rest(self, rate, channels, size):
        """Return the steps beside the flip."""
        return [
            *self.geometry(15, 0.15, 0.1),
            RandomZoom(0.1 * self.strength, 0.1 * self.strength),
            RandomLensDistortion(0.15 * self.strength),
            *self.colors(0.4, channels),
            RandomErasing(rate=0.25 * rate),
            mixup_or_cutmix(rate=0.5 * rate),
        ]


class Trivial(Preset):
    """TrivialAugment: one operation for each image, at a drawn strength.

    `strength` is the share of the images that get one.
    """

    strongest = 1

    def rest(self, rate, channels, size):
        """Return the steps beside the flip."""
        return [TrivialAugment(rate=rate)]


class Rand(Preset):
    """RandAugment: two operations for each image, at 30 % of their range."""

    def rest(self, rate, channels, size):
        """Return the steps beside the flip."""
        return [RandAugment(factor=0.3 * self.strength, rate=rate)]


class ResNet(Preset):
    """Scale jitter, a crop and PCA color noise (He et al., 2016).

    The shorter side is 256/224 to 480/224 of the crop's, at a strength of 1;
    at 0 it is the crop's own, so that the largest window is cut out.
    """

    def rest(self, rate, channels, size):
        """Return the steps beside the flip."""
        height, width = (224, 224) if size is None else size
        least = min(height, width)
        sides = [
            least * (1 + self.strength * (side / 224 - 1))
            for side in (256, 480)
        ]
        noise = [RandomPCANoise(0.1 * self.strength)] if channels == 3 else []
        return [
            RandomScaleCrop(height, width, sides),
            *noise,
        ]


def mixup_or_cutmix(mixup_alpha=0.2, cutmix_alpha=1.0, rate=1.0):
    """Return a step that blends or pastes, each for half of the images.

    Args:
        mixup_alpha: As `MixUp` has it.
        cutmix_alpha: As `CutMix` has it.
        rate: Share of the images that are mixed, in [0, 1].
    """
    return RandomChoice([MixUp(mixup_alpha), CutMix(cutmix_alpha)], rate)


def preset(name, *, strength=1.0, flip="auto", channels=3, size=None):
    """Return the policy of a preset.

    Args:
        name: `"light"`, `"standard"`, `"strong"`, `"trivial"`,
            `"randaugment"` or `"resnet"`.
        strength: Multiplies every factor and rate, in [0, 2]; as of `Preset`.
        flip: As of `Preset`: `"auto"` mirrors images of three channels.
        channels: Of the images, 1 or 3.
        size: (height, width) of what comes out, for the crop of `"resnet"`;
            None: (224, 224).

    Raises:
        ValueError: For an unknown name, or an argument out of range.

    Example:

    >>> preset("light", flip=None).steps[0]
    RandomRotation(factor=0.011111111111111112, rate=1.0)
    """
    limits.one_of("preset", "name", name, tuple(PRESETS))
    limits.one_of("preset", "channels", channels, (1, 3))
    if size is not None and not (
        isinstance(size, tuple | list)
        and len(size) == 2
        and all(limits.whole("preset", "size", side, 1) for side in size)
    ):
        raise ValueError(
            "preset: `size` must be (height, width) or None. "
            f"Received: {size!r}"
        )
    return Policy(PRESETS[name](strength, flip).steps(channels, size))


PRESETS = {
    "light": Light,
    "standard": Standard,
    "strong": Strong,
    "trivial": Trivial,
    "randaugment": Rand,
    "resnet": ResNet,
}
