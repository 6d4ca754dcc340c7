"""Files of a run that are missing, damaged or odd: what the page says."""

import json

import pytest

import recipes
from recipes.training import folder
from tests.report.reading import read


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
    page = read(recipes.load_run(copied).report(model=name != "history.csv"))
    assert page.faults == []
    for section in sections:
        assert "Left out: " in page.words(section), section
        assert name in page.words(section)
    if (name, how) == ("history.csv", "damaged"):  # said once
        assert page.words("rate").count(name) == 1
    for section in {"environment", "recipe", "lint"}:
        assert "Left out" not in page.words(section)
    metrics = json.loads((copied / "metrics.json").read_text())
    assert f"{metrics['test_accuracy']:.4f}" in page.words("verdict")


def test_a_link_out_of_the_folder_is_not_followed(copied, tmp_path):
    (copied / "history.csv").rename(tmp_path / "secret.csv")
    (copied / "history.csv").symlink_to(tmp_path / "secret.csv")
    page = read(recipes.load_run(copied).report(model=False))
    assert "link out of its folder" in page.words("curves")


def test_odd_values_are_said(copied):
    (copied / "files.json").unlink()
    path = copied / "environment.json"
    found = json.loads(path.read_text())
    found["packages"], found["device"] = 3, "none"
    path.write_text(json.dumps(found))
    (copied / "history.csv").write_text("epoch,loss,val_loss\n0,nan,inf\n")
    page = read(recipes.load_run(copied).report(model=False))
    assert page.faults == []
    other = "a file of this part holds something else than recipes writes."
    assert f"Left out: {other}" in page.words("environment")
    assert "Error" not in page.words("environment")
    assert "Left out" in page.words("curves")


@pytest.mark.parametrize("name, odd", [("target", [1]), ("rows", [1, 2])])
def test_what_the_data_were_is_of_its_kind(copied, name, odd):
    (copied / "files.json").unlink()
    path = copied / "environment.json"
    found = json.loads(path.read_text())
    found["data"][name] = odd
    path.write_text(json.dumps(found))
    with pytest.raises(recipes.RunError, match=f"`data/{name}` must be"):
        recipes.load_run(copied).report(model=False)
    assert not (copied / "report.html").exists()


def test_more_stages_than_can_be_marked(copied):
    (copied / "files.json").unlink()
    stages = [{"stage": f"s{i}", "epochs": [1]} for i in range(3000)]
    folder.write_json(copied / "stages.json", {"stages": stages})
    page = read(recipes.load_run(copied).report(model=False))
    assert page.faults == [] and "Left out" not in page.source
    drawn = {row[2] for row in page.all("text")}
    assert {"s0", "s19"} <= drawn and "s20" not in drawn
    said = [row[2] for row in page.all("desc")]
    assert any("s19 from epoch 1 and 2980 more." in each for each in said)


def test_a_recipe_of_names_that_are_not_registered(copied):
    (copied / "files.json").unlink()
    path = copied / "recipe.json"
    path.write_text(path.read_text().replace('"relu"', '"mine"'))
    page = read(recipes.load_run(copied).report(model=False))
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
