"""Where the page goes, and what it says of files that are not as they were."""

import json
import os
import shutil

import pytest

import recipes
from recipes import cli
from recipes.training import folder
from recipes.training.reporting import gathered
from tests.report.reading import read


def run_of(folder):
    return recipes.load_run(folder)


@pytest.mark.parametrize(
    "name, sections",
    [
        ("history.csv", ["curves", "rate"]),
        ("model.keras", ["confusion"]),  # said once, for all that need it
    ],
)
@pytest.mark.parametrize("how", ["missing", "damaged"])
def test_a_section_that_cannot_be_made_says_why(copied, name, sections, how):
    path = copied / name
    if how == "missing":
        path.unlink()
    else:
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    page = read(run_of(copied).report(model=name != "history.csv"))
    assert page.faults == []
    for section in sections:
        assert "Left out: " in page.words(section), section
        assert name in page.words(section)
    for section in {"environment", "recipe", "lint"}:
        assert "Left out" not in page.words(section)
    metrics = json.loads((copied / "metrics.json").read_text())
    assert f"{metrics['test_accuracy']:.4f}" in page.words("verdict")


def test_a_link_out_of_the_folder_is_not_followed(copied, tmp_path):
    (copied / "history.csv").rename(tmp_path / "secret.csv")
    (copied / "history.csv").symlink_to(tmp_path / "secret.csv")
    page = read(run_of(copied).report(model=False))
    assert "link out of its folder" in page.words("curves")


def test_odd_values_are_said(copied):
    (copied / "files.json").unlink()
    path = copied / "environment.json"
    found = json.loads(path.read_text())
    found["packages"], found["device"] = 3, "none"
    path.write_text(json.dumps(found))
    (copied / "history.csv").write_text("epoch,loss,val_loss\n0,nan,inf\n")
    page = read(run_of(copied).report(model=False))
    assert page.faults == []
    assert "Left out" in page.words("environment")
    assert "Left out" in page.words("curves")


@pytest.mark.parametrize("name, odd", [("target", [1]), ("rows", [1, 2])])
def test_what_the_data_were_is_of_its_kind(copied, name, odd):
    (copied / "files.json").unlink()
    path = copied / "environment.json"
    found = json.loads(path.read_text())
    found["data"][name] = odd
    path.write_text(json.dumps(found))
    with pytest.raises(recipes.RunError, match=f"`data/{name}` must be"):
        run_of(copied).report(model=False)
    assert not (copied / "report.html").exists()


def test_more_stages_than_can_be_marked(copied):
    (copied / "files.json").unlink()
    stages = [{"stage": f"s{i}", "epochs": [1]} for i in range(3000)]
    folder.write_json(copied / "stages.json", {"stages": stages})
    page = read(run_of(copied).report(model=False))
    assert page.faults == [] and "Left out" not in page.source
    drawn = {row[2] for row in page.all("text")}
    assert {"s0", "s19"} <= drawn and "s20" not in drawn
    said = [row[2] for row in page.all("desc")]
    assert any("s19 from epoch 1 and 2980 more." in each for each in said)


def test_a_link_that_was_planted_is_not_written_through(copied, tmp_path):
    (tmp_path / "mine").write_text("mine")
    (copied / "report.html.partial").symlink_to(tmp_path / "mine")
    assert run_of(copied).report(model=False).is_file()
    assert (tmp_path / "mine").read_text() == "mine"


def test_a_recipe_of_names_that_are_not_registered(copied):
    (copied / "files.json").unlink()
    path = copied / "recipe.json"
    path.write_text(path.read_text().replace('"relu"', '"mine"'))
    page = read(run_of(copied).report(model=False))
    assert page.faults == [] and "Left out" in page.words("recipe")
    assert "Left out" not in page.words("environment")


def test_data_that_cannot_be_read_again(label_run, tmp_path):
    run, _ = label_run
    page = read(run.report(tmp_path / "x.html"))
    assert page.faults == []
    assert "hand it over again" in page.words("confusion")
    assert page.source.count("Left out") == 1
    assert "Left out" not in page.words("curves")


def test_other_data_is_refused_before_anything(digits_run, table_run, tmp_path):
    page = tmp_path / "x.html"
    for run, data, name in [
        (digits_run, "iris", "iris"),  # of another kind
        (table_run, "iris", "iris"),  # of the same
        (table_run, "digits", "digits"),
    ]:
        with pytest.raises(recipes.DataError, match="other data") as caught:
            run.report(page, data)
        said = str(caught.value)
        assert f"found {name}, " in said and "split=" not in said
        assert "recipe" not in said and "reshape" not in said
    with pytest.raises(recipes.DataError, match="no such|cannot be read"):
        table_run.report(page, "csv:there/is/none.csv#y")
    with pytest.raises(recipes.DataError, match="Did you mean 'digits'"):
        digits_run.report(page, "digist")
    assert not any(tmp_path.iterdir())


def test_a_recipe_that_is_missing_or_odd_costs_its_own_sections(copied, capsys):
    (copied / "files.json").unlink()
    path = copied / "recipe.json"
    for text in (None, '{"a": 1}'):
        path.unlink() if text is None else path.write_text(text)
        assert cli.main(["report", str(copied), "--no-model"]) == 0
        printed = capsys.readouterr()
        assert printed.out.strip() == str(copied / "report.html")
        page = read(copied / "report.html")
        assert page.faults == []
        assert "recipe.json" in page.words("recipe")
        assert "Left out" not in page.words("curves")
        assert "Left out" not in page.words("environment")
        lines = printed.err.splitlines()
        assert len(lines) == 1 and "recipe.json" in lines[0]
        assert lines[0].startswith("left out: Verdict, Diagnosis, Recipe, Lint")


