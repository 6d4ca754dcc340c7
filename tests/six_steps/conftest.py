"""What the tests of a tune share: a small one, and one that begins."""

import dataclasses
import json
import shutil
import traceback
from contextlib import contextmanager

import pytest

import recipes
from callbacks import SteadyConsole
from recipes.data.data import Split
from recipes.six_steps import grid, improving, proposals, searching
from recipes.six_steps.clock import Clock
from recipes.six_steps.state import State
from recipes.six_steps.work import Work


class Watched:
    """A source of examples that keeps from where it was read.

    Args:
        source: Of the test split.
    """

    def __init__(self, source):
        self.source, self.readers = source, []

    def __getattr__(self, name):
        return getattr(self.source, name)

    def __len__(self):
        return len(self.source)

    def read(self, indices):
        files = [frame.filename for frame in traceback.extract_stack()]
        self.readers.append(files)
        return self.source.read(indices)


def watched(data):
    """Return data whose test split keeps from where it was read."""
    test = data.test
    source = Watched(test.source)
    split = Split("test", source, test.rows, test.labels)
    return dataclasses.replace(data, test=split), source


def read(path):
    return json.loads(path.read_text())


def folder_of(tuned, tmp_path):
    """Return a copy of a tune's folder."""
    return shutil.copytree(tuned.directory, tmp_path / "copy")


@pytest.fixture(scope="session")
def small_recipe():
    """A recipe that fits in a second, at a rate that is far too low."""
    return recipes.tabular_classifier(
        network=recipes.Part("mlp", units=(8,)),
        optimizer=recipes.Part("adamw", learning_rate=1e-3),
        epochs=1,
        early_stopping=None,
    )


@contextmanager
def smaller():
    """Smaller grids and fewer proposals, so that a tune ends in seconds."""

    def last(evidence):
        return proposals.proposals(evidence)[-2:]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grid, "COARSE", (-1, 0))
        patch.setattr(grid, "FINER", (0.5, 1.0))
        patch.setattr(searching, "WIDENED", 1)
        patch.setattr(improving, "proposals", last)
        yield


@pytest.fixture
def few():
    """The same for a test that goes on with a tune."""
    with smaller():
        yield


@pytest.fixture(scope="session")
def small_tune(small_recipe, tmp_path_factory):
    """(a finished `Tuned`, its data, the readers of its test split)."""
    path = tmp_path_factory.mktemp("tunes") / "small"
    data, source = watched(recipes.data.load("wine"))
    source.readers.clear()
    with smaller():
        tuned = small_recipe.tune(
            data, budget="1h", seeds=2, directory=path, verbose=False
        )
    return tuned, data, source.readers


def work_of(recipe, data, path, budget=600.0):
    """Return the `Work` of a tune that begins."""
    about = {"objective": "validation_loss", "direction": "min", "seeds": 2}
    clock, state = Clock(path, budget), State(path)
    console = SteadyConsole(quiet=True)
    return Work(recipe, data, path, about, clock, state, console)
