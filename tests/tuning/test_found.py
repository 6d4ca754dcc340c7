"""Sweep, read from its folder alone: finished, unfinished, all failed."""

import importlib.util
import json
import shlex
import signal
from functools import partial
from pathlib import Path

import keras
import numpy as np
import pytest

import recipes
from recipes import Choice, Float, Int, Part, cli
from recipes.training.fit import fit
from recipes.tuning.names import BEST_OF
from recipes.tuning.place import resumable

_spec = importlib.util.spec_from_file_location(
    "sweep_folders", Path(__file__).with_name("folders.py")
)
folders = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(folders)

RATE = Float(1e-4, 1e-1, sampling="log")
TWO = recipes.tabular_classifier(
    dropout=Float(0, 0.6), optimizer=Part("adamw", learning_rate=RATE)
)
WIDE = recipes.image_classifier(
    dropout=Float(0.0, 0.6),
    label_smoothing=Float(0, 0.2),
    batch_size=Int(16, 64, step=16),
    normalization=Choice(
        [
            None,
            "batch_normalization",
            Part("group_normalization", groups=Choice([4, 8])),
        ]
    ),
    optimizer=Part(
        "adamw",
        learning_rate=RATE,
        weight_decay=Float(1e-6, 1e-2, sampling="log"),
    ),
)


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    path = tmp_path_factory.mktemp("sweeps") / "wide"
    return folders.make(path, WIDE, 30, fails=(4,), running=1)


def test_the_trials_tell_how_each_ended(sweep):
    ended = [trial["ended"] for trial in sweep.trials]
    assert ended.count("completed") == 28
    assert ended[4] == "diverged" and ended[-1] is None
    assert sweep.trials[-1]["score"] is None


def test_the_best_is_that_of_the_smallest_score(sweep):
    results = [
        json.loads(path.read_text())
        for path in sweep.directory.glob("trials/*/result.json")
    ]
    done = [r for r in results if r["ended"] == "completed"]
    best = min(done, key=lambda result: result["score"])
    assert sweep.best_trial == best
    assert json.loads(sweep.best.to_json()) == best["recipe"]
    for path, value in sweep.best_values.items():
        assert best["values"][path] == value


def test_more_of_an_accuracy_is_better(tmp_path):
    def score(places, values):
        return values["dropout"]

    found = folders.make(
        tmp_path / "s", TWO, 5, score, (), 0, "validation_loss", "max"
    )
    most = max(trial["values"]["dropout"] for trial in found.trials)
    assert found.best_values["dropout"] == most
    assert found.best.dropout == most
    scores = [line.split()[1] for line in str(found.table()).splitlines()[1:]]
    assert scores[0] == f"{most:.4g}"


def test_the_table_is_read_at_100_columns(sweep):
    lines = str(sweep.table()).splitlines()
    assert max(map(len, lines)) <= 100
    assert all(line == line.rstrip() for line in lines)
    text = "\n".join(lines)
    for word in ("learning_rate", "group_normalization", "diverged", "700"):
        assert word in text
    # Every trial, the best first, those without a score last.
    order = [each.split()[0] for each in lines[1:] if each[:1].isdigit()]
    assert len(order) == 30 and order[0] == sweep.best_trial["trial"]
    assert set(order[-2:]) == {"0004", "0029"}


def test_the_table_of_few_ranges_has_a_column_for_each(tmp_path):
    found = folders.make(tmp_path / "s", TWO, 3)
    head, *rows = str(found.table(2)).splitlines()
    assert head.split() == (
        "trial val loss dropout learning_rate epochs s MB ended".split()
    )
    assert len(rows) == 2
    assert rows[0].split()[2] == f"{found.best_values['dropout']:.4g}"


@pytest.mark.parametrize("n", [0, -1, 1.5, True, "3"])
def test_a_table_of_no_number_of_rows_is_refused(sweep, n):
    with pytest.raises(recipes.RecipeError, match="at least 1"):
        sweep.table(n)


def test_a_conditional_range_counts_only_with_its_option(sweep):
    inside = "normalization/group_normalization/groups"
    for trial in sweep.trials:
        chosen = trial["values"]["normalization"] == "group_normalization"
        row = next(p for p in folders.places(WIDE) if p.path == inside)
        assert (row.value(trial["values"]) is not None) == chosen


def test_the_space_names_condition_and_scale(sweep):
    text = " ".join(str(sweep.space()).split())
    assert "only with normalization = group_normalization" in text
    assert "batch_size Int 16..64 linear, step 16" in text
    assert "0.0001..0.1 log" in text
    assert str(WIDE.space()) == str(sweep.space())


def test_a_recipe_without_a_range_has_no_space():
    with pytest.raises(recipes.RecipeError, match="no range to search"):
        recipes.tabular_classifier().space()


@pytest.mark.parametrize(
    "values, words",
    [
        ((0.3, 0.003), []),
        ((0.3, 0.0985), ["upper edge of 0.0001..0.1: widen it"]),
        # 0.001 is 1 % of the linear distance, and in the middle of this one.
        ((0.3, 0.001), []),
        ((0.3, 0.0001), ["lower edge of 0.0001..0.1: widen it"]),
        ((0.0, 0.003), ["lower edge of 0..0.6: it is as low as it goes"]),
        ((0.59, 0.003), ["upper edge of 0..0.6: widen it"]),
    ],
)
def test_edges_are_told_on_the_ranges_own_scale(values, words):
    from recipes.tuning.ranges import places
    from recipes.tuning.telling.edges import edges

    given = {"dropout": values[0], "optimizer/learning_rate": values[1]}
    found = edges(TWO, places(TWO), given)
    assert len(found) == len(words)
    for line, ending in zip(found, words, strict=True):
        assert line.endswith(ending), line


