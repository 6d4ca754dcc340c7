"""The largest losses and the confused classes, with the actual images."""

import re

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import confusion_matrix

import recipes
from recipes import DataError, RunError, cli
from recipes.training import folder

BILINEAR = Image.Resampling.BILINEAR


def validation(run, name="digits"):
    """Return (raw examples, labels, outputs) without the code under test."""
    data = recipes.data.load(name, seed=run.environment["seed"])
    split = data.validation
    return split.read(), split.labels, run.model.predict(split.read())


def texts(figure):
    figure.draw_without_rendering()
    return [axes.get_xlabel() for axes in figure.axes if axes.axison]


def test_the_rows_are_the_largest_cross_entropies(digits_run):
    x, y, outputs = validation(digits_run)
    losses = -np.log(outputs.astype("float64")[np.arange(len(y)), y])
    order = np.argsort(-losses)[:5]
    found = digits_run.top_losses(n=5)
    assert [row.index for row in found.rows] == order.tolist()
    for row in found.rows:
        assert row.loss == pytest.approx(losses[row.index])
        assert row.truth == str(y[row.index])
        assert row.predicted == str(outputs[row.index].argmax())
        assert row.probability == pytest.approx(outputs[row.index].max())
    np.testing.assert_array_equal(found.examples, x[order])


@pytest.mark.parametrize("kind", ["digits", "table", "number"])
@pytest.mark.parametrize("split", ["validation", "test"])
def test_their_mean_is_the_loss_that_is_reported(kind, split, request):
    """With 2 and 10 classes, and numbers; each row stands once."""
    run = request.getfixturevalue(f"{kind}_run")
    rows = run.top_losses(n=10**6, split=split).rows
    mean = np.mean([row.loss for row in rows])
    assert mean == pytest.approx(run.metrics[f"{split}_loss"], rel=1e-9)
    count = run.environment["data"]["rows"][split]
    assert sorted(row.index for row in rows) == list(range(count))


def test_the_pairs_are_those_of_a_confusion_matrix(digits_run):
    _, y, outputs = validation(digits_run)
    matrix = confusion_matrix(y, outputs.argmax(axis=1), labels=range(10))
    np.fill_diagonal(matrix, 0)
    rows = digits_run.most_confused(n=10**6).rows
    assert sum(row.count for row in rows) == matrix.sum()
    for row in rows:
        assert matrix[int(row.truth), int(row.predicted)] == row.count
        assert len(row.indices) == row.count
        places = list(row.indices)
        assert set(y[places].astype(str)) == {row.truth}
        of_truth = outputs[places, int(row.truth)]
        assert (np.diff(of_truth) >= 0).all()  # the largest loss first
    counts = [row.count for row in rows]
    assert counts == sorted(counts, reverse=True)
    assert digits_run.most_confused(n=2).rows == rows[:2]


def test_the_figures_show_the_actual_images(digits_run):
    found = digits_run.top_losses(n=4)
    figure = found.figure
    assert figure is found.figure
    for axes, row, image in zip(
        figure.axes, found.rows, found.examples, strict=False
    ):
        shown = axes.images[0].get_array()
        np.testing.assert_allclose(shown, image[..., 0] / 255, rtol=1e-6)
        words = axes.get_xlabel()
        assert f"{row.truth}, predicted {row.predicted}" in words
        assert f"index {row.index}" in words and f"{row.loss:.3g}" in words
    x, _, _ = validation(digits_run)
    pairs = digits_run.most_confused(n=2)
    first = pairs.figure.axes[0]
    image = x[pairs.rows[0].indices[0]]
    shown = first.images[0].get_array()
    np.testing.assert_allclose(shown, image[..., 0] / 255, rtol=1e-6)
    assert f"predicted {pairs.rows[0].predicted}" in first.get_ylabel()
    assert texts(pairs.figure)[0] == f"index {pairs.rows[0].indices[0]}"


