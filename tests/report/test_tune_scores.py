"""The picture of what a tuning measured over seeds."""

import json
import re

import recipes
from recipes.report import tune_scores
from recipes.training.reporting import tuned
from tests.report.reading import read


def decision(folder, mean, deviation=0.02, kept=None, title="t"):
    numbers = {"mean": mean, "deviation": deviation}
    return {"step": 5, "title": title, "folder": folder} | {
        "numbers": numbers,
        "kept": kept,
        "words": "w",
    }


DECISIONS = [
    {"step": 4, "folder": "coarse", "numbers": {"mean": 3.0}, "words": "w"},
    decision("seeds/given", 0.5, title="as <given>"),
    decision("seeds/best", 0.3, title="best"),
    decision("seeds/best", 0.3, kept=True, title="choice"),
    decision("changes/01-a", 0.2, None, True, "larger"),
    decision("more-1/changes/02-b", 0.4, 0.05, False, "smaller"),
    decision(None, 0.2, title="one change at a time"),
    decision("best", 0.2, kept=True, title="the winner's fit"),
]


def made(path, decisions):
    about = {"data": {"name": "d"}, "objective": "val_loss"}
    (path / "tune.json").write_text(json.dumps(about))
    (path / "decisions.json").write_text(json.dumps(decisions))
    return read(tuned.report(path, recipes.Recipe.from_json))


def test_each_recipe_is_drawn_once_with_what_became_of_it(tmp_path):
    assert tune_scores.measured(DECISIONS) == [
        ("as <given>", 0.5, 0.02, None),
        ("best", 0.3, 0.02, True),  # which the choice says, in its folder
        ("larger", 0.2, None, True),
        ("smaller", 0.4, 0.05, False),
    ]
    page = made(tmp_path, DECISIONS)
    assert page.faults == [] and "4 recipes over seeds: mean" in page.source
    (alternative,) = re.findall('<desc id="tried-desc">(.*?)<', page.source)
    assert "as &lt;given&gt;: 0.5000 ± 0.0200, not chosen." in alternative
    assert "larger: 0.2000, kept." in alternative
    assert "smaller: 0.4000 ± 0.0500, dropped." in alternative
    picture = tune_scores._draw(tune_scores.measured(DECISIONS), "val_loss")
    (axes,) = picture.axes
    marks = [line for line in axes.lines if line.get_linestyle() == "None"]
    marks = [line for line in marks if line.get_marker() in "sox"]
    assert [
        (line.get_marker(), *line.get_xdata(), *line.get_ydata())
        for line in marks
    ] == [("s", 0.5, 0), ("o", 0.3, 1), ("o", 0.2, 2), ("x", 0.4, 3)]
    names = [words.get_text() for words in axes.get_yticklabels()]
    assert names == ["as <given>", "best", "larger", "smaller"]


MORE = [
    decision("seeds/given", 0.9, None, title="as given"),
    decision("seeds/best", 0.8, None, title="best of the grid"),
    decision("seeds/best", 0.8, None, True, title="choice"),
    decision("changes/01-longer", 0.7, kept=True, title="longer"),
    decision("more-1/seeds/given", 0.5, title="as given"),
    decision("more-1/seeds/best", 0.3, title="best of the grid"),
    decision("more-1/seeds/best", 0.3, kept=True, title="choice"),
    decision("more-1/changes/01-longer", 0.4, kept=False, title="longer"),
    decision("more-2/changes/02-larger", 0.2, kept=True, title="larger"),
]


def test_a_choice_made_anew_is_the_one_that_decides(tmp_path):
    assert tune_scores.measured(MORE) == [
        ("as given", 0.5, 0.02, None),
        ("best of the grid", 0.3, 0.02, True),
        ("longer", 0.4, 0.02, False),
        ("larger", 0.2, 0.02, True),
    ]
    old = [each for each in MORE if each["folder"] != "more-1/seeds/given"]
    old = [each for each in old if each["folder"] != "more-1/seeds/best"]
    assert len(tune_scores.measured(old)) == 5  # no other choice: all decide
    unscored = [{**MORE[4], "numbers": {}}, *MORE[7:]]
    assert len(tune_scores.measured([*MORE[:4], *unscored])) == 5
    page = made(tmp_path, MORE)
    assert "4 recipes over seeds: mean" in page.source
    assert "0.9000" not in page.words("scores")
    assert "is the first." in page.words("scores")


def test_the_dotted_line_is_the_verdict_s(tmp_path):
    for given, at in ((None, 0.5), (0.6, 0.6)):
        rows = tune_scores.measured(MORE)
        (axes,) = tune_scores._draw(rows, "val_loss", given).axes
        lines = [e for e in axes.lines if e.get_linestyle() == ":"]
        assert [list(line.get_xdata()) for line in lines] == [[at, at]]
    for odd in (None, [1], {"mean": "x"}, {"mean": True}, {}):
        assert tune_scores._given({"given": odd}) is None
    assert tune_scores._given({"given": {"mean": 0.6}}) == 0.6


def test_without_scores_there_is_no_picture(tmp_path):
    page = made(tmp_path, DECISIONS[:1])
    assert page.faults == [] and "Scores over seeds" not in page.source


def test_of_many_the_first_are_drawn(tmp_path):
    many = [decision(f"changes/{i}", 1.0 + i) for i in range(99)]
    page = made(tmp_path, many)
    assert page.faults == [] and "The first 40 of them" in page.source
    assert len(page.source) < 300_000


def test_an_odd_value_costs_its_own_row(tmp_path):
    every = []
    for odd in ("x", [1], None, True, -1e308, 2**63, 0):
        for key in ("folder", "title", "kept", "numbers", "mean", "deviation"):
            bad = decision(f"changes/{len(every)}", 0.1)
            place = bad["numbers"] if key in bad["numbers"] else bad
            place[key] = odd
            every.append(bad)
            found = tune_scores.measured([bad, *DECISIONS])
            assert tune_scores.measured(DECISIONS) == found[-4:]
    page = made(tmp_path, [*DECISIONS, *every])
    assert page.faults == [] and "recipes over seeds" in page.source
    assert "smaller: 0.4000" in page.source
