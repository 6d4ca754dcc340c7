"""The command line, run as a user runs it."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import recipes
from recipes import cli, commands


def run(capsys, *arguments):
    """Return (exit code, standard output, standard error)."""
    code = cli.main([str(a) for a in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture(scope="module")
def csv_file(tmp_path_factory):
    """The iris table as a CSV file, its label a name."""
    data = recipes.data.load("iris")
    names = [n.replace(" (cm)", "") for n in data.feature_names]
    lines = [",".join([*names, "species"])]
    for split in data.splits:
        for x, y in zip(split.read(), split.labels, strict=True):
            cells = [f"{value:g}" for value in x]
            lines.append(",".join([*cells, data.class_names[y]]))
    path = tmp_path_factory.mktemp("csv") / "iris.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="module")
def csv_run(csv_file, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "iris"
    code = cli.main(
        [
            "fit",
            f"csv:{csv_file}#species",
            "--recipe=tabular_classifier",
            "--epochs=8",
            "--seed=3",
            f"--out={out}",
        ]
    )
    assert code == 0
    return out


def test_fit_says_the_score_and_where_everything_lies(capsys, tmp_path):
    out = tmp_path / "r"
    code, printed, _ = run(
        capsys, "fit", "iris", "--epochs", 2, "--out", out, "--seed", 5
    )
    assert code == 0
    assert "epoch 1/2" in printed and "left 0:0" in printed
    assert "test_accuracy" in printed and str(out) in printed
    recipe = recipes.load_run(out).recipe
    assert (recipe.epochs, recipe.seed) == (2, 5)


def test_set_reaches_fields_and_arguments(capsys):
    settings = [
        "dropout=0.3",
        "network=resnet",
        "network/filters=[8,16]",
        "normalization=null",
        "optimizer/learning_rate=0.01",
        'kernel_regularizer={"part": "l1", "config": {"l1": 0.1}}',
    ]
    flags = [f"--set={s}" for s in settings]
    code, printed, _ = run(capsys, "show", "image_classifier", *flags)
    assert code == 0
    recipe = recipes.Recipe.from_json(printed)
    assert recipe.dropout == 0.3
    assert recipe.network == recipes.Part("resnet", filters=(8, 16))
    assert recipe.normalization is None
    assert recipe.optimizer.config["learning_rate"] == 0.01
    assert recipe.kernel_regularizer == recipes.Part("l1", l1=0.1)


def test_csv_evaluate_predict(capsys, csv_run, csv_file):
    code, printed, _ = run(
        capsys, "evaluate", csv_run, f"csv:{csv_file}#species"
    )
    found = json.loads(printed)
    assert code == 0 and found["split"] == "test" and found["rows"] == 30
    metrics = recipes.load_run(csv_run).metrics
    assert found["accuracy"] == metrics["test_accuracy"]
    code, printed, _ = run(capsys, "predict", csv_run, csv_file)
    lines = printed.splitlines()
    assert code == 0 and len(lines) == 150
    assert "virginica" in lines[0] and "iris.csv:2" in lines[0]


def test_predict_an_image_file(capsys, digits_run, tmp_path):
    data = recipes.data.load("digits")
    picture = data.test.read(slice(0, 1))[0, ..., 0]
    Image.fromarray(picture).save(tmp_path / "a.png")
    code, printed, _ = run(
        capsys, "predict", digits_run.directory, tmp_path / "a.png"
    )
    expected = digits_run.model.predict(picture[None, ..., None], verbose=0)[0]
    assert code == 0
    assert f"{tmp_path / 'a.png'}  {expected.argmax()}  " in printed
    assert f"{expected.max():.4f}" in printed


def test_predict_numbers_and_two_classes(
    capsys, number_run, table_run, tmp_path
):
    for finished, data, words in (
        (number_run, "diabetes", "table.csv:2  "),
        (table_run, "breast_cancer", "malignant 0."),
    ):
        loaded = recipes.data.load(data)
        x = loaded.test.read(slice(0, 2))
        path = tmp_path / "table.csv"
        rows = [",".join(f"{v:.9g}" for v in row) for row in x]
        path.write_text("\n".join([",".join(loaded.feature_names), *rows]))
        code, printed, _ = run(capsys, "predict", finished.directory, path)
        assert code == 0 and words in printed
        assert len(printed.splitlines()) == 2
        outputs = finished.model.predict(x, verbose=0)
        if data == "diabetes":
            assert f"{outputs[0, 0]:.6g}"[:5] in printed
        else:
            assert f"benign {outputs[0, 0]:.4f}" in printed


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["fit", "digit"], "Did you mean 'digits'"),
        (["fit", "folder:/nowhere"], "no such folder"),
        (["fit", "csv:/nowhere.csv#y"], "--recipe tabular_classifier"),
        (["fit", "csv:/nowhere.csv#y"], "--recipe text_classifier"),
        (
            ["fit", "csv:/nowhere.csv#y", "--recipe=tabular_regressor"],
            "cannot be read",
        ),
        (["fit", "digits", "--recipe=image_clasifier"], "Did you mean"),
        (["fit", "digits", "--set=dropuot=1"], "Did you mean 'dropout'"),
        (["fit", "digits", "--set=dropout=2"], "`dropout`"),
        (["fit", "digits", "--set=dropout"], "FIELD=VALUE"),
        (["fit", "digits", "--set=dropout/rate=1"], "no argument"),
        (["fit", "digits", "--epochs=0"], "`epochs`"),
        (["fit", "digits", "--set=batch_size=1.5"], "`batch_size`"),
        (["fit", "iris", "--recipe=image_classifier"], "tabular recipe"),
        (["fit", "digits", "--recipe=tabular_classifier"], "image recipe"),
        (["fit", "diabetes", "--recipe=tabular_classifier"], "regressor"),
        (
            [
                "fit",
                "digits",
                '--set=dropout={"range":"Float","min_value":0,"max_value":0.5}',
            ],
            "still ranges: `dropout`",
        ),
        (["fit", "digits", "--set=optimzer/x=1"], "Did you mean 'optimizer'"),
        (["fit", "digits", "--out=/dev/null/x"], "below the file"),
        (["fit", "digits", f"--set=seed={'9' * 5000}"], "cannot be read"),
        (["show", "nothing"], "Legal: image_classifier"),
        (["list", "netwrok"], "Did you mean 'network'"),
        (["evaluate", "/nowhere", "digits"], "holds no run"),
        (["predict", "/nowhere", "a.png"], "holds no run"),
    ],
)
def test_a_mistake_is_one_clear_line_and_exit_code_2(
    capsys, arguments, words, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    code, printed, said = run(capsys, *arguments)
    assert code == 2
    assert words in said
    assert said.startswith("recipes: ") and said.count("\n") == 1
    assert "Traceback" not in said
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "name, content, words",
    [
        ("none.png", None, "no such file"),
        ("empty.png", b"", "empty file"),
        ("text.png", b"hello", "no image"),
    ],
)
def test_predict_names_a_bad_file(
    capsys, digits_run, tmp_path, name, content, words
):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    code, _, said = run(
        capsys, "predict", digits_run.directory, tmp_path / name
    )
    assert code == 2 and words in said and name in said


def test_evaluate_finds_columns_by_their_names(
    capsys, csv_run, csv_file, tmp_path
):
    """In another order they score the same, and other names are refused."""
    lines = [r.split(",") for r in csv_file.read_text().splitlines()]
    turned = tmp_path / "turned.csv"
    turned.write_text("\n".join(",".join(row[::-1]) for row in lines) + "\n")
    found = []
    for path in (csv_file, turned):
        flags = ["--split", "all"]
        code, printed, _ = run(
            capsys, "evaluate", csv_run, f"csv:{path}#species", *flags
        )
        assert code == 0
        found.append(json.loads(printed))
    assert found[0] == found[1]
    lines[0][0] = "other"
    turned.write_text("\n".join(",".join(row) for row in lines) + "\n")
    code, _, said = run(capsys, "evaluate", csv_run, f"csv:{turned}#species")
    assert code == 2 and "no column" in said


def first_line_of(command):
    """Run a command whose reader leaves after one line."""
    return subprocess.run(
        f"set -o pipefail; {sys.executable} -m recipes {command} | head -1",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("command", ["list", "show image_classifier"])
def test_a_reader_that_leaves_early_is_no_error(command):
    done = first_line_of(command)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr and "Error" not in done.stderr


@pytest.mark.slow
def test_a_fit_goes_on_when_nobody_reads_it(tmp_path):
    out = tmp_path / "[red]r"
    done = first_line_of(f"fit iris --epochs 3 --out '{out}'")
    assert done.returncode == 0, done.stderr
    assert recipes.load_run(out).metrics["epochs"] == 3


def test_evaluate_on_data_with_other_classes(capsys, csv_run, tmp_path):
    path = tmp_path / "other.csv"
    header = "sepal length,sepal width,petal length,petal width,species"
    path.write_text(header + "\n" + "1,2,3,4,rose\n" * 3)
    code, _, said = run(capsys, "evaluate", csv_run, f"csv:{path}#species")
    assert code == 2 and "rose" in said and "virginica" in said


def test_a_folder_of_images_from_end_to_end(capsys, tmp_path):
    rng = np.random.default_rng(0)
    for name, low in (("dark", 0), ("light", 156)):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for i in range(12):
            size = (20 + i, 24, 3)
            pixels = rng.integers(low, low + 100, size).astype("uint8")
            picture = Image.fromarray(pixels)
            picture.save(tmp_path / "photos" / name / f"{i}.png")
    out = tmp_path / "r"
    flags = ["--epochs=8", "--set=batch_size=4", "--set=network/depth=1"]
    flags += ["--set=network/filters=[8]", f"--out={out}"]
    code, printed, _ = run(
        capsys, "fit", f"folder:{tmp_path / 'photos'}", *flags
    )
    assert code == 0, printed
    finished = recipes.load_run(out)
    assert finished.class_names == ["dark", "light"]
    picture = tmp_path / "photos" / "light" / "3.png"
    code, printed, _ = run(capsys, "predict", out, picture)
    assert code == 0 and "light" in printed
    extra = shutil.copytree(tmp_path / "photos", tmp_path / "more")
    (extra / "dark" / "0.png").unlink()
    code, printed, _ = run(capsys, "evaluate", out, f"folder:{extra}")
    found = json.loads(printed)
    assert code == 0 and (found["split"], found["rows"]) == ("all", 23)
    for file in extra.glob("*/*.png"):
        Image.open(file).convert("L").save(file)
    code, _, said = run(capsys, "evaluate", out, f"folder:{extra}")
    assert code == 0, said  # gray images, for a network of three channels


def test_a_folder_of_texts_needs_no_recipe_named(capsys, tmp_path):
    for name, words in (("news", "the minister"), ("sport", "they scored")):
        (tmp_path / "texts" / name).mkdir(parents=True)
        for i in range(15):
            path = tmp_path / "texts" / name / f"{i}.txt"
            path.write_text(f"{words} {i}", encoding="utf-8")
    spec = f"folder:{tmp_path / 'texts'}"
    flags = ["--epochs=1", "--set=network=bag_of_embeddings"]
    code, printed, said = run(
        capsys, "fit", spec, *flags, f"--out={tmp_path / 'r'}"
    )
    assert code == 0, said
    assert printed.startswith("text_classifier: bag_of_embeddings")
    assert "1 step of 19 per epoch" in printed


def test_any_other_folder_has_the_image_recipe(tmp_path):
    """By the names of the files alone: nothing is opened."""
    for kind in "ab":
        (tmp_path / kind).mkdir()
        (tmp_path / kind / "1.png").touch()
    spec = f"folder:{tmp_path}"
    assert commands._recipe_for(spec) == "image_classifier"
    (tmp_path / "a" / "caption.txt").touch()
    assert commands._recipe_for(spec) == "image_classifier"
    for path in tmp_path.glob("*/1.png"):
        path.rename(path.with_suffix(".txt"))
    assert commands._recipe_for(spec) == "text_classifier"


@pytest.mark.parametrize("size", [8, 20])
def test_evaluate_knows_a_folder_again(capsys, tmp_path, size):
    """Also one of images so tiny that they are enlarged."""
    rng = np.random.default_rng(0)
    for name in ("a", "b"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for i in range(20):
            pixels = rng.integers(0, 255, (size, size, 3)).astype("uint8")
            Image.fromarray(pixels).save(
                tmp_path / "photos" / name / f"{i}.png"
            )
    spec, out = f"folder:{tmp_path / 'photos'}", tmp_path / "r"
    flags = ["--epochs=1", "--set=network/filters=[4]", f"--out={out}"]
    assert run(capsys, "fit", spec, *flags)[0] == 0
    code, printed, _ = run(capsys, "evaluate", out, spec)
    found = json.loads(printed)
    assert code == 0 and (found["split"], found["rows"]) == ("test", 8)
    metrics = recipes.load_run(out).metrics
    assert found["loss"] == metrics["test_loss"]


@pytest.mark.parametrize("fixture", ["digits_run", "table_run"])
def test_evaluate_on_data_of_another_kind(capsys, request, tmp_path, fixture):
    (tmp_path / "photos" / "a").mkdir(parents=True)
    (tmp_path / "photos" / "b").mkdir(parents=True)
    for name in ("a/1.png", "b/1.png"):
        Image.new("L", (20, 20)).save(tmp_path / "photos" / name)
    finished = request.getfixturevalue(fixture)
    for spec in (f"folder:{tmp_path / 'photos'}", "diabetes", "iris"):
        code, _, said = run(capsys, "evaluate", finished.directory, spec)
        assert code == 2 and said.count("\n") == 1, said
