"""What a recipe names without arguments does something."""

import numpy as np
import pytest

import recipes
from recipes import registry
from recipes.data import load
from recipes.data.augmenting import augmenter

IMAGES = [n for n in registry.MENU["augmentation"] if "word" not in n]


@pytest.fixture(scope="module")
def data():
    noise = np.random.default_rng(0).integers(0, 256, (40, 24, 24, 3), "uint8")
    return load((noise, np.arange(40) % 2))


@pytest.mark.parametrize("name", IMAGES)
def test_a_bare_name_changes_pictures(name, data):
    recipe = recipes.image_classifier(augmentation=name)
    given = augmenter(recipe, data)
    raw, rows = data.train.read(), np.arange(len(data.train))
    targets = np.eye(2, dtype="float32")[data.train.labels]
    found = [given(raw, targets, epoch, rows)[0] for epoch in range(2)]
    count = len(found[0])
    if found[0].shape == raw.shape:
        assert (found[0] != raw[:count]).any()
    # Some never draw: they do the same in every epoch.
    fixed = ("auto_contrast", "equalization", "solarization", "random_invert")
    assert (found[0] != found[1]).any() or name in fixed
