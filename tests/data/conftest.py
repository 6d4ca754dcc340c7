"""What the tests of the data room share."""

import numpy as np
import pytest
from PIL import Image

from recipes.data import load
from recipes.errors import DataError


@pytest.fixture
def refusal():
    """A function: load, expect a DataError in full, and return it."""

    def refuse(spec, **options):
        with pytest.raises(DataError) as caught:
            load(spec, **options)
        words = str(caught.value)
        assert ": found " in words and "; expected " in words, words
        assert "To mend it: " in words, words
        return caught.value

    return refuse


@pytest.fixture
def table():
    """60 rows, 4 columns, 3 classes."""
    x = np.random.default_rng(0).normal(size=(60, 4)).astype("float32")
    return x, np.arange(60) % 3


@pytest.fixture
def pictures():
    """60 RGB pictures of 6 × 8 pixels, 3 classes."""
    x = np.random.default_rng(1).integers(0, 256, (60, 6, 8, 3), "uint8")
    x[0, 0, 0] = 255, 0, 255
    return x, np.arange(60) % 3


@pytest.fixture
def image_folder(tmp_path):
    """A function: make a folder of class folders of pictures."""

    def make(classes=("cat", "dog"), count=12, size=(16, 18), name="pets"):
        rng = np.random.default_rng(len(name))
        for kind in classes:
            (tmp_path / name / kind).mkdir(parents=True, exist_ok=True)
            for i in range(count):
                pixels = rng.integers(0, 256, (*size, 3), "uint8")
                path = tmp_path / name / kind / f"{i:02}.png"
                Image.fromarray(pixels).save(path)
        return tmp_path / name

    return make
