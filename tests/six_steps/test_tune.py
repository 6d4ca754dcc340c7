"""The whole loop on a small table: its files, its refusals, going on."""

import pytest

import recipes
from recipes import cli
from recipes.errors import CheckFailedError, RecipeError, RunError
from recipes.six_steps import place
from recipes.training.going_on.lock import held
from tests.six_steps.conftest import folder_of, read

KEYS = {"step", "title", "words", "numbers", "changes", "kept", "seconds"}
KEYS |= {"folder", "table"}


def test_it_ends_in_legal_files(small_tune):
    tuned, data, _ = small_tune
    about, path = read(tuned.directory / "tune.json"), tuned.directory
    assert about["finished"] and 0 < about["spent"]
    assert about["data"]["fingerprint"] == data.fingerprint
    assert about["given"]["mean"] > about["winner"]["mean"]
    decisions = read(path / "decisions.json")
    assert {each["step"] for each in decisions} == {1, 2, 3, 4, 5, 6}
    for each in decisions:
        assert set(each) == KEYS
        assert each["words"] and "None" not in each["words"]
        assert each["folder"] is None or (path / each["folder"]).is_dir()
        assert all(isinstance(n, float) for n in each["numbers"].values())
        table = each["table"] or {"columns": [], "rows": []}
        for row in table["rows"]:
            assert len(row) == len(table["columns"])
    total = sum(each["seconds"] for each in decisions)
    assert total == pytest.approx(about["spent"], abs=1.5)
    assert (path / "tune.png").stat().st_size > 5000


def test_the_winner_is_the_run(small_tune):
    tuned, _, _ = small_tune
    text = (tuned.directory / "recipe.json").read_text()
    found = recipes.Recipe.from_json(text)
    assert found == tuned.recipe and not found.ranges()
    again = recipes.load_tuned(tuned.directory)
    assert again.recipe == found and "test_accuracy" in again.metrics
    assert again.run.recipe.optimizer == found.optimizer
    fields = {row["field"] for row in tuned.changed}
    assert "optimizer/learning_rate" in fields
    for row in tuned.changed:
        assert row["from"] != row["to"] and row["why"]
    assert "as given" in str(again) and "test_accuracy" in str(again)
    best = tuned.directory / "seeds"
    kept = [each for each in tuned.decisions if each["title"] == "choice"]
    assert kept and best.is_dir()


def test_the_seeds_are_paired_and_share_the_splits(small_tune):
    tuned, _, _ = small_tune
    results = sorted(tuned.directory.glob("seeds/*/trials/*/result.json"))
    assert len(results) >= 2
    for result in map(read, results):
        assert result["seeds"] == [0, 1] and len(result["fits"]) == 2
        assert result["recipe"]["split_seed"] == 0
        each = [fit["metrics"]["validation_loss"] for fit in result["fits"]]
        assert result["score"] == pytest.approx(sum(each) / 2)


def test_only_the_check_and_the_last_fit_read_the_test_split(small_tune):
    _, _, readers = small_tune
    last = [n for n, files in enumerate(readers) if by(files, "finish.py")]
    assert last, "the last fit reads it"
    before = readers[: last[0]]
    assert before, "the check of leakage reads its inputs"
    for files in before:
        assert by(files, "preflight/") or by(files, "data/checks.py")


def by(files, name):
    return any(name in file for file in files)


def test_the_same_call_again_returns_what_lies_there(
    small_recipe, small_tune, capsys
):
    tuned, data, _ = small_tune
    before = (tuned.directory / "tune.json").read_bytes()
    again = small_recipe.tune(data, seeds=2, directory=tuned.directory)
    assert "finished" in capsys.readouterr().out
    assert (tuned.directory / "tune.json").read_bytes() == before
    assert again.decisions == tuned.decisions


def test_another_tune_is_refused_by_name(small_recipe, small_tune):
    tuned, data, _ = small_tune

    def tune(recipe=small_recipe, given=data, **how):
        how = {"seeds": 2, "directory": tuned.directory, **how}
        return recipe.tune(given, verbose=False, **how)

    with pytest.raises(RunError, match="`dropout` was 'auto' and is 0.3"):
        tune(small_recipe.replace(dropout=0.3))
    with pytest.raises(RunError, match="seeds was 2 and is 3"):
        tune(seeds=3)
    with pytest.raises(RunError, match="objective was 'val_loss'"):
        tune(objective="val_accuracy")
    with pytest.raises(RunError, match="the data were 'wine'.*'iris'"):
        tune(given="iris")


