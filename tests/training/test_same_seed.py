"""The same seed gives the same run, to the last bit."""

import subprocess
import sys
from contextlib import nullcontext

import keras
import numpy as np
import pytest

import recipes

pytestmark = [pytest.mark.both_backends, pytest.mark.by_hand_on_jax]


def weights(recipe, data, path, **options):
    run = recipe.fit(data, directory=path, verbose=False, **options)
    return run.model.get_weights()


def same(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


@pytest.fixture(scope="module")
def recipe(tiny_recipe):
    return tiny_recipe.replace(epochs=2, dropout=0.3)


@pytest.fixture(scope="module")
def straight(recipe, tiny_images, tmp_path_factory):
    return weights(recipe, tiny_images, tmp_path_factory.mktemp("r") / "a")


@pytest.mark.slow
def test_the_number_of_threads_changes_nothing(
    recipe, tiny_images, straight, tmp_path
):
    for threads in (1, 4):
        path = tmp_path / str(threads)
        found = weights(recipe, tiny_images, path, threads=threads)
        assert same(found, straight)


def test_another_seed_changes_the_run(recipe, tiny_images, straight, tmp_path):
    found = weights(recipe, tiny_images, tmp_path / "a", seed=1)
    assert not same(found, straight)


SCRIPT = """
import sys, numpy as np, recipes
data = np.load(sys.argv[1])
recipe = recipes.Recipe.from_json(open(sys.argv[2]).read())
run = recipe.fit((data["x"], data["y"]), directory=sys.argv[3], verbose=False)
np.savez(sys.argv[4], *run.model.get_weights())
"""


@pytest.mark.slow
def test_another_process_gives_the_same_weights(
    recipe, tiny_images, straight, tmp_path
):
    np.savez(tmp_path / "data.npz", x=tiny_images[0], y=tiny_images[1])
    (tmp_path / "recipe.json").write_text(recipe.to_json())
    names = ("data.npz", "recipe.json", "run", "weights.npz")
    files = [str(tmp_path / name) for name in names]
    subprocess.run([sys.executable, "-c", SCRIPT, *files], check=True)
    with np.load(tmp_path / "weights.npz") as found:
        assert same([found[name] for name in found.files], straight)


def test_global_seeds_do_not_reach_in(recipe, tiny_images, straight, tmp_path):
    np.random.seed(123)
    assert same(weights(recipe, tiny_images, tmp_path / "a"), straight)


def test_a_users_unseeded_layers_are_seeded_too(
    tiny_images, tmp_path, monkeypatch
):
    def loose(inputs, layers):
        x = keras.layers.Dense(8)(layers.flatten(inputs))
        return keras.layers.Dropout(0.5)(x)

    recipes.register("network", "loose", loose)
    recipe = recipes.image_classifier(network="loose", epochs=1)
    first = weights(recipe, tiny_images, tmp_path / "a")
    assert same(weights(recipe, tiny_images, tmp_path / "b"), first)
    monkeypatch.setattr("recipes.training.plan.seeded", nullcontext)
    assert not same(weights(recipe, tiny_images, tmp_path / "c"), first)


def test_every_epoch_has_another_order(tmp_path):
    """The trap that the library's own order avoids: one and the same order."""
    seen = []

    class Watched:
        """Rows that remember in which order they were read."""

        dtype, shape = np.dtype("float32"), (2,)

        def __len__(self):
            return 64

        def read(self, rows):
            rows = np.arange(64)[rows]
            if len(rows) == 8:
                seen.append(rows.tolist())
            return np.stack([rows, rows], 1).astype("float32")

        def digest(self):
            return b"watched"

    source, y = Watched(), np.arange(64) % 2
    splits = [
        recipes.data.Split(role, source, np.arange(64), y)
        for role in ("train", "validation", "test")
    ]
    data = recipes.data.Data(
        "watched", *splits, "table", "class", class_names=("a", "b")
    )
    recipe = recipes.tabular_classifier(
        batch_size=8, epochs=3, preprocessing=None, early_stopping=None
    )
    recipe.fit(data, directory=tmp_path / "a", verbose=False, threads=0)
    epochs = [sum(seen[8 * e : 8 * e + 8], []) for e in range(3)]
    assert all(sorted(order) == list(range(64)) for order in epochs)
    assert epochs[0] != epochs[1] != epochs[2] != epochs[0]
