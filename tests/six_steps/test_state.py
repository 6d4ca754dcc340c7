"""Files of a tune that goes on: as they were, damaged, or a stranger's."""

import json
import shutil

import pytest

import recipes
from recipes.errors import RunError
from recipes.six_steps import outcomes
from recipes.six_steps.kinds import odd_decisions
from recipes.six_steps.seeds import Measured
from recipes.six_steps.state import State
from tests.six_steps.conftest import folder_of, read


def test_what_was_decided_is_not_decided_again(
    small_recipe, small_tune, few, tmp_path
):
    tuned, data, _ = small_tune
    copy = folder_of(tuned, tmp_path)
    forget(copy, ["best", "ended"], last=2)
    times = {f: f.stat().st_mtime_ns for f in copy.rglob("result.json")}
    page = recipes.load_tuned(copy).report(model=False)
    assert page == copy / "report.html" and "Not finished" in page.read_text()
    again = small_recipe.tune(
        data, budget="1h", seeds=2, directory=copy, verbose=False
    )
    assert {f: f.stat().st_mtime_ns for f in copy.rglob("result.json")} == times
    assert outline(again.decisions) == outline(tuned.decisions)
    assert again.recipe == tuned.recipe
    assert again.about["spent"] > tuned.about["spent"], "seconds count"
    assert "Not finished" not in page.read_text(), "it is of this tune's end"


def forget(path, outcomes, last):
    """Leave a folder as a kill before its last steps does."""
    state = State(path)
    for name in outcomes:
        del state.outcomes[name]
    del state.decisions[-last:]
    state.write()
    about = read(path / "tune.json")
    (path / "tune.json").write_text(json.dumps({**about, "finished": False}))
    (path / "recipe.json").unlink()
    shutil.rmtree(path / "best")


def outline(decisions):
    """Return what does not depend on the clock."""
    return [
        (
            each["title"],
            each["kept"],
            each["changes"],
            each["folder"],
            {k: v for k, v in each["numbers"].items() if "seconds" not in k},
        )
        for each in decisions
    ]


def test_a_damaged_state_is_said(small_recipe, small_tune, tmp_path):
    tuned, data, _ = small_tune
    copy = folder_of(tuned, tmp_path)
    forget(copy, ["best", "ended"], last=2)
    text = (copy / "state.json").read_text()
    assert State(copy).decisions
    other = text.replace('"kept": false', '"kept": true', 1)
    assert other != text
    for bad in ('{"outcomes": []}', "[]", other):
        (copy / "state.json").write_text(bad)
        match = "state.json is not what a tune writes"
        with pytest.raises(RunError, match=match):
            small_recipe.tune(data, seeds=2, directory=copy, verbose=False)
    (copy / "tune.json").write_text('{"finished": "no"}')
    with pytest.raises(RunError, match="recipe, data, budget"):
        recipes.load_tuned(copy)


def places(value, above=()):
    """Yield the keys that lead to each value of names and lists."""
    if isinstance(value, (dict, list)):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield (*above, key)
            yield from places(value[key], (*above, key))


def test_files_of_a_stranger_are_refused_or_read(small_tune, tmp_path):
    copy = folder_of(small_tune[0], tmp_path)
    names = ("tune.json", "decisions.json")
    given = {name: read(copy / name) for name in names}
    given["tune.json"]["recipe"] = {}  # which is no tune's business here
    del given["decisions.json"][3:]
    refused = 0
    for name in names:
        for keys in places(given[name]):
            if keys[-1] == "table" or "rows" in keys:
                continue
            for odd in ("x", [1], {"a": 1}, None, True, -3):
                bad = json.loads(json.dumps(given[name]))
                last = bad
                for key in keys[:-1]:
                    last = last[key]
                last[keys[-1]] = odd
                (copy / name).write_text(json.dumps(bad))
                try:
                    found = recipes.load_tuned(copy)
                except RunError as error:
                    refused += 1
                    assert name in str(error)
                else:
                    assert str(found) and repr(found)
        (copy / name).write_text(json.dumps(given[name]))
    assert str(recipes.load_tuned(copy)), "as they were they are read"
    assert refused > 100


