"""Numbers from images: from scratch, and with a head on a backbone."""

import cv2
import numpy as np
import pytest

import recipes
from recipes import Part
from recipes.cli import main
from recipes.data import load
from recipes.network.backbone import build_transfer

pytestmark = [pytest.mark.both_backends, pytest.mark.by_hand_on_jax]


@pytest.fixture(scope="module")
def squares():
    """A bright square, and where it is: (row, column) in units of their own."""
    rng = np.random.default_rng(0)
    places = rng.integers(0, 6, (300, 2))
    x = rng.integers(0, 60, (300, 8, 8, 1), "uint8")
    for image, (row, column) in zip(x, places, strict=True):
        image[row : row + 3, column : column + 3] = 255
    return x, places * [0.5, 20.0] + [0.0, 1000.0]


@pytest.fixture(scope="module")
def run(squares, tmp_path_factory):
    recipe = recipes.image_regressor(
        network=Part("cnn", filters=(8, 16), depth=1),
        optimizer=Part("adamw", learning_rate=0.01),
        epochs=25,
        batch_size=32,
    )
    directory = tmp_path_factory.mktemp("squares") / "run"
    return recipe.fit(squares, directory=directory, verbose=False)


def test_both_numbers_are_learned_in_their_own_units(run, squares):
    test = load(squares, target="number").test
    found = run.model.predict(test.read(), verbose=0)
    error = np.square(found - test.labels).sum(axis=0)
    around = np.square(test.labels - test.labels.mean(axis=0)).sum(axis=0)
    assert (1 - error / around > 0.8).all()
    assert run.metrics["test_r2"] == pytest.approx(
        (1 - error / around).mean(), abs=1e-4
    )
    assert run.metrics["test_loss"] == pytest.approx(
        np.square(found - test.labels).mean(), rel=1e-4
    )


def test_the_run_folder_is_that_of_a_regressor(run, squares):
    files = {path.name for path in run.directory.iterdir()}
    assert "predictions.png" in files
    assert not files & {"confusion.png", "labels.png"}
    again = recipes.load_run(run.directory)
    assert again.recipe == run.recipe
    assert again.evaluate(squares)["r2"] == run.metrics["test_r2"]
    mirrored = again.evaluate(squares, views="mirrored")
    assert mirrored["r2"] < run.metrics["test_r2"]  # left becomes right


def test_predict_prints_the_numbers_of_a_file(run, squares, tmp_path, capsys):
    file = str(tmp_path / "new.png")
    cv2.imwrite(file, squares[0][0])
    assert main(["predict", str(run.directory), file]) in (0, None)
    name, row, column = capsys.readouterr().out.split()
    expected = run.model.predict(squares[0][:1], verbose=0)[0]
    assert name == file
    np.testing.assert_allclose([float(row), float(column)], expected, rtol=1e-4)


@pytest.mark.slow
def test_augmented_and_mixed(squares, tmp_path):
    recipe = recipes.image_regressor(
        network=Part("cnn", filters=(4,), depth=1),
        augmentation=[Part("random_brightness", factor=0.1), "mixup"],
        epochs=1,
    )
    run = recipe.fit(squares, directory=tmp_path / "run", verbose=False)
    assert np.isfinite(run.metrics["test_r2"])


def test_what_is_for_classes_is_refused(squares, tmp_path):
    with pytest.raises(recipes.RecipeError, match="numbers are not classes"):
        recipes.image_regressor(multi_label=True)
    with pytest.raises(recipes.RecipeError, match="no metric of numbers"):
        recipes.image_regressor(metrics=["f1"])
    with pytest.raises(recipes.DataError, match="use a regressor for numbers"):
        recipes.image_regressor().fit("digits", directory=tmp_path / "r")
    with pytest.raises(recipes.DataError, match="numbers, use a regressor"):
        x, y = squares
        recipes.image_classifier().fit((x, y[:, 0]), directory=tmp_path / "r")


