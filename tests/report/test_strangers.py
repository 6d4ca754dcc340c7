"""A tuning's files from a stranger: bounded, and each fault costs its place."""

import copy
import json

import pytest

import recipes
from recipes.report import page, tune_page
from recipes.training.reporting import tuned
from tests.report.reading import read

ABOUT = {
    "recipe": {},
    "data": {"name": "digits", "spec": "digits"},
    "budget": 60.0,
    "spent": 59.0,
    "seeds": 3,
    "objective": "val_loss",
    "finished": True,
    "given": {"mean": 0.5, "deviation": 0.1},
    "winner": {"mean": 0.4, "deviation": None},
    "changed": [{"field": "dropout", "from": 0.0, "to": 0.1, "why": "w"}],
}
DECISION = {
    "step": 4,
    "title": "coarse grid",
    "words": "w",
    "numbers": {"loss": 0.5},
    "changes": "",
    "kept": None,
    "seconds": 2.0,
    "folder": "coarse",
    "table": {"columns": ["rate", "loss"], "rows": [["a", 1.0]]},
}
DEEP = []
for _ in range(900):
    DEEP = [DEEP]
ODD = ["x", [1], {"a": 1}, None, True, 2**63, -1e308, "\ud800\u202e", DEEP]
MOST = 300_000  # letters of a page of so little


def written(path, about=ABOUT, decisions=(DECISION,)):
    (path / "tune.json").write_text(json.dumps(about))
    (path / "decisions.json").write_text(json.dumps(decisions))
    return tuned.report(path, recipes.Recipe.from_json)


def places(value, above=()):
    """Yield the keys that lead to each value within a value."""
    within = (dict, list)
    if isinstance(value, within):
        keys = value if isinstance(value, dict) else range(len(value))
        for key in keys:
            yield (*above, key)
            yield from places(value[key], (*above, key))


def with_odd(value, keys, odd):
    found = copy.deepcopy(value)
    last = found
    for key in keys[:-1]:
        last = last[key]
    last[keys[-1]] = odd
    return found


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_a_value_of_another_kind_costs_its_own_place(tmp_path, odd):
    for keys in places(ABOUT):
        if keys == ("data",) and not isinstance(odd, dict):
            with pytest.raises(recipes.RunError, match="tune.json"):
                written(tmp_path, with_odd(ABOUT, keys, odd))
            continue
        found = read(written(tmp_path, with_odd(ABOUT, keys, odd)))
        assert found.faults == [], keys
        assert "coarse grid" in found.words("decisions"), keys
    for keys in places(DECISION):
        other = {**DECISION, "title": "the next one"}
        bad = with_odd(DECISION, keys, odd)
        found = read(written(tmp_path, decisions=[bad, other]))
        assert found.faults == [], keys
        assert "the next one" in found.words("decisions"), keys
        assert "1 change kept" in found.words("verdict"), keys


def test_without_the_net_it_costs_the_whole_page(tmp_path, monkeypatch):
    bad = with_odd(ABOUT, ("changed", 0, "from"), DEEP)
    assert "Left out" in read(written(tmp_path, bad)).words("changed")
    monkeypatch.setattr(page, "ODD", (ValueError, TypeError))
    with pytest.raises(RecursionError):
        written(tmp_path, bad)


WIDE = {"columns": ["c"] * 3000, "rows": [[0] * 3000] * 9}
LARGE = {
    "changes": ({**ABOUT, "changed": ABOUT["changed"] * 5000}, [DECISION]),
    "a table": (ABOUT, [{**DECISION, "table": WIDE}]),
    "a row": (
        ABOUT,
        [with_odd(DECISION, ("table", "rows", 0), "&" * 50_000)],
    ),
    "a text": ({**ABOUT, "objective": "&" * 10**6}, [DECISION]),
    "words": (ABOUT, [with_odd(DECISION, ("words",), "&" * 10**6)]),
}


@pytest.mark.parametrize("name", LARGE)
def test_a_page_is_bounded(tmp_path, name):
    path = written(tmp_path, *LARGE[name])
    assert path.stat().st_size < MOST
    assert read(path).faults == []


def test_without_its_bounds_it_is_not(tmp_path, monkeypatch):
    for bound in ("CHANGES", "COLUMNS"):
        monkeypatch.setattr(tune_page, bound, 10**9)
    for name in ("changes", "a table"):
        assert written(tmp_path, *LARGE[name]).stat().st_size > MOST
    monkeypatch.setattr(page, "LARGEST", MOST)
    for name in ("changes", "a table"):
        path = written(tmp_path, *LARGE[name])
        assert path.stat().st_size < MOST
        assert "letters would be too many" in path.read_text()
