"""The page of a tune: there at its end, never of another time."""

from html import escape

import recipes
from recipes.six_steps import place
from recipes.six_steps.page import drop_page
from tests.six_steps.conftest import folder_of


def test_a_tune_ends_in_a_page_that_says_why(small_tune, tmp_path):
    tuned, _, _ = small_tune
    text = (tuned.directory / "report.html").read_text()
    for each in tuned.decisions:
        assert escape(each["title"]) in text
    assert tuned.changed and all(row["field"] in text for row in tuned.changed)
    assert "Not finished" not in text and "Layers" in text
    path = tuned.report(tmp_path / "other.html", model=False)
    assert path == tmp_path / "other.html" and "Decisions" in path.read_text()


def test_a_page_that_is_missing_is_written_again(
    small_recipe, small_tune, tmp_path, capsys
):
    tuned, data, _ = small_tune
    copy = folder_of(tuned, tmp_path)
    page = copy / "report.html"
    before = page.stat().st_mtime_ns
    small_recipe.tune(data, seeds=2, directory=copy)
    assert page.stat().st_mtime_ns == before, "one that is there stays"
    page.unlink()
    capsys.readouterr()
    small_recipe.tune(data, seeds=2, directory=copy)
    assert f"the page that says why: {page}" in capsys.readouterr().out
    assert "Not finished" not in page.read_text()


def test_a_file_of_the_user_stays_and_costs_the_page_alone(
    small_recipe, small_tune, tmp_path, capsys
):
    tuned, data, _ = small_tune
    copy = folder_of(tuned, tmp_path)
    (copy / "report.html").write_text("mine")
    again = small_recipe.tune(data, seeds=2, directory=copy)
    assert again.finished and "no page was written" in capsys.readouterr().out
    for remove in (drop_page, place.clear):
        remove(copy)
        assert (copy / "report.html").read_text() == "mine"


def test_a_tune_without_its_page_is_finished(small_tune, tmp_path):
    copy = folder_of(small_tune[0], tmp_path)
    drop_page(copy)
    assert not (copy / "report.html").exists()
    drop_page(copy)
    assert recipes.load_tuned(copy).finished