def test_a_range_up_to_the_fields_own_end_is_not_worth_widening():
    from recipes.tuning.ranges import places
    from recipes.tuning.telling.edges import edges

    recipe = TWO.replace(dropout=Float(0.1, 0.999))
    values = {"dropout": 0.998, "optimizer/learning_rate": 0.003}
    (line,) = edges(recipe, places(recipe), values)
    assert line.endswith("it is as high as it goes")


def test_where_nothing_has_a_score_it_is_said(tmp_path):
    found = folders.make(tmp_path / "s", TWO, 2, fails=(0, 1))
    words = "all 2 trials diverged. Lower the range of optimizer/learning_rate"
    with pytest.raises(recipes.RunError, match=words):
        found.best_run  # noqa: B018
    assert found.edges() == []
    assert "2 trials" in repr(found) and "best" not in repr(found)
    assert "diverged" in str(found.table())


def test_a_truncated_result_costs_no_more_than_itself(tmp_path):
    found = folders.make(tmp_path / "s", TWO, 4)
    scores = [trial["score"] for trial in found.trials]
    place = found.directory / "trials" / "trial_0001" / "result.json"
    place.write_text(place.read_text()[:50])
    again = recipes.load_sweep(found.directory)
    # The journal knows the score, and the values make the recipe again.
    assert [trial["score"] for trial in again.trials] == scores
    assert again.trials[1]["ended"] == "completed"
    assert again.best == found.best


def test_reading_does_not_touch_a_journal_that_is_being_written(tmp_path):
    found = folders.make(tmp_path / "s", TWO, 2)
    journal = found.directory / "journal.jsonl"
    with open(journal, "ab") as file:
        file.write(b'{"event": "cre')
    before = journal.read_bytes()
    assert len(recipes.load_sweep(found.directory).trials) == 2
    assert journal.read_bytes() == before


def test_repr_has_the_best_score(sweep):
    best = sweep.best_trial["score"]
    assert f"validation_loss {best:.4g}" in repr(sweep)
    assert "1 not ended" in repr(sweep)


def test_the_best_run_is_that_of_the_best_trial(tmp_path):
    """A run of the first winner is replaced when the sweep has a better."""
    recipe = TWO.replace(network=Part("mlp", units=(4,)), epochs=1)
    scores = iter([0.5, 0.2, 0.3])
    found = folders.make(tmp_path / "s", recipe, 3, lambda *_: next(scores))
    better = found.directory / "trials" / "trial_0001" / "result.json"
    text = better.read_text()
    late = {**json.loads(text), "ended": "diverged", "score": None}
    better.write_text(json.dumps(late))
    first = recipes.load_sweep(found.directory)
    assert first.best_trial["trial"] == "0002"
    assert first.best_run.recipe.dropout == first.best.dropout
    better.write_text(text)
    sweep = recipes.load_sweep(found.directory)
    assert sweep.best_trial["trial"] == "0001"
    assert sweep.best_run.recipe.dropout == sweep.best.dropout
    # Asked once more it is the same run.
    metrics = sweep.directory / "best" / "metrics.json"
    written = metrics.stat().st_mtime_ns
    assert sweep.best_run.recipe.dropout == sweep.best.dropout
    assert metrics.stat().st_mtime_ns == written


class CtrlC(keras.callbacks.Callback):
    """Comes as the training begins."""

    uses_model = False

    def on_train_begin(self, logs=None):
        signal.raise_signal(signal.SIGINT)


def cut_off(found, monkeypatch):
    """Return what Ctrl-C says as the best recipe is fitted."""
    with monkeypatch.context() as patched:
        cut = partial(fit, callbacks=[CtrlC()])
        patched.setattr("recipes.tuning.found.fit", cut)
        with pytest.raises(KeyboardInterrupt) as stop:
            with resumable(found.directory):
                found.best_run  # noqa: B018
    assert (found.directory / "best" / "unfinished.json").exists()
    return stop.value.__notes__


def test_ctrl_c_says_what_fits_the_best(copied, monkeypatch):
    notes = cut_off(recipes.load_sweep(copied), monkeypatch)
    command = f"recipes sweep --resume {copied}"
    assert notes == [f"go on with: {command}"]
    assert cli.main(shlex.split(command)[1:]) == 0
    assert (copied / BEST_OF).exists()
    assert (copied / "best" / "metrics.json").exists()


def test_ctrl_c_says_it_of_data_that_no_spec_leads_to(tmp_path, monkeypatch):
    given = np.eye(40, 4), np.arange(40) % 2
    recipe = TWO.replace(network=Part("mlp", units=(4,)), epochs=1)
    found = folders.make(tmp_path / "s", recipe, 1)
    found.settings.data["spec"] = None
    found._data = given
    call = f"recipes.load_sweep({str(found.directory)!r}, data=…).best_run"
    assert cut_off(found, monkeypatch) == [f"go on with: {call}"]


def test_a_best_run_without_data_says_how_to_give_them(tmp_path):
    found = folders.make(tmp_path / "s", TWO, 1)
    found.settings.data["spec"] = None
    with pytest.raises(recipes.RunError, match="data=…"):
        found.best_run  # noqa: B018
