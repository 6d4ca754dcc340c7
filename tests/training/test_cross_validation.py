"""Cross-validation: what is scored, what is kept, what is refused."""

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import recipes
from recipes import cli
from recipes.data.folds import cut
from recipes.errors import DataError, RecipeError, RunError
from recipes.training import folder

ROOT = Path(__file__).parent.parent.parent


class Noted:
    """Examples that note which of them are read, and may end the process.

    They are whole numbers, which need no look for NaN, so that all that is
    read is read by a fit.
    """

    def __init__(self, array, deadly=None):
        self.array, self.deadly, self.seen = array, deadly, set()
        self.shape, self.dtype = array.shape[1:], array.dtype

    def __len__(self):
        return len(self.array)

    def read(self, indices):
        if self.deadly is not None and self.deadly.exists():
            os.kill(os.getpid(), signal.SIGKILL)
        self.seen.update(np.arange(len(self))[indices].tolist())
        return self.array[indices]

    def digest(self):
        return self.array.tobytes()


def iris(deadly=None):
    """Return the iris data, in millimeters, with a source that takes notes."""
    data = recipes.data.load("iris")
    whole = np.round(10 * data.train.source.array).astype("int16")
    source = Noted(whole, deadly)
    parts = {s.role: replace(s, source=source) for s in data.splits}
    return replace(data, **parts)


def recipe(**changes):
    network = recipes.Part("mlp", units=(8,))
    return recipes.tabular_classifier(network=network, epochs=2, **changes)


def cross_validate(data, directory, folds=2, **changes):
    return recipe(**changes).cross_validate(
        data, folds, directory=directory, verbose=False, threads=0
    )


def die_in_the_second_fold(directory):
    """Kill this process as the second fold reads its first batch."""
    deadly = Path(directory) / "fold-2" / "environment.json"
    cross_validate(iris(deadly), directory)


def contents(directory):
    return {
        path.relative_to(directory): (path.read_bytes(), path.stat().st_mtime)
        for path in sorted(Path(directory).rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def noted():
    return iris()


@pytest.fixture(scope="module")
def finished(noted, tmp_path_factory):
    """Two finished folds. Do not write into their folder."""
    return cross_validate(noted, tmp_path_factory.mktemp("cv") / "iris")


@pytest.mark.both_backends
def test_each_fold_is_scored_on_what_its_run_never_saw(finished, noted):
    data = iris()
    for fold, run, scores in zip(
        cut(data, 2, 0.15, 0), finished.runs, finished.scores, strict=True
    ):
        outputs = run.model.predict(fold.test.read(), verbose=0)
        right = outputs.argmax(axis=1) == fold.test.labels
        true = outputs[np.arange(len(right)), fold.test.labels]
        assert scores["accuracy"] == right.mean()
        assert scores["loss"] == pytest.approx(-np.log(true).mean(), rel=1e-6)
        again = run.evaluate(data)  # draws the fold again
        assert (again["split"], again["rows"]) == ("test", len(fold.test))
        assert again["accuracy"] == scores["accuracy"]


def test_the_means_and_deviations_are_those_of_the_sample(finished):
    assert list(finished.metrics) == ["loss", "accuracy"]
    for name, (mean, deviation) in finished.metrics.items():
        one, other = [scores[name] for scores in finished.scores]
        assert one != other
        assert mean == pytest.approx((one + other) / 2)
        assert deviation == pytest.approx(abs(one - other) / 2**0.5)


@pytest.mark.both_backends
def test_no_fold_reads_the_test_split(finished, noted, tmp_path):
    untouched = set(noted.test.rows.tolist())
    assert len(untouched) == 30
    assert noted.train.source.seen == set(range(150)) - untouched
    # The control: the notes of a fit have them.
    data = iris()
    recipe().fit(data, directory=tmp_path / "r", verbose=False)
    assert data.train.source.seen == set(range(150))


def test_the_folds_differ_only_in_their_data(finished):
    seeds = [run.environment["seed"] for run in finished.runs]
    assert seeds == [0, 0]
    assert len({run.recipe for run in finished.runs}) == 1
    prints = {r.environment["data"]["fingerprint"] for r in finished.runs}
    assert len(prints) == 2


@pytest.mark.slow
def test_a_killed_process_goes_on_in_the_fold_it_died_in(finished, tmp_path):
    path = tmp_path / "killed"
    script = (
        "import runpy, sys; names = runpy.run_path(sys.argv[1]); "
        "names['die_in_the_second_fold'](sys.argv[2])"
    )
    command = [sys.executable, "-c", script, __file__, str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
    before = contents(path / "fold-1")
    assert (path / "fold-1" / "metrics.json").exists()
    assert (path / "fold-2" / "environment.json").exists()
    assert not (path / "fold-2" / "metrics.json").exists()
    with pytest.raises(RunError, match="unfinished.*2 folds"):
        recipes.load_cross_validation(path)
    resumed = cross_validate(iris(), path)
    assert contents(path / "fold-1") == before
    assert resumed.scores == finished.scores
    for one, other in zip(resumed.runs, finished.runs, strict=True):
        assert one.history == other.history
        for ours, theirs in zip(
            one.model.weights, other.model.weights, strict=True
        ):
            if "seed_generator" not in ours.path:
                assert (np.array(ours) == np.array(theirs)).all(), ours.path


def test_what_is_finished_is_not_fitted_again(finished, noted):
    before = contents(finished.directory)
    again = cross_validate(noted, finished.directory)
    after = contents(finished.directory)
    name = Path("cross_validation.json")
    assert after.pop(name)[0] == before.pop(name)[0]
    assert after == before
    assert again.metrics == finished.metrics


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"dropout": 0.4}, "`dropout` was 'auto' and is 0.4"),
        ({"seed": 7}, "`seed` was 0 and is 7"),
        ({"split_seed": 7}, "`split_seed` was None and is 7"),
        ({"folds": 4}, "folds was 2 and is 4"),
        (
            {"optimizer": recipes.Part("sgd", learning_rate=0.1)},
            r"`optimizer` was adamw\(learning_rate=0.003\) and is sgd\(",
        ),
    ],
)
def test_other_folds_in_the_folder_are_refused(finished, noted, changes, words):
    before = contents(finished.directory)
    with pytest.raises(RunError, match=words):
        cross_validate(noted, finished.directory, **changes)
    assert contents(finished.directory) == before


