"""What goes from process to process: data, the same there; errors."""

import re
from dataclasses import replace

import keras
import numpy as np
import pytest

import recipes
from recipes.data import load
from recipes.data.data import Data
from recipes.errors import DataError, RecipeError, RunError
from recipes.tuning import settings
from recipes.tuning.names import SETTINGS
from recipes.tuning.workers import failures, worker
from recipes.tuning.workers.handed_over import hand_over, take
from recipes.tuning.workers.worker import work

RECIPE = recipes.tabular_classifier(dropout=recipes.Float(0.0, 0.5))


def rows():
    """Return a table as a user's arrays."""
    random = np.random.default_rng(0)
    labels = np.arange(80) % 2
    return random.normal(labels[:, None], 1.0, (80, 3)), labels


def texts():
    """Return texts of any kind of letter, and classes."""
    words = ["ä ö", "plain words here", "日本語", "more of them"] * 20
    return words, ["a", "b"] * 40


@pytest.mark.parametrize(
    ("recipe", "given"),
    [
        (RECIPE, rows()),
        (recipes.text_classifier(dropout=recipes.Float(0.0, 0.5)), texts()),
        (
            recipes.tabular_regressor(dropout=recipes.Float(0.0, 0.5)),
            replace(load("diabetes", seed=5), target_names=("progress",)),
        ),
    ],
    ids=["arrays", "texts", "loaded"],
)
def test_data_handed_over_are_the_same_elsewhere(recipe, given, tmp_path):
    about, loaded = settle(recipe, given)
    hand_over(tmp_path, about, loaded, given)
    found = take(tmp_path, about)
    assert isinstance(found, Data)
    found._cache.clear()
    assert found.fingerprint == loaded.fingerprint
    for old, new in zip(loaded.splits, found.splits, strict=True):
        assert (old.read() == new.read()).all()
        assert old.read().dtype == new.read().dtype
        assert (old.labels == new.labels).all()
    same = ("name", "features", "target", "value_scale", "spec")
    same += ("class_names", "feature_names", "target_names")
    assert all(getattr(found, k) == getattr(loaded, k) for k in same)


def settle(recipe, given):
    """Return (settings, data) of a sweep that is not begun."""
    return settings.settle(recipe, given, "random", 2, "val_loss", 1, 0)


def test_a_worker_refuses_other_data(tmp_path, monkeypatch):
    about, loaded = settle(RECIPE, rows())
    hand_over(tmp_path, about, loaded, rows())
    (tmp_path / SETTINGS).write_text(about.to_json())
    source = tmp_path / "data" / "source-0.npy"
    array = np.load(source)
    array[7, 1] += 1
    np.save(source, array)
    for name, value in {"TUNER_ID": "worker-0", "ORACLE_IP": "0"}.items():
        monkeypatch.setenv(f"KERASTUNER_{name}", value)
    monkeypatch.setenv("KERASTUNER_ORACLE_PORT", "1")
    code = work(tmp_path, RECIPE.from_json, None, 3)
    assert code == failures.FAILED
    error = failures.read(tmp_path / "workers" / "worker-0.error.json")
    assert isinstance(error, DataError)
    assert "other data" in str(error) and error.mend.startswith("bring")
    assert "handed_over.py" in error.__notes__[0]


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"backend": "abacus"}, "abacus.*worker's is {here}.*=abacus"),
        ({"library": "999.1.0"}, "999.1.0, and this worker has"),
    ],
)
def test_a_worker_refuses_another_house(other, words, tmp_path, monkeypatch):
    about, loaded = settle(RECIPE, rows())
    hand_over(tmp_path, about, loaded, rows())
    text = about._replace(**other).to_json()
    (tmp_path / SETTINGS).write_text(text)
    for name, value in {"TUNER_ID": "worker-0", "ORACLE_IP": "0"}.items():
        monkeypatch.setenv(f"KERASTUNER_{name}", value)
    monkeypatch.setenv("KERASTUNER_ORACLE_PORT", "1")
    taken = []
    monkeypatch.setattr(worker, "take", lambda *given: taken.append(given))
    monkeypatch.setattr(worker.Worker, "search", taken.append)
    assert work(tmp_path, RECIPE.from_json, None, 3) == failures.FAILED
    error = failures.read(tmp_path / "workers" / "worker-0.error.json")
    words = words.format(here=keras.backend.backend())
    assert isinstance(error, RunError) and re.search(words, str(error))
    assert taken == []


def test_an_error_comes_as_it_was(tmp_path):
    path = tmp_path / "error.json"
    for error in (RecipeError("a"), RunError("b"), KeyError("c")):
        failures.write(path, "worker-3", error)
        found = failures.read(path)
        assert str(error) in str(found)
        ours = isinstance(error, recipes.UserError)
        assert type(found) is (type(error) if ours else RunError)
        assert ours or "worker-3 has raised KeyError" in str(found)
