"""The page of a sweep."""

import re

import recipes
from recipes import cli
from recipes.report import svg
from tests.report.reading import read


def test_the_page_of_a_sweep(copied):
    assert cli.main(["report", str(copied)]) == 0
    sweep = recipes.load_sweep(copied)
    page = read(copied / "report.html")
    assert page.faults == [] and "Left out" not in page.source
    best = sweep.best_trial
    assert f"Trial {best['trial']} is the best" in page.words("verdict")
    assert f"{best['score']:.4f}" in page.words("verdict")
    assert "The best run is left out" in page.words("verdict")
    rows = page.cells("The best first")
    assert len(rows) == len(sweep.trials) and rows[0][0] == best["trial"]
    assert len(page.all("svg")) == 1 + len(sweep.settings.recipe.ranges())
    for sentence in sweep.edges():
        assert sentence in page.words("edges")
    first = (copied / "report.html").read_bytes()
    assert sweep.report().read_bytes() == first


def pale(page):
    """Return the colors of marks that let the ground shine through."""
    found = re.findall(r"(#[0-9a-f]{6}); (?:fill|stroke)?-?opacity: ", page)
    return set(found) - {"#b0b0b0"}  # of the grid behind them


def test_its_dots_have_their_whole_color(copied, monkeypatch):
    report = recipes.load_sweep(copied).report
    assert pale(report(model=False).read_text()) == set()
    monkeypatch.setattr(svg, "_lighten", lambda figure: None)
    assert pale(report(model=False).read_text()) == {"#4477aa"}
