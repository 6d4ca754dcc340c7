"""Several labels per picture, with a head on the embedded backbone."""

import numpy as np
import pytest

import recipes
from recipes.data import load

pytestmark = [pytest.mark.both_backends, pytest.mark.by_hand_on_jax]
LABELS = 4
NAMES = ["zero", "one", "two", "three"]


@pytest.fixture(scope="module")
def pairs():
    """Two handwritten digits side by side: which of 0 to 3 are there?"""
    digits = load("digits").train
    x, y = digits.read(), digits.labels
    rng = np.random.default_rng(0)
    small = np.flatnonzero(y < LABELS + 1)  # a 4 has no label
    found = {}
    for role, count, part in (
        ("train", 160, small[:250]),
        ("validation", 60, small[250:400]),
        ("test", 120, small[400:]),
    ):
        left, right = rng.choice(part, (2, count))
        pictures = np.concatenate([x[left], x[right]], axis=2)
        ones = np.eye(LABELS + 1, dtype=int)[:, :LABELS]
        found[role] = (pictures, ones[y[left]] | ones[y[right]])
    return {**found, "class_names": NAMES}


@pytest.fixture(scope="module")
def run(pairs, tmp_path_factory):
    recipe = recipes.image_fine_tuner(
        "glyphnet", multi_label=True, strategy="frozen"
    )
    directory = tmp_path_factory.mktemp("pairs") / "run"
    return recipe.fit(pairs, directory=directory, verbose=False)


def test_it_is_far_better_than_guessing(run, pairs):
    test = load(pairs, target="labels").test
    shares = run.model.predict(test.read(), verbose=0)
    assert shares.shape == (120, LABELS)
    right = ((shares > 0.5) == test.labels).mean(axis=0)
    usual = test.labels.mean(axis=0)
    usual = np.maximum(usual, 1 - usual)  # always the same answer
    whole = np.unique(test.labels, axis=0, return_counts=True)[1].max() / 120
    assert (right > usual + 0.1).all()
    assert run.metrics["test_accuracy"] > whole + 0.3


def test_the_run_folder_is_that_of_labels(run, pairs):
    files = {path.name for path in run.directory.iterdir()}
    assert "labels.png" in files
    assert not files & {"confusion.png", "predictions.png"}
    again = recipes.load_run(run.directory)
    assert again.class_names == NAMES
    assert again.evaluate(pairs)["f1"] == run.metrics["test_f1"]
    assert again.recipe.image_size == (32, 64)
