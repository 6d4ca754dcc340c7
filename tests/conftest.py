"""Fixtures that many tests share: fitting costs seconds, so fit once."""

import os
import signal

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pytest

import recipes
from recipes import registry

# What a script begins in the background ignores Ctrl-C; what it begins, too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The longest files first, one for each worker, so that none waits for one
# alone; the first gets the third of these too, as it has few tests.
FIRST = [
    "test_backends.py",
    "test_every_entry.py",
    "test_large_folder.py",
    "test_every_family.py",
]


def pytest_collection_modifyitems(items):
    """Begin with the longest files."""
    items.sort(key=lambda item: (*FIRST, item.path.name).index(item.path.name))


@pytest.fixture(autouse=True)
def registry_as_it_was(monkeypatch):
    """Forget what a test registers."""
    kept = {kind: dict(rows) for kind, rows in registry._registered.items()}
    monkeypatch.setattr(registry, "_registered", kept)


@pytest.fixture(scope="session", autouse=True)
def cache_of_the_tests(tmp_path_factory):
    """Leave the user's cache alone."""
    os.environ["RECIPES_CACHE"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def tiny_recipe():
    """An image recipe that fits in a second or two."""
    return recipes.image_classifier(
        network=recipes.Part("cnn", filters=(8, 16), depth=1), epochs=3
    )


@pytest.fixture(scope="session")
def tiny_images():
    """150 digits: (x, y) with 10 classes, 15 examples each."""
    data = recipes.data.load("digits")
    x, y = data.train.read(), data.train.labels
    rows = np.concatenate([np.flatnonzero(y == c)[:15] for c in range(10)])
    return x[rows], y[rows]


@pytest.fixture(scope="session")
def digits_run(tiny_recipe, tmp_path_factory):
    """One finished run on digits. Do not write into its folder."""
    directory = tmp_path_factory.mktemp("runs") / "digits"
    return tiny_recipe.fit("digits", directory=directory, verbose=False)


@pytest.fixture(scope="session")
def table_run(tmp_path_factory):
    """One finished run on a binary table. Do not write into its folder."""
    directory = tmp_path_factory.mktemp("runs") / "table"
    recipe = recipes.tabular_classifier(epochs=3, early_stopping=None)
    return recipe.fit("breast_cancer", directory=directory, verbose=False)


@pytest.fixture(scope="session")
def number_run(tmp_path_factory):
    """One finished regression run. Do not write into its folder."""
    directory = tmp_path_factory.mktemp("runs") / "number"
    recipe = recipes.tabular_regressor(epochs=3, early_stopping=None)
    return recipe.fit("diabetes", directory=directory, verbose=False)


@pytest.fixture(scope="session")
def label_run(tiny_images, tmp_path_factory):
    """One finished multi-label run on arrays, and these: (run, (x, rows))."""
    x, y = tiny_images
    rows = np.stack([y % 2, y > 4, y > 8], axis=1).astype("int64")
    recipe = recipes.image_classifier(
        network=recipes.Part("cnn", filters=(4,), depth=1),
        epochs=1,
        multi_label=True,
    )
    directory = tmp_path_factory.mktemp("runs") / "labels"
    run = recipe.fit((x, rows), directory=directory, verbose=False)
    return run, (x, rows)