def test_other_data_are_refused(finished, noted):
    source = Noted(noted.train.source.array + np.int16(1))
    parts = {s.role: replace(s, source=source) for s in noted.splits}
    with pytest.raises(RunError, match="the data are other than they were"):
        cross_validate(replace(noted, **parts), finished.directory)


def test_what_cannot_be_is_refused_before_anything_is_written(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RecipeError, match="still ranges: `dropout`"):
        cross_validate("iris", None, dropout=recipes.Float(0, 0.5))
    with pytest.raises(RecipeError, match="`folds` must.*Received: 1$"):
        cross_validate("no such data", None, folds=1)
    with pytest.raises(DataError, match="40 rows of class.*folds=41"):
        cross_validate("iris", None, folds=41)
    with pytest.raises(RunError):
        cross_validate("iris", "a\0b")
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_something_else_is_refused(finished, tmp_path):
    with pytest.raises(RunError, match="holds a run"):
        cross_validate("iris", finished.runs[0].directory)
    with pytest.raises(RunError, match="holds no run"):
        recipe().fit("iris", directory=finished.directory, verbose=False)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RunError, match="not empty"):
        cross_validate("iris", tmp_path)
    with pytest.raises(RunError, match="holds no cross-validation"):
        recipes.load_cross_validation(tmp_path)
    (tmp_path / "cross_validation.json").write_text("{}")
    with pytest.raises(RunError, match="not what a cross-validation writes"):
        recipes.load_cross_validation(tmp_path)


def test_it_is_shown(finished):
    (mean, deviation) = finished.metrics["accuracy"]
    words = f"accuracy {mean:.3f} ± {deviation:.3f} (2 folds)"
    assert repr(finished) == words
    assert finished.table().row_count == 4
    assert len(finished.plot().axes) == 2
    loaded = recipes.load_cross_validation(finished.directory)
    assert (loaded.metrics, loaded.scores, repr(loaded)) == (
        finished.metrics,
        finished.scores,
        words,
    )


@pytest.mark.slow
def test_the_command_line_overwrites_and_goes_on(finished, tmp_path, capsys):
    path = tmp_path / "cv"
    shutil.copytree(finished.directory, path)
    shutil.copytree(path / "fold-2", path / "fold-3")
    shutil.copytree(path / "fold-2", path / "fold-4")
    (path / "fold-4" / "notes.txt").write_text("mine")
    command = ["cross-validate", "iris", "--folds=2", "--epochs=1", "--seed=4"]
    command += ["--set=network/units=[4]", f"--out={path}"]
    assert cli.main(command) == 2
    words = "`epochs` was 2 and is 1; `network` was mlp(units=[8]) and is mlp("
    assert words in capsys.readouterr().err
    assert cli.main([*command, "--overwrite"]) == 0
    printed = capsys.readouterr().out
    for words in ("fold 1/2  loss", "fold 2/2  loss", "deviation", str(path)):
        assert words in printed
    assert "left 0:0" in printed and "epoch" not in printed
    # The old folds are gone, and nothing else.
    assert not (path / "fold-3").exists()
    assert [p.name for p in (path / "fold-4").iterdir()] == ["notes.txt"]
    found = recipes.load_cross_validation(path)
    assert [run.environment["seed"] for run in found.runs] == [4, 4]
    assert cli.main(command) == 0
    assert capsys.readouterr().out.count("kept") == 2


def test_the_folder_is_chosen(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = Path("runs/tabular_classifier-a_b-cv-1")
    choice = None, "tabular_classifier", "a b", "-cv"
    assert folder.choose(*choice) == first
    first.mkdir(parents=True)
    assert folder.choose(*choice) == Path("runs/tabular_classifier-a_b-cv-2")