def hostile(path, change):
    """Write a state.json with a hash that fits, of other content."""
    state = State(path)
    change(state)
    state.write()
    about = read(path / "tune.json")
    (path / "tune.json").write_text(json.dumps({**about, "finished": False}))


def test_what_no_tune_writes_is_odd(small_tune):
    given = read(small_tune[0].directory / "state.json")
    del given["sha256"], given["decisions"][2:]

    def odd():
        three = (given[name] for name in ("outcomes", "pace", "why"))
        return odd_decisions(given["decisions"]) + outcomes.odd(*three)

    assert odd() == []
    found = 0
    for keys in list(places(given)):
        if len(keys) < 2 or {"recipe", "metrics", "table", "fitted"} & {*keys}:
            continue  # which are read by those who use them
        last = given
        for key in keys[:-1]:
            last = last[key]
        before = last[keys[-1]]
        for bad in ("x", [1], {"a": 1}, None, True, -3, 1e300):
            last[keys[-1]] = bad
            found += bool(odd())
        last[keys[-1]] = before
    assert found > 300 and odd() == []


@pytest.mark.parametrize("big, fits", [(4e13, True), (1e200, False)])
def test_a_score_may_be_large_in_the_unit_of_its_target(big, fits):
    row = {"rate": 0.1, "decay": None, "epochs": 1, "score": 2.5, "loss": None}
    for name in ("score", "loss"):
        found = {"coarse": {"rows": [{**row, name: big}], "epochs": 1}}
        assert (outcomes.odd(found, [], {}) == []) == fits
    found["coarse"]["rows"][0]["loss"] = "x"
    assert outcomes.odd(found, [], {}) == ["coarse"]


@pytest.mark.parametrize("count, fits", [(5000, True), (10**6, False)])
def test_many_seeds_of_many_changes_make_many_fits(count, fits):
    assert (outcomes.odd({}, [[0, 5, 1.0]] * count, {}) == []) == fits


HOSTILE = {
    "coarse-plan": [[1e-3] * 400, [1e-3] * 400, 1, 1.0],
    "finer-plan": [[1e-3], [1e-3], 10**9, 1e9],
    "seeds-plan": [["as given"], 10**6],
    "seeds": "nobody",
    "elsewhere": {},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_absurd_plans_of_a_stranger_are_refused(
    small_recipe, small_tune, few, tmp_path, name
):
    tuned, data, _ = small_tune
    copy = folder_of(tuned, tmp_path)

    def change(state):
        state.outcomes.pop(name.removesuffix("-plan"), None)
        state.outcomes[name] = HOSTILE[name]

    hostile(copy, change)
    with pytest.raises(RunError, match=f"state.json is not.*{name}"):
        small_recipe.tune(
            data, budget="1h", seeds=2, directory=copy, verbose=False
        )


def test_a_network_of_a_stranger_is_refused(
    small_recipe, small_tune, few, tmp_path
):
    tuned, data, _ = small_tune
    copy = folder_of(tuned, tmp_path)

    def change(state):
        state.outcomes["seeds/best"]["recipe"]["network"]["config"] = {
            "units": ["x"]
        }

    hostile(copy, change)
    with pytest.raises(RunError, match="state.json is not.*`units` must be"):
        small_recipe.tune(
            data, budget="1h", seeds=2, directory=copy, verbose=False
        )


def test_scores_of_a_stranger_are_refused(small_tune):
    recipe = small_tune[0].recipe
    good = Measured(recipe, "seeds/best", (0.5, 0.25)).to_dict()

    def take(found):
        return Measured.from_dict(found, recipes.Recipe.from_json)

    assert take(good).scores == (0.5, 0.25)
    for name in good:
        for odd in (..., 3 if name == "folder" else "x", True):
            if (name, odd) in (("message", "x"), ("folder", ...)):
                continue
            with pytest.raises(RunError, match="not what a tune writes"):
                take({**good, name: odd})
    for odd in ("../seeds", "/tmp", "a/../../b"):
        with pytest.raises(RunError, match="folder cannot be read"):
            take({**good, "folder": odd})