def test_they_read_well_in_a_terminal(digits_run):
    lines = repr(digits_run.top_losses(n=3)).splitlines()
    assert lines[0] == "top losses, the validation split of digits (270 rows)"
    assert lines[1].split() == "index truth predicted loss probability".split()
    assert len(lines) == 5
    assert re.fullmatch(r" *\d+ +\d +\d +\d\.\d{4} +\d\.\d{4}", lines[2])
    lines = repr(digits_run.most_confused(n=1)).splitlines()
    assert lines[1].split() == "truth predicted count indices".split()


def test_a_table_has_rows_and_no_picture(table_run, number_run):
    found = table_run.top_losses(n=2)
    assert {found.rows[0].truth, found.rows[0].predicted} == {
        "malignant",
        "benign",
    }
    assert found.rows[0].probability > 0.5
    assert found.examples.shape == (2, 30)
    for result in (found, table_run.most_confused()):
        with pytest.raises(RunError, match="no picture"):
            result.figure.axes.count(0)
    row = number_run.top_losses(n=1).rows[0]
    assert row.loss == pytest.approx((row.truth - row.predicted) ** 2)
    assert row.probability is None and isinstance(row.truth, float)
    with pytest.raises(RunError, match="use top_losses"):
        number_run.most_confused()


@pytest.mark.parametrize("n", [0, -1, 2.0, True, "3"])
def test_n_is_a_whole_number_from_1(digits_run, n):
    for action in (digits_run.top_losses, digits_run.most_confused):
        with pytest.raises(RunError, match="from 1"):
            action(n=n)


def test_other_data_has_no_such_split(digits_run, tiny_images):
    with pytest.raises(DataError, match="split='all'"):
        digits_run.top_losses(data=tiny_images)
    every = digits_run.top_losses(n=200, data=tiny_images, split="all")
    assert len(every.rows) == 150 and "losses, all 150 rows" in repr(every)
    with pytest.raises(DataError, match="Did you mean 'validation'"):
        digits_run.top_losses(split="validaton")
    handed = digits_run.top_losses(data="digits").rows
    assert handed == digits_run.top_losses().rows


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """A folder of two classes with names that are hard to draw."""
    root = tmp_path_factory.mktemp("data") / "photos"
    rng = np.random.default_rng(0)
    for place, name in enumerate(("$kind_{0}$ of things", "고양이 둘")):
        (root / name).mkdir(parents=True)
        for i in range(20):
            image = rng.integers(0, 200, (9, 12, 3), "uint8")
            image[..., place] += 20
            Image.fromarray(image).save(root / name / f"{i}.png")
    return root


def test_a_folder_is_read_again_by_its_path(pictures, tmp_path):
    recipe = recipes.image_classifier(
        network=recipes.Part("cnn", filters=(4,), depth=1), epochs=1
    )
    run = recipe.fit(
        f"folder:{pictures}", directory=tmp_path / "run", verbose=False
    )
    again = recipes.load_run(run.directory)
    found = again.top_losses()
    assert found.rows == run.top_losses(data=f"folder:{pictures}").rows
    assert (
        len(texts(found.figure))
        == run.environment["data"]["rows"]["validation"]
    )
    _names_the_files(run, pictures)
    first = next(iter(pictures.glob("*/3.png")))
    Image.new("RGB", (12, 9)).save(first)
    with pytest.raises(DataError, match="other data than the run"):
        again.top_losses()


def _names_the_files(run, root):
    """Each row's file is the one whose pixels are shown."""
    found, pairs = run.top_losses(n=40), run.most_confused(split="train")
    for row, example in zip(found.rows, found.examples, strict=True):
        image = Image.open(root / row.file).resize((24, 18), BILINEAR)
        np.testing.assert_array_equal(np.asarray(image), example)
        assert row.file.split("/")[0] == row.truth
    lines = repr(found).splitlines()
    assert lines[1].split()[-1] == "file"
    assert lines[2].endswith(found.rows[0].file)  # whole
    words = found.figure.axes[0].get_xlabel()
    assert words.endswith("\n" + found.rows[0].file.split("/")[1])
    every = {r.index: r.file for r in run.top_losses(40, split="train").rows}
    for row in pairs.rows:
        assert row.files == tuple(every[place] for place in row.indices)
        assert row.files[0] in repr(pairs)
    assert ".png" in pairs.figure.axes[0].get_xlabel()


