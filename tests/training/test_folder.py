"""The run folder: what must never be lost, and what cannot be written."""

import pytest

import recipes
from recipes.errors import RunError
from recipes.training import folder

pytestmark = [pytest.mark.both_backends, pytest.mark.by_hand_on_jax]


@pytest.fixture
def recipe():
    return recipes.tabular_classifier(epochs=1, early_stopping=None)


@pytest.fixture
def finished(recipe, tmp_path):
    return recipe.fit("iris", directory=tmp_path / "r", verbose=False)


def contents(path):
    return {p.name: p.read_bytes() for p in path.iterdir()}


def test_a_run_that_diverges_does_not_cost_the_old_one(recipe, finished):
    before = contents(finished.directory)
    wild = recipe.replace(
        optimizer=recipes.Part("sgd", learning_rate=1e30),
        schedule="constant",
        normalization=None,
    )
    with pytest.raises(RunError, match="diverged"):
        wild.fit("iris", directory=finished.directory, overwrite=True)
    assert contents(finished.directory) == before


def test_an_overwritten_run_is_replaced_whole(recipe, finished):
    path = finished.directory
    (path / "notes.txt").write_text("mine")
    run = recipe.fit(
        "iris", directory=path, overwrite=True, seed=5, verbose=False
    )
    assert recipes.load_run(path).metrics == run.metrics != finished.metrics
    assert recipes.load_run(path).recipe.seed == 5
    assert (path / "notes.txt").read_text() == "mine"
    assert [p.name for p in path.parent.iterdir()] == ["r"]


def test_somebody_elses_recipe_is_not_an_unfinished_run(recipe, tmp_path):
    (tmp_path / "recipe.json").write_text(recipe.to_json())
    (tmp_path / "history.csv").write_text("mine")
    before = contents(tmp_path)
    with pytest.raises(RunError, match="holds no run"):
        recipe.fit("iris", directory=tmp_path, overwrite=True)
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    "place", ["file/x", "file", "x" * 300, 3, "~nobody_here/x", "a\0b"]
)
def test_a_place_that_cannot_be_written_is_refused_at_once(
    recipe, tmp_path, monkeypatch, place
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(RunError):
        recipe.fit("no such data", directory=place)


def test_json_holds_null_for_what_is_not_finite(tmp_path):
    path = tmp_path / "a.json"
    wild = {"a": float("nan"), "b": [1.5, -float("inf")], "c": {"d": (0,)}}
    folder.write_json(path, wild)
    assert folder.read_json(path) == {
        "a": None,
        "b": [1.5, None],
        "c": {"d": [0]},
    }
    assert "NaN" not in path.read_text()


def test_json_is_written_whole_or_not_at_all(tmp_path):
    with pytest.raises(TypeError):
        folder.write_json(tmp_path / "a.json", {"loss": object()})
    assert list(tmp_path.iterdir()) == []


def test_a_failing_picture_does_not_cost_the_model(
    recipe, tmp_path, monkeypatch
):
    def fail(*_):
        raise RuntimeError("no fonts")

    monkeypatch.setattr("recipes.plots.curves", fail)
    with pytest.raises(RuntimeError, match="no fonts"):
        recipe.fit("iris", directory=tmp_path / "r", verbose=False)
    assert (tmp_path / "r" / "model.keras").stat().st_size


@pytest.mark.parametrize(
    "name, text",
    [
        ("environment.json", "{}"),
        ("environment.json", "[]"),
        ("metrics.json", "[]"),
    ],
)
def test_files_that_are_json_but_no_runs(finished, name, text):
    (finished.directory / name).write_text(text)
    with pytest.raises(RunError, match=name):
        recipes.load_run(finished.directory)


def test_an_empty_history_is_refused(finished):
    (finished.directory / "history.csv").write_text("")
    with pytest.raises(RunError, match="history.csv"):
        _ = recipes.load_run(finished.directory).history
