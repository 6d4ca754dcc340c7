"""What a sweep says while it goes on: a live table, or a line per trial."""

import importlib.util
import io
import re
from pathlib import Path

import pytest
from rich.console import Console

import recipes
from recipes import Float
from recipes.tuning.telling.watching import Watch

_spec = importlib.util.spec_from_file_location(
    "sweep_folders", Path(__file__).with_name("folders.py")
)
folders = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(folders)

RECIPE = recipes.tabular_classifier(dropout=Float(0, 0.6))


def console(terminal=False, quiet=False):
    return Console(
        file=io.StringIO(), force_terminal=terminal, width=100, quiet=quiet
    )


def end(sweep, name, score=0.01, vectorized=None):
    """Write the result of a trial that has not ended."""
    (trial,) = [t for t in sweep.trials if t["trial"] == name]
    place = sweep.directory / "trials" / f"trial_{name}"
    folders.write(
        place,
        trial=name,
        values=trial["values"],
        ended="completed",
        message=None,
        score=score,
        metrics={"validation_loss": score},
        epochs=[3],
        seconds=2.0,
        peak_memory=1,
        vectorized=vectorized,
    )


@pytest.fixture
def sweep(tmp_path):
    return folders.make(tmp_path / "s", RECIPE, 6, fails=(1,), running=2)


def said(watch):
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", watch.console.file.getvalue())


def test_without_a_terminal_each_ended_trial_is_one_line(sweep):
    watch = Watch(sweep.directory, sweep.settings, console())
    with watch:
        first = said(watch)
        end(sweep, "0004")
        watch.ended({})
        watch.tick()
        end(sweep, "0005", 0.5)
    assert first == "4 of 7 trials lie there already\n"
    lines = said(watch).splitlines()[1:]
    assert [line.split("  ")[0] for line in lines] == [
        "trial 0004",
        "trial 0005",
    ]
    assert "validation_loss 0.01 (best)" in lines[0]
    assert "5 of 7" in lines[0] and "6 of 7" in lines[1]
    assert "(best)" not in lines[1]
    assert all("dropout 0." in line and "3 epochs" in line for line in lines)


def test_time_left_is_the_median_over_workers(sweep):
    # 1.5, 2.5, 3.5 and 4.5 s are the seconds; 3 of 7 are left.
    for workers, words in ((1, "left 0:09"), (3, "left 0:03")):
        watch = Watch(sweep.directory, sweep.settings, console(), workers)
        with watch.console.capture() as text:
            watch.console.print(watch.table())
        assert words in text.get()


def test_a_failed_trial_says_how(tmp_path):
    found = folders.make(tmp_path / "s", RECIPE, 1, fails=(0,))
    watch = Watch(found.directory, found.settings, console())
    watch.tick()
    assert "diverged: =1+1: the loss is NaN at step 3" in said(watch)


def test_a_terminal_has_one_live_table(sweep):
    watch = Watch(sweep.directory, sweep.settings, console(terminal=True))
    with watch:
        pass
    text = said(watch)
    assert "4 of 7 trials done, 1 failed, 2 running" in text
    assert "best validation_loss" in text
    assert "trial 0004" not in text  # no lines beside it


def test_the_table_says_at_which_epoch_each_trial_is(sweep):
    history = (
        sweep.directory / "trials" / "trial_0004" / "fit-1" / "history.csv"
    )
    history.write_text("epoch,loss\n0,1\n1,1\n2,1\n")
    watch = Watch(sweep.directory, sweep.settings, console())
    with watch.console.capture() as text:
        watch.console.print(watch.table())
    rows = [line.split()[:2] for line in text.get().splitlines()[3:]]
    assert rows == [["0004", "3"], ["0005", "1"]]


def test_with_workers_only_those_that_beat_are_running(sweep):
    class Beat:
        trial, epoch = "0005", 1

    watch = Watch(sweep.directory, sweep.settings, console())
    watch.tick({"worker-1": Beat, "worker-2": None})
    with watch.console.capture() as text:
        watch.console.print(watch.table())
    assert "1 running" in text.get()


def test_that_workers_start_is_said_once(sweep):
    watch = Watch(sweep.directory, sweep.settings, console())
    watch.tick({"worker-0": None, "worker-1": None})
    with watch.console.capture() as text:
        watch.console.print(watch.table())
    assert "starting 2 workers" in text.get()
    watch.tick({"worker-0": None, "worker-1": None})
    assert said(watch).count("starting 2 workers") == 1


def test_trials_that_end_together_tell_no_time_left(sweep):
    watch = Watch(sweep.directory, sweep.settings, console())
    with watch:
        end(sweep, "0004", vectorized=8)
        watch.tick()
        end(sweep, "0005")
    told = ["left 0:" in line for line in said(watch).splitlines()[1:]]
    assert told == [False, True]


def test_silence_is_silence_and_the_books_are_kept(sweep, capsys):
    watch = Watch(sweep.directory, sweep.settings, console(True, quiet=True))
    with watch:
        end(sweep, "0004")
        watch.tick()
    assert said(watch) == "" and capsys.readouterr() == ("", "")
    lines = (sweep.directory / "trials.csv").read_text().splitlines()
    assert len(lines) == 7 and lines[5].startswith("0004,completed,0.01,")


def test_books_that_cannot_be_kept_cost_no_trial(sweep):
    (sweep.directory / "trials.csv").mkdir()
    watch = Watch(sweep.directory, sweep.settings, console())
    watch.tick()
    watch.tick()
    assert said(watch).count("trials.csv") == 1
