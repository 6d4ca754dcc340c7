"""More time for a tune that has ended, and what of it is not used."""

import json
import shutil

import recipes
from recipes import cli
from recipes.six_steps import loop, rounds
from recipes.six_steps.state import State
from tests.six_steps.conftest import folder_of, read, work_of


def late(path, slug):
    """Leave a finished tune as one that had no time for its last change.

    Its last fit is that of an earlier winner.
    """
    state = State(path)
    name = next(n for n in state.outcomes if n.endswith(slug))
    del state.outcomes[name]
    state.outcomes[f"{name}-plan"] = 99.0
    state.outcomes["ended"] = {"late": True}
    state.decisions = [
        each for each in state.decisions if each["folder"] != name
    ]
    state.write()
    shutil.rmtree(path / name)
    about = read(path / "tune.json")
    (path / "tune.json").write_text(json.dumps({**about, "budget": 600.0}))
    return name


def test_more_time_goes_on_with_what_was_left_out(
    small_tune, few, tmp_path, capsys
):
    copy = folder_of(small_tune[0], tmp_path)
    late(copy, "much-more-regularization")
    trained = {f: f.stat().st_mtime_ns for f in copy.rglob("result.json")}
    command = ["tune", "--resume", str(copy), "--budget", "1h"]
    assert cli.main(command) == 0
    printed = capsys.readouterr().out
    assert "The budget is 1 h in place of 10 min" in printed
    found = recipes.load_tuned(copy)
    titles = [each["title"] for each in found.decisions]
    change = "much more regularization"
    assert titles[-3:] == ["more time", change, "one change at a time"]
    assert found.decisions[-1]["words"].endswith("Nothing is left to try.")
    assert found.about["budget"] == 3600 and found.finished
    now = {f: f.stat().st_mtime_ns for f in copy.rglob("result.json")}
    assert {f: now[f] for f in trained} == trained, "nothing was done twice"
    assert [f.relative_to(copy).parts[0] for f in set(now) - set(trained)] == [
        "more-1"
    ]
    assert cli.main([*command[:-1], "2h"]) == 0
    assert "no change was left out for lack of time" in capsys.readouterr().out
    assert recipes.load_tuned(copy).about["budget"] == 3600


def test_the_last_fit_is_made_anew_where_the_winner_is_another(
    small_tune, few, tmp_path
):
    copy = folder_of(small_tune[0], tmp_path)
    late(copy, "much-more-regularization")
    state = State(copy)  # as if the recipe as given had won before
    state.outcomes["fitted"]["dropout"] = 0.7
    state.write()
    old = (copy / "best" / "metrics.json").stat().st_ino
    found = small_tune[0].recipe  # that of the same winner
    assert cli.main(["tune", "--resume", str(copy), "--budget", "1h"]) == 0
    again = recipes.load_tuned(copy)
    assert again.decisions[-1]["title"] == "the winner's fit"
    assert (copy / "best" / "metrics.json").stat().st_ino != old
    assert again.recipe == found and again.run.recipe.dropout == found.dropout
    assert State(copy).outcomes["fitted"]["dropout"] == found.dropout


def test_a_budget_that_changes_nothing_is_said(small_tune, tmp_path):
    copy = folder_of(small_tune[0], tmp_path)
    state, about = State(copy), read(copy / "tune.json")
    assert "no change was left out" in rounds.refused(state, about, 7200.0)
    state.outcomes["ended"] = {"late": True}
    assert rounds.refused(state, about, 7200.0) is None
    said = rounds.refused(state, about, 60.0)
    assert "a budget of 60 s changes nothing" in said and "of 1 h" in said
    state.outcomes["ended"] = None  # of an earlier version
    assert rounds.lacks_time(state)
    del state.outcomes["ended"]
    assert not rounds.lacks_time(state), "it goes on by itself"


def test_a_round_that_was_bought_and_not_begun_is_bought_once(
    small_tune, tmp_path
):
    copy = folder_of(small_tune[0], tmp_path)
    state, about = State(copy), read(copy / "tune.json")
    state.outcomes["ended"] = {"late": True}
    for _ in range(2):  # a kill before tune.json says so, and the call again
        assert rounds.refused(state, about, 7200.0) is None
        rounds.buy(state, about, 7200.0)
        assert rounds.bought(State(copy)) == [[3600.0, 7200.0]]


def test_the_pace_is_measured_where_there_was_no_time_before(
    small_recipe, tmp_path
):
    state = State(tmp_path)  # killed behind step 3, and then 15 s were given
    state.outcomes["check"] = {"seconds": 1.0, "rate": False, "mended": None}
    state.outcomes["range-test"] = {"rate": 0.01, "found": True}
    state.write()
    data = recipes.data.load("wine")

    def steps(budget):
        clock = {"seconds": budget - 0.5}  # for the pace, and no more
        (tmp_path / "spent.json").write_text(json.dumps(clock))
        work = work_of(small_recipe.resolve(), data, tmp_path, budget)
        loop._steps(work, False)
        return work.state

    state = steps(15.0)
    assert state.outcomes["first"] is None and not state.pace
    assert steps(15.0).decisions == state.decisions, "nor without more time"
    rounds.buy(state, {"budget": 15.0}, 90.0)
    state = steps(90.0)
    titles = [each["title"] for each in state.decisions]
    assert titles.count("the pace") == 1 and len(state.pace) == 2
    assert "no fit was measured" not in state.decisions[-3]["words"]
    assert steps(90.0).decisions == state.decisions, "and once"