def test_a_second_process_is_refused(small_recipe, small_tune, tmp_path):
    tuned, data, _ = small_tune
    copy = folder_of(tuned, tmp_path)
    with held(copy / "tune.lock", "tunes into this folder"):
        with pytest.raises(RunError, match="Another process tunes into"):
            small_recipe.tune(data, seeds=2, directory=copy, verbose=False)
    assert small_recipe.tune(data, seeds=2, directory=copy, verbose=False)


def test_overwrite_removes_what_a_tune_wrote_and_nothing_else(
    small_tune, tmp_path
):
    tuned, _, _ = small_tune
    copy = folder_of(tuned, tmp_path)
    (copy / "mine.txt").write_text("mine")
    (copy / "coarse" / "mine.txt").write_text("mine")
    place.clear(copy)
    left = {str(f.relative_to(copy)) for f in copy.rglob("*") if f.is_file()}
    assert left == {"mine.txt", "coarse/mine.txt", "tune.lock"}


def test_a_tiny_budget_still_ends_in_a_run(tmp_path, capsys):
    command = ["tune", "iris", "--budget", "0.1s", "--out", str(tmp_path / "t")]
    command += ["--set", "epochs=1", "--set", "early_stopping=null"]
    assert cli.main(command) == 0
    said = capsys.readouterr().out
    for words in ("check", "range of rates", "coarse grid", "choice"):
        assert words in said
    assert said.count("Left out") >= 5 and "too small for one fit" in said
    tuned = recipes.load_tuned(tmp_path / "t")
    assert tuned.finished and tuned.changed == []
    assert tuned.about["given"] is None and "not measured" in str(tuned)
    assert "test_accuracy" in tuned.metrics
    assert cli.main(["tune", "--resume", str(tmp_path / "t")]) == 0
    assert "finished" in capsys.readouterr().out


@pytest.fixture(scope="module")
def leaking():
    """A table whose validation rows stand in train too."""
    data = recipes.data.load("wine")
    x, y = data.train.read(), data.train.labels
    some = slice(0, 30)
    return {
        "train": (x, y),
        "validation": (x[some], y[some]),
        "test": (data.test.read(), data.test.labels),
    }


def test_a_check_that_fails_ends_it(small_recipe, leaking, tmp_path, capsys):
    with pytest.raises(CheckFailedError, match="leakage.*force=True") as error:
        small_recipe.tune(leaking, budget="10m", directory=tmp_path / "t")
    printed = capsys.readouterr().out
    assert " fail beside the rate: " in printed and "leakage" in printed
    words = str(error.value).split("Mend: ")[1][:30]
    assert words not in printed, "they are in the error alone"
    decisions = read(tmp_path / "t" / "decisions.json")
    spent = sum(each["seconds"] for each in decisions)
    about = read(tmp_path / "t" / "tune.json")
    assert 0 < spent <= about["spent"] < spent + 5
    assert "leakage" in (tmp_path / "t" / "report.html").read_text()
    assert decisions[0]["kept"] is False
    assert "leakage" in decisions[0]["words"]
    assert not (tmp_path / "t" / "coarse").exists(), "nothing was trained"
    assert not recipes.load_tuned(tmp_path / "t").finished
    with pytest.raises(RunError, match="has not ended"):
        _ = recipes.load_tuned(tmp_path / "t").recipe


@pytest.mark.parametrize(
    "given, words",
    [
        ({"budget": "soon"}, "`budget` must be"),
        ({"seeds": 1}, "`seeds` must be a whole number of at least 2"),
        ({"seeds": True}, "`seeds` must be"),
        ({"objective": "val_los"}, "Did you mean 'val_loss'"),
        ({"objective": None}, "`objective` must be the name"),
        ({"force": 1}, "`force` must be True or False"),
    ],
)
def test_arguments_are_refused_before_any_work(given, words, tmp_path):
    recipe = recipes.tabular_classifier()
    with pytest.raises(RecipeError, match=words):
        recipe.tune("wine", directory=tmp_path / "t", **given)
    assert not (tmp_path / "t").exists()


def test_a_range_and_a_taken_folder_are_refused(tmp_path):
    recipe = recipes.tabular_classifier(dropout=recipes.Float(0, 0.5))
    with pytest.raises(RecipeError, match="still ranges: `dropout`"):
        recipe.tune("wine", directory=tmp_path / "t")
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(RunError, match="holds no tune"):
        recipes.tabular_classifier().tune("wine", directory=tmp_path)
    with pytest.raises(RunError, match="tune.json is missing"):
        recipes.load_tuned(tmp_path)


def test_the_command_says_what_it_takes(tmp_path, capsys):
    assert cli.main(["tune"]) == 2
    assert "takes DATA, or --resume DIR" in capsys.readouterr().err
    assert cli.main(["tune", "--resume", str(tmp_path), "--seeds", "3"]) == 2
    assert "leave out --seeds" in capsys.readouterr().err
