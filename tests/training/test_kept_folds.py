"""Going on with a cross-validation: what is kept, fitted anew, refused."""

import shutil
import signal
from functools import partial

import keras
import numpy as np
import pytest

import recipes
from recipes import Part
from recipes.errors import RecipeError, RunError
from recipes.training.fit import fit
from recipes.training.going_on.lock import held

RNG = np.random.default_rng(0)
Y = np.arange(60) % 2
X = RNG.normal(size=(60, 4)) + Y[:, None]
RECIPE = recipes.tabular_classifier(network=Part("mlp", units=(4,)), epochs=1)


def cross_validate(path, recipe=RECIPE, folds=2, data=(X, Y), **more):
    given = {"verbose": False, "threads": 0, **more}
    return recipe.cross_validate(data, folds, directory=path, **given)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Two finished folds. Do not write into their folder."""
    return cross_validate(tmp_path_factory.mktemp("cv") / "whole")


@pytest.fixture
def copy(finished, tmp_path):
    return shutil.copytree(finished.directory, tmp_path / "cv")


def stamp(path):
    return (path / "model.keras").stat().st_mtime_ns


def unfinished(path):
    """Leave what a fit that was killed leaves."""
    for name in ("metrics.json", "model.keras", "history.csv"):
        (path / "fold-2" / name).unlink()


class CtrlC(keras.callbacks.Callback):
    """Comes as the training begins."""

    uses_model = False

    def on_train_begin(self, logs=None):
        signal.raise_signal(signal.SIGINT)


@pytest.mark.slow
@pytest.mark.parametrize("data", ["iris", (X, Y)], ids=["spec", "arrays"])
def test_ctrl_c_says_what_goes_on(finished, tmp_path, monkeypatch, data):
    path = tmp_path / "of two"
    with monkeypatch.context() as patched:
        cut = partial(fit, callbacks=[CtrlC()])
        patched.setattr("recipes.training.cross_validate.fit", cut)
        with pytest.raises(KeyboardInterrupt) as stop:
            cross_validate(path, data=data)
    words = f"go on with: the same call, with directory='{path}'"
    if data == "iris":
        words += f" (recipes cross-validate … --out '{path}')"
    assert stop.value.__notes__ == [words]
    assert (path / "fold-1" / "unfinished.json").exists()
    if data != "iris":
        assert cross_validate(path).scores == finished.scores


@pytest.mark.both_backends
def test_what_a_kill_has_left_of_a_finished_fold_goes(copy):
    """Of one just before its last step: the run is whole, and kept."""
    fold = copy / "fold-2"
    before, written = sorted(fold.iterdir()), stamp(fold)
    (fold / "lock").write_text("1\n")
    (fold / "unfinished.json").write_text("{}")
    (fold / "checkpoint").mkdir()
    with held(fold / "lock", "trains in it"):
        cross_validate(copy)
        assert (fold / "unfinished.json").exists()  # another's
    cross_validate(copy)
    assert sorted(fold.iterdir()) == before and stamp(fold) == written


def test_files_of_others_stay_and_their_fold_is_fitted(finished, copy):
    unfinished(copy)
    (copy / "fold-2" / ".DS_Store").write_text("mine")
    (copy / "fold-2" / "recipe.json").unlink()
    before = stamp(copy / "fold-1")
    assert cross_validate(copy).scores == finished.scores
    assert (copy / "fold-2" / ".DS_Store").read_text() == "mine"
    assert stamp(copy / "fold-1") == before


@pytest.mark.slow
def test_overwriting_leaves_files_of_others(copy):
    (copy / "fold-2" / ".DS_Store").write_text("mine")
    again = cross_validate(copy, RECIPE.replace(seed=3), overwrite=True)
    assert [run.environment["seed"] for run in again.runs] == [3, 3]
    assert (copy / "fold-2" / ".DS_Store").read_text() == "mine"


def test_a_recipe_that_fails_removes_nothing(copy):
    before = sorted(copy.rglob("*"))
    wrong = RECIPE.replace(network=Part("mlp", units=0))
    with pytest.raises(RecipeError, match="`units`"):
        cross_validate(copy, wrong, overwrite=True)
    assert sorted(copy.rglob("*")) == before


@pytest.mark.parametrize(
    "name, text",
    [
        ("metrics.json", ""),
        ("metrics.json", "{}"),
        ("metrics.json", None),
        ("recipe.json", None),
        ("recipe.json", '{"task": '),
        ("environment.json", "[]"),
        ("history.csv", ""),
        ("model.keras", None),
        ("model.keras", "half a fi"),
    ],
)
def test_a_damaged_fold_is_fitted_anew(finished, copy, name, text):
    file = copy / "fold-1" / name
    file.unlink() if text is None else file.write_text(text)
    before = stamp(copy / "fold-2")
    assert cross_validate(copy).scores == finished.scores
    assert stamp(copy / "fold-2") == before
    again = recipes.load_cross_validation(copy)
    assert again.runs[0].model.count_params() > 0


@pytest.mark.parametrize("text", [None, "", '{"recipe": {'])
def test_folds_are_kept_without_their_list(finished, copy, text):
    file = copy / "cross_validation.json"
    file.unlink() if text is None else file.write_text(text)
    before = stamp(copy / "fold-1"), stamp(copy / "fold-2")
    assert cross_validate(copy).metrics == finished.metrics
    assert (stamp(copy / "fold-1"), stamp(copy / "fold-2")) == before
    assert recipes.load_cross_validation(copy).metrics == finished.metrics


def test_without_their_list_other_folds_are_refused(copy):
    (copy / "cross_validation.json").unlink()
    for changes, words in (
        ({"recipe": RECIPE.replace(dropout=0.3)}, "differs in `dropout`"),
        ({"recipe": RECIPE.replace(seed=4)}, "other data.*differs in `seed`"),
        ({"folds": 3}, "it is fold 1/2"),
        ({"data": (X + 1, Y)}, "fold-1 holds another.*on other data"),
    ):
        with pytest.raises(RunError, match=words):
            cross_validate(copy, **changes)
    assert not (copy / "cross_validation.json").exists()


@pytest.mark.slow
def test_other_runs_in_the_place_of_a_fold_are_refused(copy, tmp_path):
    other = tmp_path / "other"
    RECIPE.fit("iris", directory=other, verbose=False, threads=0)
    shutil.rmtree(copy / "fold-1")
    shutil.copytree(other, copy / "fold-1")
    with pytest.raises(RunError, match="fold-1 holds another.*is no fold"):
        cross_validate(copy)
    assert (copy / "fold-1" / "metrics.json").exists()
    shutil.rmtree(copy / "fold-1")
    (copy / "fold-2").rename(copy / "fold-1")
    with pytest.raises(RunError, match="fold-1 holds.*it is fold 2/2.*Delete"):
        cross_validate(copy)
    shutil.rmtree(copy / "fold-1")
    assert len(cross_validate(copy).runs) == 2


@pytest.mark.slow
def test_what_a_fit_decides_is_no_difference(tmp_path):
    recipe = recipes.image_classifier(
        network=Part("cnn", filters=(2,), depth=1),
        augmentation="light",
        epochs=1,
        batch_size=300,
    )
    x = np.random.default_rng(0).integers(0, 255, (60, 8, 8, 1), "uint8")
    cross_validate(tmp_path / "cv", recipe, data=(x, Y))
    before = stamp(tmp_path / "cv" / "fold-1")
    cross_validate(tmp_path / "cv", recipe, data=(x, Y))
    assert stamp(tmp_path / "cv" / "fold-1") == before


def test_numbers_of_folds(finished, copy, tmp_path):
    again = cross_validate(copy, folds=np.int64(2))
    assert again.metrics == finished.metrics
    with pytest.raises(RecipeError, match="^`folds` must.*Received: 0$"):
        cross_validate(tmp_path / "new", folds=0)


@pytest.mark.slow
def test_the_linters_notes_are_printed_once(copy, tmp_path, capsys):
    wrong = RECIPE.replace(kernel_initializer="zeros")
    cross_validate(tmp_path / "new", wrong, verbose=True)
    printed = capsys.readouterr().out
    assert printed.count("note constant-initializer") == 1
    assert printed.index("\nnote ") < printed.index("fold 1/2")
    cross_validate(copy, verbose=True)  # nothing is fitted
    assert "\nnote " not in capsys.readouterr().out
    cross_validate(tmp_path / "quiet", wrong)
    assert capsys.readouterr().out == ""
