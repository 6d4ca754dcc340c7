"""A sweep that has so many seconds: no trial begins after them."""

import math

import pytest

import recipes
from recipes import Float, Part
from recipes.errors import RecipeError

RECIPE = recipes.tabular_classifier(
    network=Part("mlp", units=(4,)), dropout=Float(0.0, 0.5), epochs=2
)
SOON = 1e-3  # over before the first trial has ended
MOMENT = {"seed": 1, "vectorize": False}


def told(sweep):
    """What a sweep's trials were, but for their seconds."""
    names = ("trial", "values", "ended", "score", "metrics", "epochs")
    return [{name: trial[name] for name in names} for trial in sweep.trials]


@pytest.mark.parametrize(
    "how",
    [
        {"tuner": "random", "max_trials": 3},
        pytest.param(
            {"tuner": "bayesian", "max_trials": 4}, marks=pytest.mark.slow
        ),
    ],
)
def test_the_same_call_goes_on_with_what_is_left(how, tmp_path, capsys):
    how = {**how, **MOMENT}
    straight = RECIPE.sweep("iris", directory=tmp_path / "a", **how)
    assert "max_seconds" not in capsys.readouterr().out
    place = tmp_path / "b"
    first = RECIPE.sweep("iris", directory=place, max_seconds=SOON, **how)
    out = capsys.readouterr().out
    assert 0 < len(first.trials) < len(straight.trials)
    assert f"recipes sweep --resume {place}" in out
    more = RECIPE.sweep("iris", directory=place, max_seconds=1e6, **how)
    assert told(more) == told(straight)


@pytest.mark.slow
def test_hyperband_goes_on_from_the_checkpoints_of_what_has_ended(tmp_path):
    how = {"tuner": "hyperband", **MOMENT, "verbose": False}
    recipe = RECIPE.replace(epochs=4)
    straight = recipe.sweep("iris", directory=tmp_path / "a", **how)
    place, found = tmp_path / "b", None
    for _ in straight.trials:
        found = recipe.sweep("iris", directory=place, max_seconds=SOON, **how)
    assert told(found) == told(straight)
    assert any("tuner/trial_id" in t["values"] for t in found.trials)


@pytest.mark.slow
def test_the_chief_of_workers_hands_out_no_more(tmp_path):
    given = {"max_trials": 6, "seed": 1, "workers": 1, "verbose": False}
    found = RECIPE.sweep("iris", directory=tmp_path, max_seconds=SOON, **given)
    assert [t["ended"] for t in found.trials] == ["completed"]
    found = RECIPE.sweep("iris", directory=tmp_path, max_seconds=1e6, **given)
    assert [t["ended"] for t in found.trials] == ["completed"] * 6


@pytest.mark.parametrize("wrong", [0, -1, math.inf, math.nan, True, "60"])
def test_no_time_is_refused_before_anything(wrong, tmp_path):
    with pytest.raises(RecipeError, match="max_seconds. must be a number"):
        RECIPE.sweep(
            "iris", max_trials=1, directory=tmp_path, max_seconds=wrong
        )
    assert not any(tmp_path.iterdir())


def test_a_folder_that_is_only_prepared_has_no_end(tmp_path):
    with pytest.raises(RecipeError, match="workers=0 only prepares"):
        RECIPE.sweep(
            "iris",
            max_trials=1,
            directory=tmp_path,
            max_seconds=9,
            workers=0,
        )
    assert not any(tmp_path.iterdir())