@pytest.fixture(scope="module")
def sizes():
    """Digits of four sizes, which the embedded backbone has seen too."""
    data = load("digits").train
    x, rng = data.read(slice(0, 140)).astype("uint8") * 15, np.random
    factors = rng.default_rng(0).uniform(0.5, 1.0, len(x))
    drawn = np.zeros((len(x), 32, 32, 1), "uint8")
    for image, digit, factor in zip(drawn, x, factors, strict=True):
        side = round(32 * factor)
        image[:side, :side, 0] = cv2.resize(digit, (side, side))
    parts = {"train": (0, 60), "validation": (60, 90), "test": (90, 140)}
    return {
        role: (drawn[a:b], 100 * factors[a:b]) for role, (a, b) in parts.items()
    }


@pytest.mark.slow
def test_a_backbone_with_a_head_for_numbers(sizes, tmp_path, capsys):
    recipe = recipes.image_fine_tuner(
        "glyphnet", task="image_regressor", epochs=12, batch_size=16
    )
    assert recipe.task == "image_regressor"
    assert recipes.Recipe.from_json(recipe.to_json()) == recipe
    run = recipe.fit(sizes, directory=tmp_path / "run")
    printed = capsys.readouterr().out
    assert "full (auto: 60 examples are 50 or more" in printed
    assert "per class" not in printed
    assert run.metrics["test_r2"] > 0.7
    assert (run.directory / "predictions.png").is_file()
    assert (run.directory / "stages.json").is_file()


def test_a_head_for_numbers_begins_at_their_mean(sizes):
    """From scratch one for labels has Glorot's bound, a hundred times that."""
    bound = (6 / (320 + 1)) ** 0.5
    for fields, factor in (
        ({"task": "image_regressor"}, 0.01),
        ({"multi_label": True, "weights": None}, 1),
    ):
        recipe = recipes.image_fine_tuner("glyphnet", **fields)
        model = recipe.build((32, 32, 1), 1)
        most = np.abs(model.get_layer("output").get_weights()[0]).max()
        assert 0.9 * factor * bound < most <= factor * bound
    recipe = recipes.image_fine_tuner("glyphnet", task="image_regressor")
    x = sizes["test"][0]
    found = recipe.build((32, 32, 1), 1).predict(x, verbose=0)
    assert np.abs(found).max() < 0.1  # standardized


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"strategy": "frozen"}, "None for image_regressor without a backbone"),
        ({"network": "head"}, "stands on a backbone"),
        ({"backbone": "glyphnet"}, "`strategy` must be given"),
        ({"task": "image_fine_tuner"}, "`backbone` must be given"),
    ],
)
def test_a_backbone_comes_with_all_that_it_needs(fields, message):
    with pytest.raises(recipes.RecipeError, match=message):
        recipes.image_regressor(**fields)
    with pytest.raises(recipes.RecipeError, match="must be 'head'"):
        recipes.image_fine_tuner(
            "glyphnet", task="image_regressor", network="cnn"
        )


@pytest.mark.parametrize(
    ("target", "labels", "count"),
    [
        ("class", np.array([0, 1, 2, 0, 1, 2]), 2),
        ("number", np.linspace(0, 1, 6), 6),
        ("number", np.linspace(0, 1, 12).reshape(6, 2), 6),
        # rarer answers: no of the first label, yes of the second
        (
            "labels",
            np.array([[1, 0], [1, 0], [1, 0], [1, 0], [1, 1], [0, 1]]),
            1.5,
        ),
    ],
)
def test_what_auto_counts(target, labels, count):
    x = np.random.default_rng(0).integers(0, 256, (6, 32, 32, 1), "uint8")
    spec = {role: (x, labels) for role in ("train", "validation", "test")}
    fields = {
        "class": {},
        "number": {"task": "image_regressor"},
        "labels": {"multi_label": True},
    }[target]
    recipe = recipes.image_fine_tuner("glyphnet", **fields)
    strategy = build_transfer(recipe, load(spec, target=target)).strategy
    assert strategy.name == "frozen"
    unit = {
        "class": "examples per class are fewer than 5,",
        "number": "examples are fewer than 50,",
        "labels": "examples per label, of its rarer answer, are fewer than 5,",
    }[target]
    assert f"(auto: {count:g} {unit} too few to move" in strategy.words
