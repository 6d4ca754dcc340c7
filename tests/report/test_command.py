"""recipes report: the path, and a line for each cause of what is left out."""

from recipes import cli
from tests.report.reading import read


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


def test_the_command_says_each_cause_once(copied, capsys):
    (copied / "model.keras").unlink()
    assert cli.main(["report", str(copied)]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1 and "model.keras" in lines[0]
    assert lines[0].startswith("left out: Errors, worst examples, layers: ")


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
