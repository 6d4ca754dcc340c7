"""Fits that are killed: what a recipe can hold, spread over ten of them."""

import numpy as np
import sklearn.datasets

import recipes
from recipes import Part

PIXELS, DIGITS = sklearn.datasets.load_digits(return_X_y=True)
WORDS = "red green blue dark light old new cold warm dry".split()


def images(count=120, classes=10):
    rows = np.flatnonzero(DIGITS < classes)[:count]
    pixels = PIXELS[rows].reshape(-1, 8, 8, 1) * (255 / 16)
    return pixels.astype("uint8"), DIGITS[rows]


def texts():
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, len(WORDS), (120, 6))
    return [" ".join(WORDS[i] for i in row) for row in drawn], drawn[:, 0] % 3


def image(**fields):
    given = {
        "network": Part("cnn", filters=(4, 8), depth=1),
        "batch_size": 32,
        "epochs": 10,
        "image_size": (8, 8),
    }
    return recipes.image_classifier(**{**given, **fields})


def fine(**fields):
    return recipes.image_fine_tuner("glyphnet", batch_size=16, **fields)


def table(**fields):
    given = {"epochs": 15, "early_stopping": None}
    return recipes.tabular_classifier(**{**given, **fields})


# name → () → (recipe, data, arguments of `fit`)
CASES = {
    "host": lambda: (
        image(dropout=0.3, augmentation="standard"),
        images(),
        {},
    ),
    "device": lambda: (
        image(
            augmentation="standard",
            augmentation_device="device",
            weight_average="exponential_moving_average",
        ),
        images(),
        {},
    ),
    "averages": lambda: (
        image(
            weight_average="exponential_moving_average",
            early_stopping=Part("early_stopping", patience=4),
            schedule=Part("reduce_on_plateau", patience=1, min_delta=0.1),
            precise_batch_normalization=True,
            dropout=0.2,
        ),
        images(),
        {},
    ),
    "gradual": lambda: (
        fine(strategy=Part("gradual", stages=2), epochs=4),
        images(48, 3),
        {},
    ),
    "cached": lambda: (
        fine(strategy="frozen", dropout=0.3, epochs=20),
        images(48, 3),
        {},
    ),
    "folds": lambda: (
        image(epochs=4, dropout=0.2),
        images(),
        {"folds": 3},
    ),
    "accumulated": lambda: (
        table(
            optimizer=Part(
                "lamb", learning_rate=0.01, gradient_accumulation_steps=3
            ),
            batch_size=16,
            dropout=0.2,
        ),
        "iris",
        {},
    ),
    "large": lambda: (
        table(network=Part("mlp", units=(1024, 512)), epochs=8),
        "iris",
        {},
    ),
    "steps": lambda: (
        image(epochs=5, batch_size=8, augmentation="light", dropout=0.2),
        images(),
        {"save_freq": 3},
    ),
    "balanced": lambda: (
        image(
            balanced_sampling=True,
            augmentation=["light", "mixup"],
            normalization="layer_normalization",
        ),
        images(),
        {"save_freq": 2},
    ),
    "texts": lambda: (
        recipes.text_classifier(epochs=6, early_stopping=None, batch_size=16),
        texts(),
        {},
    ),
}


def run(name, directory):
    """Fit one of them, from its beginning or from where it was left."""
    recipe, data, how = CASES[name]()
    how = {**how, "directory": directory, "verbose": False}
    fits = recipe.cross_validate if "folds" in how else recipe.fit
    fits(data, **how)
