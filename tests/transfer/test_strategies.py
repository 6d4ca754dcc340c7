"""Strategies and tables by hand."""

import pytest

from recipes.errors import RecipeError
from recipes.menu.strategies import STRATEGIES
from recipes.transfer import strategies
from recipes.transfer.strategies import Given, Stage
from recipes.transfer.table import epochs_of, multipliers, table

GIVEN = Given(("stem", "block1", "block2", "block3"), examples_per_class=10)
PATHS = [f"{b}/kernel" for b in GIVEN.blocks] + ["head/kernel"]


def rates(stage):
    """Return the multipliers of the blocks upwards, then the head's."""
    return [multipliers(PATHS, stage.table)[path] for path in PATHS]


@pytest.mark.parametrize(
    "name, config, expected",
    [
        ("frozen", {}, [[0, 0, 0, 0, 1]]),
        ("full", {}, [[0.1] * 4 + [1]]),
        ("full", {"multiplier": 0.5}, [[0.5] * 4 + [1]]),
        ("top", {"blocks": 2}, [[0, 0, 0.1, 0.1, 1]]),
        ("layerwise", {"factor": 0.5}, [[1 / 16, 1 / 8, 1 / 4, 1 / 2, 1]]),
        ("scratch", {}, [[1] * 5]),
        (
            "gradual",
            {"stages": 3},
            [[0, 0, 0, 0, 1], [0, 0, 0.1, 0.1, 1], [0.1] * 4 + [1]],
        ),
        ("gradual", {"stages": 2}, [[0, 0, 0, 0, 1], [0.1] * 4 + [1]]),
    ],
)
def test_the_rates_of_each_stage(name, config, expected):
    found = getattr(strategies, name)(GIVEN, **config)
    assert [rates(stage) for stage in found.stages] == expected
    assert sum(stage.fraction for stage in found.stages) == pytest.approx(1)
    assert found.name == name and found.words
    assert found.statistics == ("update" if name == "scratch" else "frozen")


def test_gradual_unfreezes_one_more_block_each_time():
    found = strategies.gradual(GIVEN, stages=5)
    counts = [sum(rate > 0 for rate in rates(s)) for s in found.stages]
    assert counts == [1, 2, 3, 4, 5]
    assert found.stages[2].name == "upper 2 of 4 blocks"


@pytest.mark.parametrize(
    "examples, pretrained, config, chosen, words",
    [
        (1, True, {}, "frozen", "1 examples per class are fewer than 5"),
        (4.9, True, {}, "frozen", "fewer than 5"),
        (5, True, {}, "full", "5 or more"),
        (5, True, {"few": 6}, "frozen", "fewer than 6"),
        (1, False, {}, "scratch", "no pretrained weights"),
    ],
)
def test_auto_chooses_and_says_why(examples, pretrained, config, chosen, words):
    given = GIVEN._replace(examples_per_class=examples, pretrained=pretrained)
    found = strategies.auto(given, **config)
    plain = getattr(strategies, chosen)(given)
    assert found.words.startswith(f"{chosen} (auto: ")
    assert words in found.words
    assert found == plain._replace(words=found.words)


@pytest.mark.parametrize(
    "name, config, words",
    [
        ("full", {"multiplier": 0}, "multiplier.*above 0.*Received: 0"),
        ("full", {"multiplier": True}, "multiplier"),
        ("layerwise", {"factor": 1.5}, "factor.*at most 1"),
        ("top", {"blocks": 5}, "from 1 to 4: the backbone has 4 blocks"),
        ("top", {"blocks": 0}, "blocks"),
        ("gradual", {"stages": 1}, "from 2 to 5"),
        ("gradual", {"stages": 2.0}, "whole number"),
        *(
            ("auto", {"few": few}, f"few.*at least 0.*Received: '?{few}")
            for few in (-3, True, float("nan"), float("inf"), "many")
        ),
        *(("auto", {"views": v}, "views.*at least 1") for v in (0, True, "x")),
    ],
)
def test_what_a_strategy_refuses(name, config, words):
    with pytest.raises(RecipeError, match=words):
        getattr(strategies, name)(GIVEN, **config)


@pytest.mark.parametrize("pretrained", [True, False])
def test_auto_says_that_views_are_not_used(pretrained):
    given = GIVEN._replace(pretrained=pretrained)
    said = "; `views` is not used"
    assert strategies.auto(given, views=8).words.endswith(said)
    assert said not in strategies.auto(given).words
    used = strategies.auto(GIVEN, few=11, views=8)
    assert used.views == 8 and said not in used.words


