"""The page of a sweep."""

import recipes
from recipes import cli
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
