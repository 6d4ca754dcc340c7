"""Image and text augmentation for Keras, usable alone.

A `Policy` draws what each image gets as a pure function of (seed, epoch,
index), composes all of it, and resamples once.
"""

from augment.choice import RandAugment, RandomChoice, TrivialAugment
from augment.color import (
    RandomBrightness,
    RandomContrast,
    RandomHue,
    RandomSaturation,
)
from augment.color_jitter import RandomColorJitter
from augment.color_noise import RandomGrayscale, RandomInvert, RandomPCANoise
from augment.crops import RandomCrop, RandomResizedCrop, RandomScaleCrop
from augment.erasing import RandomCutout, RandomErasing
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
from augment.presets import preset
from augment.show import show
from augment.tables import (
    AutoContrast,
    Equalization,
    RandomPosterization,
    RandomSharpness,
    Solarization,
)
from augment.text import TextPolicy
from augment.views import views
from augment.words import RandomWordDrop, RandomWordMove, RandomWordSwap

__all__ = [
    "AutoContrast",
    "CutMix",
    "Equalization",
    "MixUp",
    "Policy",
    "RandAugment",
    "RandomBrightness",
    "RandomChoice",
    "RandomColorJitter",
    "RandomContrast",
    "RandomCrop",
    "RandomCutout",
    "RandomErasing",
    "RandomFlip",
    "RandomGrayscale",
    "RandomHue",
    "RandomInvert",
    "RandomLensDistortion",
    "RandomPCANoise",
    "RandomPosterization",
    "RandomResizedCrop",
    "RandomRotation",
    "RandomSaturation",
    "RandomScaleCrop",
    "RandomSharpness",
    "RandomShear",
    "RandomTranslation",
    "RandomWordDrop",
    "RandomWordMove",
    "RandomWordSwap",
    "RandomZoom",
    "Solarization",
    "TextPolicy",
    "TrivialAugment",
    "preset",
    "show",
    "views",
]
