"""A folder where a run has a file, and a file where it has a folder."""

import errno
from pathlib import Path

import keras
import pytest

import recipes
from recipes import Part, RunError
from recipes.training.going_on.full_disk import (
    FullDiskError,
    NotWrittenError,
    naming,
)
from recipes.training.going_on.room import Place

RECIPE = recipes.tabular_classifier(
    network=Part("mlp", units=(2,)), epochs=3, early_stopping=None
)
FILES = (
    "history.csv",
    "unfinished.json",
    "metrics.json",
    "model.keras",
    "model.keras.partial",
    "lock",
    "checkpoint/manifest.json",
    "checkpoint/epoch.partial",
    f"checkpoint/epoch-0001.{'0' * 64}.npz",
)


@pytest.mark.parametrize("beside", [False, True])
@pytest.mark.parametrize("name", FILES)
def test_a_folder_in_the_place_of_a_file(name, beside, tmp_path):
    run = tmp_path / "run"
    path = (tmp_path / "run.unfinished" if beside else run) / name
    path.mkdir(parents=True)
    for overwrite in (False, True):
        with pytest.raises(RunError) as error:
            RECIPE.fit("iris", directory=run, overwrite=overwrite)
        assert str(error.value).startswith(f"{path} is a folder, and a run ha")
    assert path.is_dir() and not any(path.iterdir())


@pytest.mark.parametrize("name", ["checkpoint", "tensorboard"])
def test_a_file_in_the_place_of_a_folder(name, tmp_path):
    path = tmp_path / "run" / name
    path.parent.mkdir()
    path.write_text("mine")
    with pytest.raises(RunError, match=f"{name} is a file, and a run has a f"):
        RECIPE.fit("iris", directory=path.parent, overwrite=True)
    assert path.read_text() == "mine"


class InTheWay(keras.callbacks.Callback):
    """Comes while a run is trained: a folder, or a disk that is full."""

    uses_model = False

    def __init__(self, path, full=False):
        super().__init__()
        self.path, self.full = path, full

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 0 and self.full:
            self.path.parent.mkdir()
            self.path.symlink_to("/dev/full")
        elif epoch == 0:
            self.path.mkdir(parents=True)


def test_what_comes_later_is_named_and_no_full_disk(tmp_path, monkeypatch):
    monkeypatch.setattr("recipes.training.candidate.INTERVAL", 0.0)
    run = tmp_path / "run"
    later = InTheWay(run / "checkpoint" / "manifest.json")
    with pytest.raises(RunError) as error:
        RECIPE.fit("iris", directory=run, callbacks=[later], verbose=False)
    said = str(error.value)
    assert "Is a directory" in said and str(later.path) in said
    assert said.endswith(
        f". Mend that, and go on with: recipes fit --resume {run}"
    )
    later.path.rmdir()
    later.path = tmp_path / "elsewhere"
    done = RECIPE.fit("iris", directory=run, callbacks=[later], verbose=False)
    assert done.metrics["epochs"] == RECIPE.epochs


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="none to write to")
def test_of_a_full_disk_room_is_asked_for(tmp_path):
    run = tmp_path / "run"
    later = InTheWay(run / "checkpoint" / "epoch.partial", full=True)
    with pytest.raises(RunError, match=r"could .* Make room, and go on with: "):
        RECIPE.fit("iris", directory=run, callbacks=[later], verbose=False)


@pytest.mark.parametrize(
    "number, kind, words",
    [
        (errno.ENOSPC, FullDiskError, "Make room"),
        (errno.EDQUOT, FullDiskError, "Make room"),
        (errno.EISDIR, NotWrittenError, "Mend that"),
        (errno.EACCES, NotWrittenError, "Mend that"),
    ],
)
def test_room_is_asked_for_where_it_helps(number, kind, words, tmp_path):
    with pytest.raises(RunError, match=rf"^a\.csv could .*\. {words}") as error:
        with Place(tmp_path, tmp_path).room_said(), naming("a.csv"):
            raise OSError(number, "as the system says")
    assert type(error.value.__cause__) is kind
