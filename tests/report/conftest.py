"""Pages of the runs that many tests share."""

import shutil

import numpy as np
import pytest

import recipes
from recipes import Part
from tests.report.reading import read

SUBJECTS = ["Cats sleep", "Dogs bark", "Birds sing"]
HOSTILE = [
    "</style><script>alert(1)</script>",
    "\"onerror=alert(2) x='",
    "$\\alpha$ <!-- ${{x}}",
    "\u202eabc\u2066 שלום 👩‍🔬",
    "nul\x00 bell\x07\x9b\ud800 \ufffe",
    "very long " * 60,
]


@pytest.fixture(scope="session")
def digits_page(digits_run, tmp_path_factory):
    """The page of a run on digits: (path, what is read from it)."""
    path = tmp_path_factory.mktemp("pages") / "digits.html"
    assert digits_run.report(path) == path
    return path, read(path)


@pytest.fixture
def copied(digits_run, tmp_path):
    """The folder of that run, to write into."""
    return shutil.copytree(digits_run.directory, tmp_path / "run")


@pytest.fixture(scope="session")
def text_run(tmp_path_factory):
    """A run on texts, and these."""
    texts = [f"{SUBJECTS[i % 3]} all day, number {i}" for i in range(90)]
    data = texts, [SUBJECTS[i % 3].split()[0].lower() for i in range(90)]
    network = Part("bag_of_embeddings", embedding_dim=8, units=(8,))
    recipe = recipes.text_classifier(network=network, epochs=1)
    directory = tmp_path_factory.mktemp("runs") / "text"
    return recipe.fit(data, directory=directory, verbose=False), data


@pytest.fixture(scope="session")
def hostile_run(tmp_path_factory):
    """A run whose classes and data have names that do harm, and its data."""
    random = np.random.default_rng(0)
    x = random.integers(0, 256, (90, 8, 8, 1)).astype("uint8")
    y = np.array(HOSTILE, object)[np.arange(90) % len(HOSTILE)]
    recipe = recipes.image_classifier(
        network=Part("cnn", filters=(4,), depth=1), epochs=1
    )
    directory = tmp_path_factory.mktemp("runs") / "<b>&\"'$x$"
    return recipe.fit((x, y), directory=directory, verbose=False), (x, y)
