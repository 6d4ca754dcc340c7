"""recipes fit --resume: a run that goes on, and those that must not."""

import json
import os
import shutil
import signal

import keras
import numpy as np
import pytest

import recipes
from recipes import cli
from recipes.training.environment import version
from recipes.training.going_on import unfinished

EPOCHS = 3
RECIPE = recipes.tabular_classifier(
    network=recipes.Part("mlp", units=(4,)), epochs=EPOCHS, early_stopping=None
)
SETTINGS = (
    "--recipe=tabular_classifier",
    '--set=network={"part": "mlp", "config": {"units": [4]}}',
    "--set=early_stopping=null",
    f"--epochs={EPOCHS}",
)


def run(capsys, *arguments):
    """Return (exit code, standard output, standard error)."""
    code = cli.main([str(a) for a in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


class CtrlC(keras.callbacks.Callback):
    """Comes in the last epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == EPOCHS - 1:
            os.kill(os.getpid(), signal.SIGINT)


def begin(data, folder):
    """Leave an unfinished run."""
    with pytest.raises(KeyboardInterrupt) as caught:
        RECIPE.fit(data, directory=folder, callbacks=[CtrlC()], verbose=False)
    same = f"the same call, with directory='{folder}'"
    how = f"recipes fit --resume {folder}" if isinstance(data, str) else same
    assert how in caught.value.__notes__[0]
    return folder


def content(folder):
    """Every file's bytes."""
    found = (p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder): p.read_bytes() for p in found}


def scores(folder):
    found = json.loads((folder / "metrics.json").read_text())
    return {k: v for k, v in found.items() if "seconds" not in k}


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """A CSV file of iris, and where it lies."""
    data = recipes.data.load("iris")
    folder = tmp_path_factory.mktemp("work")
    rows = [
        [*map(str, x), data.class_names[y]]
        for split in data.splits
        for x, y in zip(split.read(), split.labels, strict=True)
    ]
    lines = [",".join(row) for row in [["a", "b", "c", "d", "kind"], *rows]]
    (folder / "iris.csv").write_text("\n".join(lines))
    return folder


@pytest.fixture(scope="module")
def left(table):
    """An unfinished run on a file that was named from where it lies."""
    here = os.getcwd()
    os.chdir(table)
    try:
        return begin("csv:iris.csv#kind", table / "begun")
    finally:
        os.chdir(here)


@pytest.fixture
def begun(left, tmp_path):
    return shutil.copytree(left, tmp_path / "begun")


@pytest.fixture(scope="module")
def straight(table):
    data = f"csv:{table / 'iris.csv'}#kind"
    RECIPE.fit(data, directory=table / "straight", verbose=False)
    return table / "straight"


def test_a_folder_alone_knows_all_the_rest(
    capsys, begun, straight, tmp_path, monkeypatch
):
    """The data too, from another working directory."""
    monkeypatch.chdir(tmp_path)
    code, printed, said = run(capsys, "fit", "--resume", "begun")
    assert code == 0, said
    assert f"goes on in epoch {EPOCHS} of {EPOCHS}, after its step" in printed
    assert scores(begun) == scores(straight)
    assert (begun / "history.csv").read_text() == (
        straight / "history.csv"
    ).read_text()
    code, _, said = run(capsys, "fit", "--resume", "begun")
    assert code == 2 and "begun holds a finished run; there is not" in said


@pytest.mark.parametrize("where", ["--resume --out DIR", "--out=DIR"])
def test_the_same_command_goes_on(where, capsys, begun, straight, table):
    """With --resume, which wants something to go on with, or without."""
    given = [w.replace("DIR", str(begun)) for w in where.split()]
    data = f"csv:{table / 'iris.csv'}#kind"
    code, printed, said = run(capsys, "fit", data, *SETTINGS, *given)
    assert code == 0, said
    assert "goes on in epoch" in printed
    assert scores(begun) == scores(straight)


@pytest.mark.parametrize(
    "given, words",
    [
        (["--resume", "nowhere"], "nowhere holds no unfinished run"),
        (["iris", "--resume", "--out=nowhere"], "no unfinished run; leave --"),
        (["--resume"], "give the folder once: --resume DIR, or --out DIR"),
        (["--resume", "BEGUN", "--out=other"], "give the folder once"),
        (["iris", "--resume", "BEGUN", "--out=other"], "give the folder once"),
        (["iris", "--resume", "BEGUN", "--overwrite"], "or --overwrite, not"),
        (["--resume", "BEGUN", "--overwrite"], "--resume or --overwrite, not"),
        (
            ["--resume", "BEGUN", "--epochs=9"],
            "knows its recipe: give --resume",
        ),
        (["--epochs=2"], "give DATA, such as digits, or --resume DIR"),
        (["iris", "--resume", "BEGUN"], "the data are other than they were"),
        (["iris", "--out=BEGUN"], "the data are other than they were"),
        (["CSV", "--out=BEGUN", *SETTINGS, "--seed=1"], "`seed` was 0 and is"),
        (["--resume", "BEGUN", "--save-freq=0"], "`save_freq` must be"),
    ],
)
def test_what_is_refused_changes_nothing(
    given, words, capsys, begun, table, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    before = content(tmp_path)
    names = {"BEGUN": str(begun), "CSV": f"csv:{table / 'iris.csv'}#kind"}
    for name, path in names.items():
        given = [word.replace(name, path) for word in given]
    code, printed, said = run(capsys, "fit", *given)
    assert (code, printed) == (2, "")
    assert words in said and said.count("\n") == 1
    assert content(tmp_path) == before


def test_another_major_version_goes_on_when_told_to(
    capsys, table, tmp_path, monkeypatch
):
    def older(name):
        return "999.0" if name == "keras-recipes" else version(name)

    with monkeypatch.context() as patch:
        patch.setattr(unfinished, "version", older)
        folder = begin(f"csv:{table / 'iris.csv'}#kind", tmp_path / "old")
    before = content(folder)
    code, printed, said = run(capsys, "fit", "--resume", folder)
    assert (code, printed) == (2, "")
    assert "was begun with version 999.0" in said and "--resume-anyway" in said
    assert content(folder) == before
    code, printed, said = run(
        capsys, "fit", "--resume", folder, "--resume-anyway"
    )
    assert code == 0, said
    assert f"goes on in epoch {EPOCHS} of {EPOCHS}" in printed
    assert "it was begun with keras-recipes 999.0; this is" in printed


def test_data_without_a_spec_are_given_again(capsys, straight, tmp_path):
    x = np.random.default_rng(0).normal(size=(60, 4))
    folder = begin((x, np.arange(60) % 3), tmp_path / "arrays")
    before = content(folder)
    code, printed, said = run(capsys, "fit", "--resume", folder)
    assert (code, printed) == (2, "")
    assert "no spec leads to the run's data" in said
    assert "Recipe.fit in Python" in said
    assert content(folder) == before
    run_again = RECIPE.fit(
        (x, np.arange(60) % 3), directory=folder, verbose=False
    )
    assert len(run_again.history["loss"]) == EPOCHS
