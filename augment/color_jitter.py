"""Brightness, contrast, saturation and hue in one step."""

from augment import limits
from augment.color import (
    RandomBrightness,
    RandomContrast,
    RandomHue,
    RandomSaturation,
)
from augment.color_maps import add_brightness, scale_saturation, turn_hue
from augment.step import Step, between


class RandomColorJitter(Step):
    """Brightness, contrast, saturation and hue, in this order.

    Args:
        brightness_factor: As `RandomBrightness` has it.
        contrast_factor: As `RandomContrast` has it.
        saturation_factor: As `RandomSaturation` has it.
        hue_factor: As `RandomHue` has it.
        rate: Share of the images that are changed, in [0, 1].

    Raises:
        ValueError: For an argument out of range.

    Example:

    >>> import numpy as np
    >>> image = np.array([[[200, 100, 100]]], "uint8")
    >>> jitter = RandomColorJitter(0.2, 0.2, 0.2, 0.1)
    >>> jitter(image, epoch=1).ravel().tolist()
    [227, 115, 114]
    """

    uniforms = 4
    neutral = {
        **RandomBrightness.neutral,
        **RandomContrast.neutral,
        **RandomSaturation.neutral,
        **RandomHue.neutral,
    }
    words = {
        **RandomBrightness.words,
        **RandomContrast.words,
        **RandomSaturation.words,
        **RandomHue.words,
    }

    def __init__(
        self,
        brightness_factor=0.0,
        contrast_factor=0.0,
        saturation_factor=0.0,
        hue_factor=0.0,
        rate=1.0,
    ):
        name, most = "RandomColorJitter", float("inf")
        self.brightness_factor = brightness_factor
        self.contrast_factor = contrast_factor
        self.saturation_factor = saturation_factor
        self.hue_factor = hue_factor
        self._factors = (
            limits.factor(name, "brightness_factor", brightness_factor),
            limits.factor(name, "contrast_factor", contrast_factor, -1, most),
            limits.factor(
                name, "saturation_factor", saturation_factor, -1, most
            ),
            limits.factor(name, "hue_factor", hue_factor),
        )
        self.rate = limits.number(name, "rate", rate, 0, 1)

    def values(self, u, drawn):
        """Return the four."""
        brightness, contrast, saturation, hue = (
            between(u[:, i], pair) for i, pair in enumerate(self._factors)
        )
        return {
            "brightness": brightness,
            "contrast": 1.0 + contrast,
            "saturation": 1.0 + saturation,
            "hue": 180.0 * hue,
        }

    def apply(self, drawn, values):
        """Compose those that are not fixed at no change."""
        carry_out = {
            "brightness": add_brightness,
            "contrast": type(drawn).contrast,
            "saturation": scale_saturation,
            "hue": turn_hue,
        }
        for (name, change), pair in zip(
            carry_out.items(), self._factors, strict=True
        ):
            if tuple(pair) != (0, 0):
                change(drawn, values[name])
