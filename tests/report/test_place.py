"""Where the page goes, and what it does not replace."""

import os

import pytest

import recipes
from recipes.training import folder
from recipes.training.reporting import gathered


def test_a_link_that_was_planted_is_not_written_through(copied, tmp_path):
    (tmp_path / "mine").write_text("mine")
    (copied / "report.html.partial").symlink_to(tmp_path / "mine")
    assert recipes.load_run(copied).report(model=False).is_file()
    assert (tmp_path / "mine").read_text() == "mine"


def test_what_is_no_page_of_ours_is_not_replaced(
    digits_run, tmp_path, monkeypatch
):
    def never(*args):
        raise AssertionError("work before the path is checked")

    path = tmp_path / "mine.html"
    path.write_text("<p>mine</p>")
    (tmp_path / "folder.html").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(gathered.Gathered, "__init__", never)
        for bad in (
            path,
            tmp_path / "folder.html",
            tmp_path / "x.txt",
            tmp_path / "no" / "x.html",
            tmp_path / "a\0.html",
            3,
        ):
            with pytest.raises(recipes.RunError):
                digits_run.report(bad, model=False)
    assert path.read_text() == "<p>mine</p>"
    digits_run.report(path, model=False, overwrite=True)
    first = path.read_bytes()
    assert digits_run.report(path, model=False) == path  # ours: no question
    assert path.read_bytes() == first
    assert os.listdir(tmp_path).count("mine.html") == 1
    assert not list(tmp_path.glob("*.partial"))


def test_a_new_fit_in_the_folder_removes_the_page(copied):
    path = recipes.load_run(copied).report(model=False)
    folder.prepare(copied)
    assert not path.exists()