def test_the_first_row_that_matches_counts():
    rows = [("block1", 0.5), ("block", 0.25), ("(stem|head)", 1)]
    found = multipliers(PATHS, rows)
    assert list(found.values()) == [1, 0.5, 0.25, 0.25, 1]
    assert multipliers(PATHS, [("2/k", 0), ("", 1)])["block2/kernel"] == 0
    last = [("block", 0.25), ("block1", 0.5), (".*", 1)]
    with pytest.raises(RecipeError, match="'block1' decides nothing: earlier"):
        multipliers(PATHS, last)


@pytest.mark.parametrize(
    "rows, words",
    [
        ([("blokc1", 0), (".*", 1)], "matches no variable.*block1/kernel"),
        ([("^kernel", 0), (".*", 1)], "matches no variable.*stem/kernel"),
        ([("block", 0), ("stem", 0)], "1 variables match no row.*head/kernel"),
        ([("(", 0)], "regular expression"),
        ([(3, 0)], "regular expression"),
        ([(".*", -1)], "at least 0"),
        ([(".*", "0")], "at least 0"),
        ([(".*", float("inf"))], "at least 0"),
        ([".*"], "row being"),
        ([], "row being"),
    ],
)
def test_what_a_table_refuses(rows, words):
    with pytest.raises(RecipeError, match=words):
        multipliers(PATHS, rows)


def test_constants_need_no_row_but_may_have_one():
    constants = ["mean", "stem/moving_mean"]
    found = multipliers(PATHS, [("head", 1), ("stem|block", 0)], constants)
    assert found["mean"] is None and found["stem/moving_mean"] == 0
    assert multipliers(["a"], [("^a", 1), ("mean", 0)], ["mean"])["mean"] == 0


ROWS = [["head", 1], [".*", 0]]


def test_stages_of_the_users_own():
    found = table(GIVEN, stages=[["a", 0.25, ROWS], ["b", 0.75, [[".*", 1]]]])
    assert [stage.name for stage in found.stages] == ["a", "b"]
    assert rates(found.stages[0]) == [0, 0, 0, 0, 1]
    assert found.words == "2 stages of your own"
    found = table(GIVEN, stages=[["a", 1.0, ROWS]])
    assert found.words == "1 stage of your own"


def test_the_head_by_name():
    given = GIVEN._replace(head="^(?!stem|block|top)")
    rows = [["^head", 1], ["stem", 0.5], [".*", 0]]
    found = table(given, stages=[["a", 1.0, rows]]).stages[0].table
    assert found[0] == (given.head, 1.0) and found[1] == ("stem", 0.5)


def test_the_nearest_paths():
    with pytest.raises(RecipeError, match=r"nearest: block2_conv/kernel,"):
        multipliers(
            ["a_long_name/block", "block1_conv/bias", "block2_conv/kernel"],
            [("^blokc2_", 1), (".*", 0)],
        )
    with pytest.raises(RecipeError, match=r"'x{40}'…, '\^y'$"):
        multipliers(["xxxx" * 20, "y", "z"], [("x" * 80, 1), ("^y", 0)])


@pytest.mark.parametrize(
    "stages, words",
    [
        ([], "list of"),
        ("all", "list of"),
        ([["a", 1.0]], "list of"),
        ([["a", 0.5, ROWS]], "add up to 1.*Received: 0.5"),
        ([[1, 1.0, ROWS]], "list of"),
        ([["a", 1.0, [["(", 0]]]], "regular expression"),
    ],
)
def test_stages_that_are_none(stages, words):
    with pytest.raises(RecipeError, match=words):
        table(GIVEN, stages=stages)


@pytest.mark.parametrize(
    "fractions, epochs, expected",
    [
        ([1.0], 7, [7]),
        ([1 / 3] * 3, 20, [7, 6, 7]),
        ([1 / 3] * 3, 3, [1, 1, 1]),
        ([0.01, 0.99], 10, [1, 9]),
        ([0.99, 0.005, 0.005], 4, [2, 1, 1]),
    ],
)
def test_epochs_are_shared(fractions, epochs, expected):
    stages = [Stage("s", (), f) for f in fractions]
    assert epochs_of(stages, epochs) == expected
    assert sum(expected) == epochs


def test_fewer_epochs_than_stages():
    with pytest.raises(RecipeError, match="3 stages.*Received: 2"):
        epochs_of([Stage("s", (), 1 / 3)] * 3, 2)


def test_every_row_of_the_menu_is_there():
    for name, (target, _) in STRATEGIES.items():
        assert target.endswith(f".{name}")
        if name != "table":
            assert callable(getattr(strategies, name))
