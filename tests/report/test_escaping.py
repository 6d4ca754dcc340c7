"""Names that would be something else in HTML, in every place of a page."""

import html
import json

import numpy as np
import pytest

import recipes
from recipes.report import markup
from recipes.report.markup import Markup, clean, tag, text
from recipes.training.reporting import tuned
from tests.report.conftest import HOSTILE
from tests.report.reading import Page, read


@pytest.fixture(scope="module")
def page(hostile_run, tmp_path_factory):
    run, data = hostile_run
    path = tmp_path_factory.mktemp("hostile") / "report.html"
    return read(run.report(path, data))


def test_a_page_of_hostile_names_holds_nothing_but_text(page):
    assert page.faults == []
    assert "Left out" not in page.source
    assert not page.all("script")
    rows = page.cells("confusion matrix")
    shown = {line[0] for line in rows}
    for name in HOSTILE[:3]:
        assert clean(name, 60).strip() in shown
    assert any(name.startswith("very long very") for name in shown)
    assert max(map(len, shown)) <= 60
    assert "\ufffdabc\ufffd שלום 👩‍🔬" in shown
    assert "<b>&\"'$x$" in page.all("header")[0][2]


def test_without_the_escape_it_is_found(hostile_run, tmp_path, monkeypatch):
    run, data = hostile_run
    monkeypatch.setattr(html, "escape", lambda words, quote: words)
    page = read(run.report(tmp_path / "x.html", data))
    assert any("script" in fault for fault in page.faults)
    monkeypatch.undo()
    monkeypatch.setattr(markup, "_unfit", lambda letter: False)
    head = "<html><head><style></style></head>"
    assert Page(f"{head}{tag('p', HOSTILE[3])}</html>").faults


@pytest.mark.parametrize("name", HOSTILE)
def test_every_string_goes_one_way(name):
    whole = tag("p", name, title=name, class_="x")
    inside = Page(f"<html><head><style></style></head>{whole}</html>")
    assert inside.faults == []
    row = inside.all("p")[0]
    assert row[2] == clean(name) and row[1]["title"] == clean(name)
    assert text(Markup("<b>")) == "<b>"
    assert text(text(name)) == text(name)


def test_a_tuning_from_a_stranger(hostile_run, tmp_path):
    bad = HOSTILE[0]
    about = {
        "recipe": {},
        "data": {"name": bad, "spec": HOSTILE[1]},
        "budget": 1,
        "spent": 1,
        "seeds": 2,
        "objective": bad,
        "finished": True,
        "given": None,
        "winner": {"mean": 0.5, "deviation": None},
        "changed": [
            {"field": bad, "from": {bad: bad}, "to": [bad], "why": bad}
        ],
    }
    decision = {
        "step": bad,
        "title": bad,
        "words": bad,
        "numbers": {bad: 0.5},
        "changes": bad,
        "kept": True,
        "seconds": 1,
        "folder": bad,
        "table": {"columns": [bad, "b"], "rows": [[bad, 1.0], [None, 2]]},
    }
    (tmp_path / "tune.json").write_text(json.dumps(about))
    (tmp_path / "decisions.json").write_text(json.dumps([decision, 3]))
    path = tuned.report(tmp_path, recipes.Recipe.from_json)
    page = read(path)
    assert page.faults == [] and page.source.count("Left out") == 1
    assert "Left out: the best run: " in page.words("verdict")
    assert bad in page.words("decisions")
    for odd in ("[]", '{"data": {}, "changed": 5}', '{"data": 3}', "{"):
        (tmp_path / "tune.json").write_text(odd)
        if "changed" in odd:
            found = read(tuned.report(tmp_path, recipes.Recipe.from_json))
            assert found.faults == [] and "Left out" in found.source
        else:
            with pytest.raises(recipes.RunError, match="tune.json"):
                tuned.report(tmp_path, recipes.Recipe.from_json)


def test_metrics_and_layers_of_a_strange_name(
    digits_run, tmp_path, monkeypatch
):
    from recipes.training.reporting.gathered import Gathered

    bad = HOSTILE[0]
    history = dict(digits_run.history)
    history[bad] = history["loss"]
    history[f"val_{bad}"] = history["val_loss"]
    monkeypatch.setattr(Gathered, "history", history)
    monkeypatch.setattr(Gathered, "stages", [(bad, 1), (HOSTILE[3], 2)])
    page = read(digits_run.report(tmp_path / "x.html", model=False))
    assert page.faults == [] and "Left out" not in page.source
    assert any(bad in row[2] for row in page.all("title"))
    assert np.isfinite(history["loss"]).all()
