"""Multi-label recipes: networks, losses, runs, predictions."""

import keras
import numpy as np
import pytest

import recipes
from recipes import Part
from recipes.cli import main
from recipes.data import load
from recipes.errors import DataError
from recipes.training.objective import LabelRows

pytestmark = [pytest.mark.both_backends, pytest.mark.by_hand_on_jax]

RNG = np.random.default_rng(0)
X = RNG.normal(size=(300, 5)).astype("float32")
Y = (X[:, :3] + 0.2 * RNG.normal(size=(300, 3)) > [0.0, 0.5, -0.5]).astype(int)
NAMES = ["dry", "tall", "red"]
SPEC = {"train": (X, Y), "class_names": NAMES}


def recipe_for(**fields):
    return recipes.tabular_classifier(
        multi_label=True,
        network=Part("mlp", units=(16,)),
        optimizer=Part("adamw", learning_rate=0.02),
        early_stopping=None,
        **fields,
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    directory = tmp_path_factory.mktemp("m") / "run"
    return recipe_for(epochs=25).fit(SPEC, directory=directory, verbose=False)


def test_the_run_learns_each_label(run):
    test = load(SPEC, target="labels").test
    outputs = run.model.predict(test.read(), verbose=0)
    assert outputs.shape == (60, 3)
    right = ((outputs > 0.5) == test.labels).mean(axis=0)
    usual = np.maximum(Y.mean(axis=0), 1 - Y.mean(axis=0))
    assert (right > usual + 0.1).all()
    assert np.ptp(outputs.sum(axis=1)) > 0.5  # no softmax


def test_the_scores_by_hand(run):
    test = load(SPEC, target="labels").test
    shares = run.model.predict(test.read(), verbose=0).astype("float64")
    chosen = shares > 0.5
    whole = (chosen == test.labels).all(axis=1).mean()
    loss = -np.log(np.where(test.labels, shares, 1 - shares)).mean()
    right = (chosen & (test.labels == 1)).sum(axis=0)
    f1 = 2 * right / (chosen.sum(axis=0) + test.labels.sum(axis=0))
    assert run.metrics["test_accuracy"] == pytest.approx(whole)
    assert run.metrics["test_f1"] == pytest.approx(f1.mean())
    assert run.metrics["test_loss"] == pytest.approx(loss, rel=1e-5)
    assert run.history["val_f1"][-1] == pytest.approx(
        run.metrics["validation_f1"], abs=1e-6
    )


def test_the_saved_model_and_evaluate(run):
    again = recipes.load_run(run.directory)
    assert again.evaluate(SPEC)["f1"] == run.metrics["test_f1"]
    assert again.class_names == NAMES
    test = load(SPEC, target="labels").test
    found = again.model.evaluate(test.read(), test.labels, verbose=0)
    loss = found[0] if isinstance(found, list) else found
    assert loss == pytest.approx(run.metrics["test_loss"], rel=1e-5)


def test_other_data_with_its_columns_in_another_order(run):
    order = [2, 0, 1]
    other = {
        "train": (X, Y[:, order]),
        "class_names": [NAMES[i] for i in order],
    }
    assert run.evaluate(other, "all") == run.evaluate(SPEC, "all")
    assert run.evaluate((X, Y), "all") == run.evaluate(SPEC, "all")
    wrong = {"train": (X, Y), "class_names": ["dry", "tall", "blue"]}
    with pytest.raises(DataError, match="blue.*dry, tall, red"):
        run.evaluate(wrong, "all")
    with pytest.raises(DataError, match="0 or 1|0 and 1"):
        run.evaluate((X, Y + 1), "all")


def test_the_picture_is_of_the_labels(run):
    files = {path.name for path in run.directory.iterdir()}
    assert "labels.png" in files
    assert not files & {"confusion.png", "predictions.png"}


def test_predict_prints_each_labels_probability(run, tmp_path, capsys):
    file = tmp_path / "new.csv"
    rows = [",".join("abcde"), "2,2,2,0,0", "-2,-2,-2,0,0"]
    file.write_text("\n".join(rows))
    assert main(["predict", str(run.directory), str(file)]) in (0, None)
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{file}:2  dry, tall, red  (dry 0.9")
    assert second.startswith(f"{file}:3  -  (dry 0.0")


@pytest.mark.parametrize("count", [1, 2, 4])
def test_the_network_has_one_output_per_label(count):
    model = recipe_for().build((5,), count)
    assert model.output_shape == (None, count)
    assert model.layers[-1].activation is keras.activations.sigmoid


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_the_loss_by_hand(smoothing):
    """y → y (1 − s) + s / 2, mean over labels and rows."""
    loss, _ = LabelRows(3, smoothing).training()
    logits = RNG.normal(size=(10, 3))
    shares = 1 / (1 + np.exp(-logits))
    y = Y[:10] * (1 - smoothing) + smoothing / 2
    expected = -(y * np.log(shares) + (1 - y) * np.log(1 - shares)).mean()
    targets = LabelRows(3).targets(Y[:10].astype("int8"))
    assert float(loss(targets, logits.astype("float32"))) == pytest.approx(
        expected, rel=1e-5
    )


def test_images(tmp_path):
    pictures = RNG.integers(0, 256, (90, 6, 6, 1), "uint8")
    half = np.arange(90) % 2
    pictures[half == 1, :3] = 0
    y = np.stack([half, 1 - half, np.arange(90) % 3 == 0], axis=1)
    recipe = recipes.image_classifier(
        multi_label=True,
        network=Part("cnn", filters=(4,), depth=1),
        epochs=1,
        metrics=["auc", "f1"],
    )
    run = recipe.fit((pictures, y), directory=tmp_path / "r", verbose=False)
    assert {"test_loss", "test_auc", "test_f1"} <= set(run.metrics)


def test_classes_are_refused_before_any_work(tmp_path):
    for data in ("iris", (X, np.arange(300) % 3)):
        with pytest.raises(DataError, match="multi_label"):
            recipe_for().fit(data, directory=tmp_path / "r", verbose=False)
    plain = recipes.tabular_classifier()
    with pytest.raises(DataError, match="multi_label=True"):
        plain.fit((X, Y), directory=tmp_path / "r", verbose=False)
