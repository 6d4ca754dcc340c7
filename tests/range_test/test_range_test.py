"""The range test as a user calls it."""

import json
import math

import numpy as np
import pytest

import recipes
from recipes import cli
from recipes.range_test import range_test as room
from recipes.range_test.smoothing import Smoothing

pytestmark = pytest.mark.both_backends


@pytest.fixture(scope="module")
def iris(tmp_path_factory):
    """One range test of two seeds, and its folder."""
    path = tmp_path_factory.mktemp("range") / "new" / "iris"
    recipe = recipes.tabular_classifier(dropout=0.2, seed=3)
    return recipe, recipe.range_test("iris", seeds=2, directory=path), path


def test_every_seed_has_its_curve(iris):
    recipe, found, _ = iris
    assert found.seeds == [3, 4]
    assert len(found.rates) == 100
    assert (found.rates[0], found.rates[-1]) == (1e-7, 10.0)
    assert not np.array_equal(found.losses[0][:20], found.losses[1][:20])
    for losses, smoothed in zip(found.losses, found.smoothed, strict=True):
        mean = Smoothing()
        wanted = [mean.add(loss) for loss in losses]
        np.testing.assert_array_equal(smoothed, wanted)
        # Untrained: not far from even odds. The penalty is in it.
        assert 0.5 * math.log(3) < losses[:10].mean() < 3 * math.log(3)


def test_it_stops_where_it_diverges(iris):
    _, found, _ = iris
    for losses, smoothed, stopped in zip(
        found.losses, found.smoothed, found.stopped, strict=True
    ):
        assert len(losses) < 100, "10 is no rate for AdamW"
        assert stopped == found.rates[len(losses) - 1]
        assert smoothed[-1] > 4 * smoothed.min()
        for place in range(11, len(losses)):
            assert smoothed[place - 1] <= 4 * smoothed[:place].min()


def test_what_is_suggested_trains(iris, tmp_path):
    recipe, found, _ = iris
    assert found.recipe == recipe.replace(**found.suggestion.changes)
    for name in ("steepest", "valley", "minimum_tenth"):
        each = found.suggestions[name]
        assert each.least <= each.learning_rate <= each.most
    run = found.recipe.replace(epochs=5).fit(
        "iris", directory=tmp_path / "run", verbose=False
    )
    begun = np.mean(found.losses[0][:10])
    assert run.history["loss"][-1] < 0.6 * begun


def test_the_files_say_what_was_found(iris):
    recipe, found, path = iris
    assert {each.name for each in path.iterdir()} == {
        "range_test.png",
        "range_test.json",
    }
    about = json.loads((path / "range_test.json").read_text())
    assert recipes.Recipe.from_json(json.dumps(about["recipe"])) == recipe
    assert about["rates"] == found.rates.tolist()
    assert [each["seed"] for each in about["seeds"]] == found.seeds
    assert about["seeds"][1]["losses"] == found.losses[1].tolist()
    assert about["recommended"] == "valley"
    rate = about["suggestions"]["valley"]["learning_rate"]
    assert rate == found.suggestion.learning_rate
    assert (path / "range_test.png").read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize("name", ["range_test.png", "range_test.json"])
def test_no_file_is_replaced(name, tmp_path, untouched):
    (tmp_path / name).write_text("mine")
    with pytest.raises(recipes.RunError, match=name):
        recipes.tabular_classifier().range_test("iris", directory=tmp_path)
    assert (tmp_path / name).read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.fixture
def untouched(monkeypatch):
    """Fail where data are read."""

    def load(*_):
        raise AssertionError("data were read before the arguments")

    monkeypatch.setattr(room, "load_for", load)


WRONG = {
    "seeds": [0, -1, 1.5, True, "2", None],
    "lowest": [0, -1e-3, math.nan, math.inf, "1e-7", True, None, 10.0, 11],
    "highest": [0, -1.0, math.nan, math.inf, "10", False, None, 1e-7],
    "steps": [19, 0, 100_001, 50.0, True, "100", None],
    "verbose": [1, "yes", None],
    "seed": [-1, 0.5, "0"],
}