def test_a_finished_run_without_its_metrics_is_not_said_to_go_on(
    copied, capsys
):
    (copied / "metrics.json").unlink()
    assert cli.main(["report", str(copied)]) == 2
    said = capsys.readouterr().err
    assert "metrics.json is missing" in said and "--resume" not in said
    (copied / "files.json").unlink()  # as it is of one that was stopped
    assert cli.main(["report", str(copied)]) == 2
    assert "--resume" in capsys.readouterr().err


def test_the_command_says_each_cause_once(copied, capsys):
    (copied / "model.keras").unlink()
    assert cli.main(["report", str(copied)]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1 and "model.keras" in lines[0]
    assert lines[0].startswith("left out: Errors, worst examples, layers: ")


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


def test_the_command(copied, capsys, tmp_path):
    assert cli.main(["report", str(copied), "--no-model"]) == 0
    assert capsys.readouterr().out.strip() == str(copied / "report.html")
    out = tmp_path / "there.html"
    arguments = ["report", str(copied), "--no-model", "--out", str(out)]
    assert cli.main(arguments) == 0
    assert out.read_bytes() == (copied / "report.html").read_bytes()
    for nothing in (tmp_path / "none", tmp_path):
        assert cli.main(["report", str(nothing)]) == 2
        assert "a tuning or a cross-validation" in capsys.readouterr().err


def test_a_new_fit_in_the_folder_removes_the_page(copied):
    path = run_of(copied).report(model=False)
    folder.prepare(copied)
    assert not path.exists()


def test_the_page_of_a_tuning(copied, tmp_path):
    copied.rename(tmp_path / "best")
    about = {
        "recipe": json.loads((tmp_path / "best/recipe.json").read_text()),
        "data": {"name": "digits", "spec": "digits", "fingerprint": "x"},
        "budget": 600.0,
        "spent": 581.2,
        "seeds": 3,
        "objective": "validation_loss",
        "finished": True,
        "library": "0.1.0",
        "backend": "tensorflow",
        "given": {"mean": 0.31, "deviation": 0.02},
        "winner": {"mean": 0.066, "deviation": 0.004},
        "changed": [
            {"field": "dropout", "from": 0.0, "to": 0.1, "why": "Better."}
        ],
    }
    decisions = [
        {
            "step": step,
            "title": f"Title {step}",
            "words": "Words.",
            "numbers": {"loss": 1.5 + step},
            "changes": "--set dropout=0.1" if kept is not None else "",
            "kept": kept,
            "seconds": 3.0,
            "folder": None,
            "table": {"columns": ["rate", "loss"], "rows": [[0.1, 2.5]] * 9},
        }
        for step, kept in ((1, None), (4, True), (6, False))
    ]
    (tmp_path / "tune.json").write_text(json.dumps(about))
    (tmp_path / "decisions.json").write_text(json.dumps(decisions))
    assert cli.main(["report", str(tmp_path), "--no-model"]) == 0
    page = read(tmp_path / "report.html")
    assert page.faults == [] and "Left out" not in page.source
    said = page.words("decisions")
    heads = [row[2] for row in page.all("h3")][:3]
    assert heads == [
        "Step 1: Title 1",
        "Step 4: Title 4, kept",
        "Step 6: Title 6, dropped",
    ]
    assert "loss5.5" in said and "--set dropout=0.1" in said
    assert "0.0660 ± 0.0040" in page.words("verdict")
    assert page.cells("In the winner's recipe") == [
        ["dropout", "0.0", "0.1", "Better."]
    ]
    assert "best-curves" in page.source


def test_the_page_of_a_cross_validation(digits_run, tmp_path, capsys):
    for number in (1, 2):
        shutil.copytree(digits_run.directory, tmp_path / f"fold-{number}")
    about = {
        "recipe": json.loads((tmp_path / "fold-1/recipe.json").read_text()),
        "data": {"name": "digits"},
        "folds": 2,
        "backend": "tensorflow",
        "scores": [{"accuracy": 0.9125}, {"accuracy": 0.9375}],
        "metrics": {"accuracy": {"mean": 0.925, "deviation": 0.0177}},
    }
    (tmp_path / "cross_validation.json").write_text(json.dumps(about))
    assert cli.main(["report", str(tmp_path)]) == 0
    page = read(tmp_path / "report.html")
    assert page.faults == [] and "Left out" not in page.source
    assert "0.9250± 0.0177" in page.words("verdict")
    rows = page.cells("Scores")
    assert [row[2] for row in rows] == ["0.9125", "0.9375"]
    shutil.rmtree(tmp_path / "fold-1")
    capsys.readouterr()
    assert cli.main(["report", str(tmp_path)]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1 and "fold-1" in lines[0]
    page = read(tmp_path / "report.html")
    assert page.faults == [] and "fold-1" in page.words("folds")
    assert [row[2] for row in page.cells("Scores")] == ["0.9125", "0.9375"]
    shutil.rmtree(tmp_path / "fold-2")
    assert cli.main(["report", str(tmp_path)]) == 2
    assert "no fold that can be read" in capsys.readouterr().err
