"""Files cut short cost their own trial at most; two sweeps do not meet."""

import subprocess
import sys

import pytest

from recipes import RunError
from recipes.training.going_on.lock import held

SLOW = pytest.mark.slow
DAMAGES = {
    "half": lambda text: text[: len(text) // 2],
    "one byte less": lambda text: text[:-2],
    "empty": lambda text: b"",
    "garbage": lambda text: b"\xff\x00[1, {]\n" * 9,
    "other JSON": lambda text: b"{}\n[]\n",
    "missing": None,
}
# Each of these goes another way; the others as one of them.
WAYS = [
    pytest.param(
        how, marks=() if how in ("half", "garbage", "missing") else SLOW
    )
    for how in DAMAGES
]
KEYS = ("trial", "values", "score", "metrics", "ended", "seeds", "recipe")


def damage(path, how):
    if DAMAGES[how] is None:
        path.unlink()
    else:
        path.write_bytes(DAMAGES[how](path.read_bytes()))


def results(path):
    return {
        each.parent.name: (each.stat().st_ino, each.read_bytes())
        for each in (path / "trials").glob("*/result.json")
    }


def same(one, other):
    return [{k: t[k] for k in KEYS} for t in one.trials] == [
        {k: t[k] for k in KEYS} for t in other.trials
    ]


@pytest.mark.parametrize("how", WAYS)
def test_a_journal_cut_short_runs_nothing_again(
    how, copied, iris_sweep, iris_recipe, sweep_options
):
    before = results(copied)
    damage(copied / "journal.jsonl", how)
    sweep = iris_recipe.sweep("iris", directory=copied, **sweep_options)
    assert results(copied) == before and len(before) == 3
    assert same(sweep, iris_sweep)
    lines = (copied / "journal.jsonl").read_text().splitlines()
    assert len(lines) == 6


def test_without_its_result_a_trial_runs_again(
    copied, iris_sweep, iris_recipe, sweep_options
):
    """The control: and it gives the same once more."""
    before = results(copied)
    damage(copied / "journal.jsonl", "missing")
    damage(copied / "trials" / "trial_0001" / "result.json", "half")
    sweep = iris_recipe.sweep("iris", directory=copied, **sweep_options)
    after = results(copied)
    changed = [name for name in before if after[name] != before[name]]
    assert changed == ["trial_0001"]
    assert same(sweep, iris_sweep)


@pytest.mark.parametrize("how", WAYS)
def test_a_trials_own_file_costs_no_other(
    how, copied, iris_recipe, sweep_options
):
    before = results(copied)
    place = copied / "trials" / "trial_0002"
    for name in ("result.json", "trial.json", "fit-1/history.csv"):
        damage(place / name, how)
    sweep = iris_recipe.sweep("iris", directory=copied, **sweep_options)
    after = results(copied)
    assert len(sweep.trials) == 3
    for name in ("trial_0000", "trial_0001"):
        assert after[name] == before[name]


@pytest.mark.parametrize("how", WAYS)
def test_damaged_settings_are_named(how, copied, iris_recipe, sweep_options):
    before = results(copied)
    damage(copied / "sweep.json", how)
    iris_recipe.sweep("iris", directory=copied, **sweep_options)  # by its copy
    assert results(copied) == before
    for name in ("sweep.json", "sweep.copy.json"):
        damage(copied / name, how)
    with pytest.raises(RunError, match="sweep.*json"):
        iris_recipe.sweep("iris", directory=copied, **sweep_options)
    assert results(copied) == before


FULL = """
import resource, sys
from pathlib import Path
from recipes.tuning.search.journal import Journal
journal = Journal(Path(sys.argv[1]))
event = {"event": "create", "tuner": "a", "trial": "0", "values": {"x": 0.5}}
journal.append(event)
size = journal.path.stat().st_size
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (size + size // 2, hard))
try:
    journal.append({**event, "trial": "1"})
except OSError as error:
    print("full:", error.strerror)
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
journal.append({**event, "trial": "2"})
print([each["trial"] for each in journal.look()])
"""


def test_a_full_disk_spoils_no_other_line(tmp_path):
    pytest.importorskip("resource")
    said = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "journal.jsonl")],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said == "full: File too large\n['0', '2']\n"


HOLDS = """
import sys, time
from pathlib import Path
from recipes.training.going_on.lock import held
with held(Path(sys.argv[1]), "sweeps"):
    print("held", flush=True)
    time.sleep(600)
"""


def test_two_sweeps_at_once(copied, iris_recipe, sweep_options):
    lock = copied / "sweep.lock"
    child = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(lock)], stdout=subprocess.PIPE
    )
    try:
        assert child.stdout.readline() == b"held\n"
        with pytest.raises(RunError, match=rf"process {child.pid}\)"):
            iris_recipe.sweep("iris", directory=copied, **sweep_options)
    finally:
        child.kill()  # as a process that dies, without a farewell
        child.communicate()
    assert lock.read_text() == f"{child.pid}\n"
    iris_recipe.sweep("iris", directory=copied, **sweep_options)


def test_a_sweep_of_this_process_is_one_too(copied, iris_recipe, sweep_options):
    with held(copied / "sweep.lock", "sweeps"):
        with pytest.raises(RunError, match="Another process sweeps"):
            iris_recipe.sweep("iris", directory=copied, **sweep_options)