@pytest.mark.parametrize(
    "name, value", [(name, v) for name, values in WRONG.items() for v in values]
)
def test_arguments_are_refused_before_any_work(name, value, untouched):
    if name == "seed" and value is None:
        pytest.skip("None is the recipe's own")
    with pytest.raises(recipes.RecipeError, match=f"`{name}`|below") as error:
        recipes.tabular_classifier().range_test("iris", **{name: value})
    assert "Received: " in str(error.value)


@pytest.mark.parametrize("directory", [3, "a\0b", __file__, ["a"]])
def test_a_folder_that_cannot_be_is_refused(directory, untouched):
    with pytest.raises(recipes.RunError):
        recipes.tabular_classifier().range_test("iris", directory=directory)


def test_an_open_range_is_refused(untouched):
    recipe = recipes.tabular_classifier(dropout=recipes.Float(0, 0.5))
    with pytest.raises(recipes.RecipeError, match="dropout"):
        recipe.range_test("iris")


@pytest.mark.slow
def test_the_same_seed_the_same_curve(iris, tmp_path, monkeypatch):
    recipe, found, _ = iris
    monkeypatch.chdir(tmp_path)
    again = recipe.range_test("iris", seed=4, verbose=False)
    # The splits are those of the first seed.
    assert not np.array_equal(again.losses[0], found.losses[1])
    again = recipe.replace(split_seed=3).range_test(
        "iris", seed=4, verbose=False
    )
    np.testing.assert_array_equal(again.losses[0], found.losses[1])
    assert again.recipe.seed == recipe.seed
    assert list(tmp_path.iterdir()) == [], "no directory, no file"


def test_nothing_to_learn_nothing_suggested(capsys):
    x = np.zeros((300, 4), "float32")
    x[:, 0] = np.arange(300) % 2  # which says nothing of the class
    y = np.arange(300) // 2 % 3
    recipe = recipes.tabular_classifier(
        optimizer=recipes.Part("sgd", learning_rate=0.1), regularization="none"
    )
    found = recipe.range_test((x, y), highest=1e-5, steps=40)
    assert found.suggestion is None and found.recipe == recipe
    assert "nothing is suggested" in capsys.readouterr().out


def test_the_command_prints_a_line_for_each(tmp_path, capsys):
    out = tmp_path / "out"
    arguments = ["range-test", "wine", "--seed", "5", "--steps", "60"]
    arguments += ["--set", "optimizer=sgd", "--out", str(out)]
    assert cli.main(arguments) == 0
    printed = capsys.readouterr().out
    about = json.loads((out / "range_test.json").read_text())
    assert about["recipe"]["optimizer"]["part"] == "sgd"
    for name, each in about["suggestions"].items():
        line = [x for x in printed.splitlines() if x.startswith(name)]
        assert len(line) == 1 and f"{each['learning_rate']:.3g}" in line[0]
    rate = about["suggestions"]["valley"]["learning_rate"]
    assert f"--set optimizer/learning_rate={rate:.3g}" in printed
    assert "seed 5:" in printed and str(out) in printed
    old = (out / "range_test.json").read_bytes()
    (out / "range_test.png").unlink()  # as of one that was stopped in between
    assert cli.main([*arguments, "--lowest", "1e-6"]) == 0
    assert (out / "range_test.json").read_bytes() != old
    assert (out / "range_test.png").exists()
    (out / "range_test.json").unlink()
    assert cli.main(arguments) == 2
    assert "range_test.png is not of a range test" in capsys.readouterr().err


def test_the_exit_code_tells_that_nothing_is_suggested(capsys):
    arguments = ["range-test", "iris", "--set", "optimizer=sgd"]
    assert cli.main([*arguments, "--lowest", "1e-9", "--highest", "1e-8"]) == 3
    assert "nothing is suggested" in capsys.readouterr().out
