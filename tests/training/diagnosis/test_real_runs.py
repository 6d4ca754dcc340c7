"""The proof on real runs: each way is named first, healthy runs are silent.

`pytest -m slow -s` on this file prints the table of all 25.
"""

import importlib.util
from pathlib import Path

import pytest

import recipes

pytestmark = pytest.mark.slow


def _load(name):
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"diagnosis_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


runs = _load("runs")


def diagnosed(case, directory):
    """Fit, and return the run and what is found in it as it lies on disk."""
    recipe, data, seed = case
    data = data() if callable(data) else data
    recipe.fit(data, directory=directory, seed=seed, verbose=False)
    run = recipes.load_run(directory)
    return run, run.diagnosis(None if isinstance(data, str) else data)


def test_fifteen_runs_gone_wrong_and_ten_healthy_ones(tmp_path):
    rows, named, silent = [], 0, 0
    cases = [(way, c) for way, three in runs.WRONG.items() for c in three]
    cases += [("healthy", case) for case in runs.HEALTHY]
    for number, (way, case) in enumerate(cases):
        run, found = diagnosed(case, tmp_path / str(number))
        says = ", ".join(f"{f.name} {f.confidence:.2f}" for f in found)
        first = found[0].name if found else "healthy"
        named += way != "healthy" and first == way
        silent += way == "healthy" and not found
        mark = "" if first == way else "   <- missed"
        data = run.environment["data"]["name"]
        rows.append(f"{way:14} {data:14} {case[2]}  {says or 'healthy'}{mark}")
        for each in found:
            assert run.recipe.replace(**each.changes)
    print("\n".join(["", *rows, f"{named} of 15 named, {silent} of 10 silent"]))
    assert len(cases) == 25
    assert named >= 13 and silent >= 9


@pytest.mark.parametrize("way", runs.WAYS)
def test_every_other_way_on_a_real_run_and_a_near_miss(way, tmp_path):
    wrong, near = runs.WAYS[way]
    _, found = diagnosed(wrong, tmp_path / "wrong")
    assert found[0].name == way, found
    _, found = diagnosed(near, tmp_path / "near")
    assert way not in [each.name for each in found], found
