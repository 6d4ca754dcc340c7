"""An unfinished run goes on as what it was begun as, and as nothing else."""

import os
import shutil

import keras
import pytest

import recipes
from callbacks.newest_state import NewestState
from recipes import Part, RunError
from recipes.training import folder
from recipes.training.going_on import unfinished
from recipes.training.going_on.lock import held
from tests.training.folders import hashes

pytestmark = [
    pytest.mark.both_backends,
    pytest.mark.by_hand_on_jax,
    pytest.mark.usefixtures("at_each_epoch"),
]
EPOCHS = 3


def recipe_of(**fields):
    given = {"network": Part("mlp", units=(4,)), "epochs": EPOCHS}
    return recipes.tabular_classifier(
        **{"early_stopping": None, **given, **fields}
    )


class Breaks(keras.callbacks.Callback):
    """Ends a fit at the beginning of its last epoch as an error does."""

    uses_model = False

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == EPOCHS - 1:
            raise ZeroDivisionError


def break_off(place, **how):
    with pytest.raises(ZeroDivisionError):
        recipe_of().fit(
            "iris", directory=place, callbacks=[Breaks()], verbose=False, **how
        )


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    place = tmp_path_factory.mktemp("runs") / "begun"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("recipes.training.candidate.INTERVAL", 0.0)
        break_off(place)
    return place


@pytest.fixture
def place(begun, tmp_path):
    return shutil.copytree(begun, tmp_path / "run")


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    place = tmp_path_factory.mktemp("runs") / "straight"
    return recipe_of().fit("iris", directory=place, verbose=False)


def scores(run):
    return {k: v for k, v in run.metrics.items() if k != "seconds"}


def changed(place, **changes):
    """Write what a run is of as another process would have."""
    about = unfinished.read(place)
    for name, change in changes.items():
        kept = about[name]
        about[name] = {**kept, **change} if isinstance(kept, dict) else change
    unfinished.write(place, about)


def refused(place, words, data="iris", **fields):
    before = hashes(place)
    with pytest.raises(RunError) as error:
        recipe_of(**fields).fit(data, directory=place, verbose=False)
    assert words in str(error.value)
    assert hashes(place) == before


def test_another_recipe(place):
    refused(place, "`dropout` was 'auto' and is 0.4", dropout=0.4)
    refused(place, "`seed` was 0 and is 7", seed=7)


def test_other_data(place):
    refused(place, "the data were 'iris' and are 'wine'", data="wine")
    changed(place, data={"fingerprint": "0" * 64})
    refused(place, "the data are other than they were (iris)")


def test_another_order_of_the_classes(place):
    names = unfinished.read(place)["data"]["class_names"]
    changed(place, data={"class_names": names[::-1]})
    refused(place, "the order of the classes is another")


def test_another_backend(place):
    changed(place, backend="torch")
    refused(place, "backend was 'torch' and is ")


@pytest.mark.slow
def test_another_major_version(place, straight, monkeypatch, capsys):
    version = unfinished.version

    def later(name):
        return "99.0.0" if name == "keras-recipes" else version(name)

    monkeypatch.setattr(unfinished, "version", later)
    refused(place, "this is 99.0.0")
    run = recipe_of().fit("iris", directory=place, resume="anyway")
    assert scores(run) == scores(straight)
    said = capsys.readouterr().out
    assert "goes on in epoch 3 of 3" in said and "this is 99.0.0" in said


def test_the_control_without_the_comparison_it_is_not_refused(
    place, monkeypatch
):
    """But for the checkpoint itself: as where "auto" is decided otherwise."""
    monkeypatch.setattr(unfinished, "recipe_differences", lambda *_: [])
    refused(place, "they are of another resolved recipe", dropout=0.4)
    monkeypatch.setattr(NewestState, "_refuse_loss", lambda self: None)
    monkeypatch.setattr(NewestState, "refuse_before", lambda self, epoch: None)
    with pytest.raises(ZeroDivisionError):  # in its training
        recipe_of(dropout=0.4).fit(
            "iris", directory=place, callbacks=[Breaks()], verbose=False
        )


def test_checkpoints_of_another_format(place, monkeypatch):
    """Which a version of before wrote, or a later one."""
    monkeypatch.setattr("callbacks.checkpoint.FORMAT", 99)
    refused(place, "or of a format that another version writes. Choose another")


def test_with_overwrite_the_same_run_begins_anew(place):
    begun = []
    watch = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: begun.append(epoch)
    )
    recipe_of().fit(
        "iris",
        directory=place,
        callbacks=[watch],
        overwrite=True,
        verbose=False,
    )
    assert begun == [0, 1, 2]


def test_a_finished_run_is_refused_as_ever(straight):
    refused(straight.directory, "holds a finished run")


def test_what_is_to_replace_a_finished_run_is_said(begun, straight, tmp_path):
    place = shutil.copytree(straight.directory, tmp_path / "run")
    beside = shutil.copytree(begun, tmp_path / "run.unfinished")
    before = hashes(beside)
    refused(place, f"lies unfinished in {beside}: that goes on with: recipes ")
    refused(place, f"recipes fit --resume {place}, and with overwrite=True")
    assert hashes(beside) == before
    (beside / "metrics.json").write_text("{}")
    refused(place, f"is finished, and waits in {beside} to take its place")
    folder.write_json(beside / folder.UNFINISHED, folder.CLEARED)
    with pytest.raises(RunError) as error:  # nothing is left of it
        folder.refuse_taken(place, overwrite=False)
    assert str(beside) not in str(error.value)


def test_a_run_without_the_file_that_says_it_is_finished(straight, tmp_path):
    place = shutil.copytree(straight.directory, tmp_path / "run")
    (place / "metrics.json").unlink()
    refused(place, "lacks metrics.json")


@pytest.mark.slow
@pytest.mark.parametrize("moves", [None, 2])
def test_what_was_to_replace_a_run_goes_on(
    moves, straight, tmp_path, monkeypatch, capsys
):
    """Killed in its training, or as its files take the place of the old."""
    place = shutil.copytree(straight.directory, tmp_path / "run")
    (place / "notes.txt").write_text("mine")
    before = hashes(place)
    how = {"directory": place, "overwrite": True}
    if moves is None:
        break_off(place, overwrite=True)
        assert hashes(place) == before
    else:
        replace = os.replace

        def few(source, target):
            if str(target).startswith(f"{place}{os.sep}"):
                nonlocal moves
                if not moves:
                    raise ZeroDivisionError
                moves -= 1
            replace(source, target)

        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", few)
            with pytest.raises(ZeroDivisionError):
                recipe_of().fit("iris", verbose=False, **how)
        assert not (place / "metrics.json").exists()
    run = recipe_of().fit("iris", **how)
    said = "goes on " if moves is None else "it had ended"
    assert said in capsys.readouterr().out
    after = hashes(place)
    # A time is in both, and their hashes in the third.
    for name in ("metrics.json", "model.keras", "files.json"):
        del before[name], after[name]
    assert scores(run) == scores(straight) and after == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_second_one_in_the_folder_is_refused(place):
    with held(place / "lock", "trains in it"):
        before = hashes(place)
        with pytest.raises(RunError, match=f"process {os.getpid()}"):
            recipe_of().fit("iris", directory=place, verbose=False)
        assert hashes(place) == before
