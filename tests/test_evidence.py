"""The table of evidence is complete, and says what was measured."""

import copy
import importlib
import json
import re
import statistics
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import recipes
from recipes import registry
from recipes.fields import FIELDS
from recipes.menu.arguments import ARGUMENTS

ROOT = Path(__file__).parent.parent
MENU = {"A": 7, "B": 3, "C": 4, "D": 13, "E": 5, "F": 4, "G": 7, "H": 5}


@pytest.fixture(scope="module")
def evidence():
    """Return the benchmark's modules and what it has stored."""
    folder = str(ROOT / "benchmarks")
    sys.path.insert(0, folder)
    try:
        rows, table, tasks, fit = (
            importlib.import_module(f"evidence_{name}")
            for name in ("rows", "table", "tasks", "fit")
        )
        found = rows.rows()
    finally:
        sys.path.remove(folder)
    page = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
    stored = (ROOT / "docs" / "evidence.json").read_text(encoding="utf-8")
    return SimpleNamespace(
        rows=found,
        table=table,
        tasks=tasks,
        fit=fit,
        page=page,
        stored=json.loads(stored),
    )


def menu():
    kinds = {f"{k}/{n}" for k in registry.kinds() for n in registry.names(k)}
    return kinds | set(ARGUMENTS) | set(FIELDS)


def test_everything_on_the_menu_is_measured_or_excused_by_name(evidence):
    seeds = range(evidence.stored["seeds"])
    measured = {
        row.name
        for row in evidence.rows
        if evidence.table.scores_of(evidence.stored, row, seeds)
    }
    excused = evidence.table.excused()
    assert menu() <= measured | excused
    assert not measured & excused
    actions = {"run.evaluate", "recipes.ensemble", "recipe.cross_validate"}
    assert measured | excused <= menu() | actions | {"recipes.data.load"}
    recipes.register("activation", "newest", lambda name=None: None)
    assert menu() - measured - excused == {"activation/newest"}


def test_every_place_on_the_menu_has_a_row(evidence):
    said = set(re.findall(r"^\| ([A-H]\d+) \|", evidence.page, re.MULTILINE))
    assert said == {f"{a}{i + 1}" for a, n in MENU.items() for i in range(n)}


def test_the_page_is_what_the_stored_scores_say(evidence):
    table = evidence.table
    made = table.text(evidence.rows, evidence.stored)
    assert evidence.page.endswith(made)
    assert evidence.page.count(table.HEAD) == 1
    other = copy.deepcopy(evidence.stored)
    other["fits"]["rows"]["as is"]["0"] -= 40  # the test can fail
    assert table.text(evidence.rows, other) != made


def test_the_numbers_by_hand(evidence):
    """The columns, computed anew from the JSON; the bound of the word too."""
    lines = [x for x in evidence.page.splitlines() if x.startswith("| ")]
    numbers = 0
    for cells in ([c.strip() for c in x.split(" | ")] for x in lines[1:]):
        task, epochs, fields, twin, *_, gain, word = cells[2:]
        word = word.removesuffix(" |")
        if word.startswith("no number") or word == "not measured":
            continue
        base = evidence.tasks.TASKS[task].recipe
        assert int(epochs) == base.epochs
        [row] = [
            row
            for row in evidence.rows
            if (f"`{row.name}`", row.task) == (cells[1], task)
            and f"`{evidence.table.in_words(row.fields)}`" == fields
            and f"`{evidence.table.in_words(row.twin)}`" == twin
        ]
        fits = evidence.stored["fits"][task]
        these, those = (
            fits[evidence.table.key(task, f)] for f in (row.fields, row.twin)
        )
        seeds = [str(seed) for seed in range(evidence.stored["seeds"])]
        assert len(seeds) >= 5
        gains = [
            these[s] - those[s]
            for s in seeds
            if these[s] is not None and those[s] is not None
        ]
        if len(gains) < len(seeds):
            assert "diverges" in word
            continue
        mean, deviation = statistics.fmean(gains), statistics.stdev(gains)
        assert gain == f"{mean:+.2f} ± {deviation:.2f}"
        beyond = abs(mean) > 2 * deviation / len(gains) ** 0.5
        expected = ("hurts", "helps")[mean > 0] if beyond else "no difference"
        assert expected in word
        numbers += 1
    assert numbers > 100


def test_the_scores_are_those_of_todays_recipes(evidence):
    for name, task in evidence.tasks.TASKS.items():
        said = evidence.table.in_words(task.recipe.to_dict())
        assert evidence.stored["tasks"][name] == said
    for row in evidence.rows:
        recipe = evidence.tasks.TASKS[row.task].recipe
        for fields in (row.fields, row.twin):
            known = {k: v for k, v in fields.items() if k in FIELDS}
            recipe.replace(**known)  # legal


def test_the_word_needs_a_gain_beyond_twice_the_standard_error(evidence):
    verdict = evidence.table.verdict
    flat = [90.0, 90.0, 90.0, 90.0]
    assert verdict([91.0, 92.0, 91.0, 92.0], flat)[1] == "**helps**"
    assert verdict([89.0, 88.0, 89.0, 88.0], flat)[1] == "**hurts**"
    noise = "no difference beyond the noise"
    assert verdict(flat, flat) == ([0.0] * 4, noise)
    assert verdict([89.0, 92.0, 89.0, 92.0], flat)[1] == noise
    lost = [None, 91.0, 91.0, 91.0]
    assert verdict(lost, flat) == ([1.0] * 3, "hurts: it diverges in 1 of 4")
    assert verdict(flat, lost)[1] == "helps: the twin diverges in 1 of 4"


def test_a_key_leaves_out_what_the_task_has_anyway(evidence):
    key = evidence.table.key
    assert key("digits", {}) == key("digits", {"augmentation": None}) == "as is"
    assert key("digits", {"normalization": "batch_normalization"}) == "as is"
    assert key("rows", {"members": 3, "dropout": 0.2}) == (
        "members=3, dropout=0.2"
    )


def test_rows_that_are_the_same_fits_are_named(evidence):
    page = " ".join(evidence.page.split("## The table")[0].split())
    assert "Three groups of rows are even the same fits" in page
    alike = {}
    for name, fits in evidence.stored["fits"]["rows"].items():
        if name.startswith("kernel_initializer=") and "(" not in name:
            scores = tuple(fits.values())
            alike.setdefault(scores, set()).add(name.split("=")[1])
    assert sorted(map(sorted, (g for g in alike.values() if len(g) > 1))) == [
        ["dirac_delta", "identity"],
        ["glorot_normal", "lecun_normal", "variance_scaling"],
        ["glorot_uniform", "lecun_uniform"],
    ]


@pytest.mark.slow
def test_a_score_is_that_of_a_run(evidence, tmp_path):
    tasks, fields = evidence.tasks, {"dropout": 0.2}
    recipe = tasks.TASKS["cells"].recipe.replace(**fields)
    splits = tasks.data_of("cells", 3)
    run = recipe.fit(splits, seed=3, directory=tmp_path / "run", verbose=False)
    expected = round(100 * run.metrics["test_accuracy"], 4)
    assert evidence.fit.score("cells", fields, 3) == expected
    assert 80 < expected < 100