def test_what_is_not_shown_is_said(digits_run):
    found = digits_run.top_losses(200)
    title = found.figure.get_suptitle()
    assert title.startswith("the first 100 of 200: top losses")
    assert sum(a.get_xlabel() != "" for a in found.figure.axes) == 100
    assert "first" not in digits_run.top_losses(9).figure.get_suptitle()


def test_without_files_no_file_is_named(digits_run, number_run):
    found, pairs = digits_run.top_losses(2), digits_run.most_confused(2)
    assert {row.file for row in found.rows} == {None}
    assert {row.files for row in pairs.rows} == {None}
    assert "file" not in repr(found) + repr(pairs)
    heads = repr(number_run.top_losses(2)).splitlines()[1]
    assert heads.split() == ["index", "truth", "predicted", "loss"]


def test_labels_are_listed_by_name(label_run):
    run, (x, rows) = label_run
    with pytest.raises(DataError, match="hand it over again"):
        run.top_losses()
    found = run.top_losses(n=10**6, data=(x, rows))
    mean = np.mean([row.loss for row in found.rows])
    assert mean == pytest.approx(run.metrics["validation_loss"], rel=1e-9)
    assert {type(row.truth) for row in found.rows} == {tuple}
    assert "probability" not in repr(found)
    assert all(set(row.truth) <= {"0", "1", "2"} for row in found.rows)
    assert any("none" in words for words in texts(found.figure))
    with pytest.raises(RunError, match="use top_losses"):
        run.most_confused(data=(x, rows))


def test_nothing_confused_is_said(digits_run):
    x = recipes.data.load("digits").train.read(slice(40))
    y = digits_run.model.predict(x).argmax(axis=1)
    found = digits_run.most_confused(data=(x, y), split="all")
    assert found.rows == [] and repr(found).startswith("nothing confused")
    assert "nothing" in found.figure.get_suptitle()


@pytest.mark.slow
def test_a_fold_knows_its_own_split_and_an_ensemble_of_folds_none(tmp_path):
    recipe = recipes.tabular_classifier(epochs=1)
    folds = recipe.cross_validate(
        "iris", 2, directory=tmp_path / "folds", verbose=False
    )
    run = folds.runs[1]
    rows = run.top_losses(n=10**6).rows
    mean = np.mean([row.loss for row in rows])
    assert mean == pytest.approx(run.metrics["validation_loss"], rel=1e-9)
    together = recipes.ensemble(folds, tmp_path / "all", data="iris")
    with pytest.raises(DataError, match="train a member"):
        together.top_losses(data="iris")
    assert together.top_losses(data="iris", split="test").rows


def test_the_command_prints_the_rows_and_draws_both(
    digits_run, tmp_path, capsys
):
    command = ["mistakes", str(digits_run.directory), "--number", "2"]
    assert cli.main([*command, "--out", str(tmp_path / "new")]) == 0
    printed = capsys.readouterr().out
    assert repr(digits_run.top_losses(n=2)) in printed
    assert repr(digits_run.most_confused(n=2)) in printed
    for name in folder.LOOKED_AT:
        picture = np.asarray(Image.open(tmp_path / "new" / name))
        assert len(np.unique(picture)) > 20
        assert name in printed
    assert cli.main([*command, "--split", "tset"]) == 2
    assert "Did you mean 'test'" in capsys.readouterr().err


def test_the_command_on_a_table_draws_nothing(number_run, tmp_path, capsys):
    command = ["mistakes", str(number_run.directory), "--out", str(tmp_path)]
    assert cli.main(command) == 0
    assert "top losses" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())
