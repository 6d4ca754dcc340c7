"""What ends a tune before it begins, and what does not."""

import pytest

import recipes
from recipes.preflight.finding import Finding
from recipes.six_steps.looking import about_rate, look
from recipes.six_steps.state import State
from tests.six_steps.conftest import work_of

RECIPE = recipes.tabular_classifier(normalization=None, epochs=2).resolve()


def at_rate(rate):
    return RECIPE.replace(
        optimizer=RECIPE.optimizer.replace(learning_rate=rate)
    )


def finding(changes):
    return Finding("x", "fail", 1.0, "0", "Bad.", "do", changes)


def test_what_is_about_the_rate_changes_nothing_else():
    part = RECIPE.optimizer.replace(learning_rate=0.1)
    assert about_rate(finding({"optimizer": part}), RECIPE)
    others = [
        None,
        {},
        {"optimizer": RECIPE.optimizer},
        {"optimizer": part.replace(weight_decay=0.5)},
        {"optimizer": recipes.Part("sgd", learning_rate=0.1)},
        {"optimizer": part, "dropout": 0.0},
        {"network": recipes.Part("mlp", units=(8,))},
    ]
    assert not any(about_rate(finding(each), RECIPE) for each in others)


def test_a_rate_that_fails_does_not_end_it(tmp_path):
    data = recipes.data.load("wine")
    work = work_of(at_rate(30.0), data, tmp_path)
    found = look(work, force=False)
    assert found["rate"] and found["mended"] <= 3.0
    first, second = work.state.decisions
    assert first["kept"] and "the rate is too high" in first["words"]
    assert second["step"] == 2
    assert first["folder"] == second["folder"] == "check"
    assert State(tmp_path).outcomes["check"] == found, "it is kept"


@pytest.mark.parametrize(
    "recipe, folder", [(RECIPE, "check"), (at_rate(30.0), "check-again")]
)
def test_what_fails_is_gone_on_with_by_force(recipe, folder, tmp_path):
    data = recipes.data.load("wine")
    x, y = data.train.read(), data.train.labels
    leaking = recipes.data.load(
        {
            "train": (x, y),
            "validation": (x[:30], y[:30]),
            "test": (data.test.read(), data.test.labels),
        }
    )
    work = work_of(recipe, leaking, tmp_path)
    assert look(work, force=True)["rate"] is (folder != "check")
    first, second = work.state.decisions
    assert "Gone on, as force=True" in first["words"]
    assert first["kept"] is False
    assert first["folder"] == second["folder"] == folder


def test_a_small_budget_leaves_it_out(tmp_path):
    work = work_of(RECIPE, None, tmp_path, 10.0)
    assert look(work, force=False)["seconds"] is None
    assert "Left out" in work.state.decisions[0]["words"]
