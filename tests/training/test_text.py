"""Texts, from strings to a saved model that takes strings."""

import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

import recipes
from recipes import Part
from recipes.errors import DataError, RecipeError
from recipes.text import text_classifier
from recipes.training.plan import load_for, make_plan
from recipes.training.predict_files import predict_file

ROOT = Path(__file__).parents[2]
SUBJECTS = ["Cats sleep", "Dogs bark", "Birds sing"]
TEXTS = [f"{SUBJECTS[i % 3]} all day, number {i}" for i in range(90)]
LABELS = [SUBJECTS[i % 3].split()[0].lower() for i in range(90)]
NEW = np.array(["dogs BARK!", "birds and nothing else"], object)
PREDICT = """
import sys, keras, numpy as np
model = keras.saving.load_model(sys.argv[1])
texts = np.array(["dogs BARK!", "birds and nothing else"], object)
np.save(sys.argv[2], model.predict(texts, verbose=0))
"""


def recipe(**fields):
    optimizer = Part("adamw", learning_rate=0.03)
    fields = {"epochs": 6, "batch_size": 8, "optimizer": optimizer, **fields}
    fields = {"regularization": "none", **fields}
    network = Part("bag_of_embeddings", embedding_dim=8, units=(8,))
    return text_classifier(**{"network": network, **fields})


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    directory = tmp_path_factory.mktemp("runs") / "text"
    data = (TEXTS, LABELS)
    return recipe().fit(data, directory=directory, verbose=False)


def test_words_are_learned(run):
    assert run.metrics["test_accuracy"] > 0.9  # 1/3 by chance
    assert run.class_names == ["birds", "cats", "dogs"]
    assert run.environment["data"]["features"] == "text"


def test_the_model_takes_strings(run):
    found = run.model.predict(NEW, verbose=0)
    assert found.shape == (2, 3) and found.argmax(axis=1).tolist() == [2, 0]
    np.testing.assert_allclose(found.sum(axis=1), 1.0, rtol=1e-5)


@pytest.mark.slow
def test_the_saved_model_predicts_the_same_in_a_new_process(run, tmp_path):
    paths = [run.directory / "model.keras", tmp_path / "found.npy"]
    script = "import recipes.techniques\n" + PREDICT
    command = [sys.executable, "-c", script, *map(str, paths)]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    expected = run.model.predict(NEW, verbose=0)
    found = np.load(tmp_path / "found.npy")
    np.testing.assert_allclose(found, expected, atol=1e-6)
    loaded = recipes.load_run(run.directory)
    found = loaded.model.predict(NEW, verbose=0)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_the_reported_score_is_that_of_the_strings(run):
    data = load_for(recipe(), (TEXTS, LABELS))
    outputs = run.model.predict(data.test.read(), verbose=0)
    right = (outputs.argmax(axis=1) == data.test.labels).mean()
    assert run.metrics["test_accuracy"] == pytest.approx(right)


def test_training_and_serving_share_their_weights():
    plan = make_plan(recipe(), load_for(recipe(), (TEXTS, LABELS)))
    assert plan.model.input_shape == (None, plan.prepared.input_shape[0])
    first = plan.serving.predict(NEW, verbose=0)
    x, y = next(plan.loader.batches())
    assert x.dtype == np.int32 and x.shape == (8, plan.prepared.input_shape[0])
    plan.model.train_on_batch(x, y)
    assert np.abs(plan.serving.predict(NEW, verbose=0) - first).max() > 0
    served, trained = (
        {id(v) for v in model.trainable_variables}
        for model in (plan.serving, plan.model)
    )
    assert served == trained


@pytest.mark.slow
def test_the_same_seed_gives_the_same_weights(run, tmp_path):
    data = (TEXTS, LABELS)
    again, other = (
        recipe(seed=seed).fit(data, directory=tmp_path / name, verbose=False)
        for seed, name in ((0, "again"), (1, "other"))
    )
    weights = run.model.get_weights()
    for a, b in zip(weights, again.model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert again.history == run.history
    assert other.history["loss"] != run.history["loss"]


def test_evaluate_on_its_own_and_on_other_texts(run):
    own = run.evaluate((TEXTS, LABELS))
    assert own["split"] == "test"
    assert own["accuracy"] == pytest.approx(run.metrics["test_accuracy"])
    other = run.evaluate((["Dogs!", "The cats", "a bird"], ["dogs"] * 3))
    assert (other["split"], other["rows"]) == ("all", 3)
    assert other["accuracy"] <= 2 / 3
    with pytest.raises(DataError, match="index 1.*an empty text"):
        run.evaluate((["Dogs!", ""], ["dogs", "cats"]))
    with pytest.raises(DataError, match="as the run was trained on"):
        run.evaluate((np.zeros((3, 4)), ["dogs"] * 3))


def test_evaluate_and_predict_on_files(run, tmp_path):
    path = tmp_path / "new.csv"
    path.write_text("text,id,kind\nDogs bark,1,dogs\nCats sleep,2,cats\n")
    found = run.evaluate(f"csv:{path}#kind")
    assert (found["rows"], found["accuracy"]) == (2, 1.0)
    first, second = predict_file(run, path)
    assert first.startswith(f"{path}:2  dogs  0.")
    assert second.startswith(f"{path}:3  cats  0.")
    single = tmp_path / "one.txt"
    single.write_text("Birds sing\nall day\n")
    (line,) = predict_file(run, single)
    assert line.startswith(f"{single}  birds  0.")
    for kind in ("dogs", "cats"):
        (tmp_path / "all" / kind).mkdir(parents=True)
        (tmp_path / "all" / kind / "a.txt").write_text(f"{kind} again")
    found = run.evaluate(f"folder:{tmp_path / 'all'}")
    assert (found["rows"], found["accuracy"]) == (2, 1.0)


def test_a_file_that_cannot_be_predicted_is_named(run, tmp_path):
    empty = tmp_path / "empty.txt"
    empty.write_text(" \n")
    for path, words in (
        (empty, "an empty text"),
        (tmp_path / "none.txt", "cannot be read"),
        (run.directory / "curves.png", "UTF-8"),
    ):
        with pytest.raises(DataError, match=words) as caught:
            list(predict_file(run, path))
        assert str(path) in str(caught.value)


@pytest.mark.slow
def test_a_run_knows_its_column(tmp_path):
    path = tmp_path / "train.csv"
    rows = [f"{t},{y}" for t, y in zip(TEXTS, LABELS, strict=True)]
    rows = [row.replace(", number", " number") for row in rows]
    path.write_text("\n".join(["review,kind", *rows]))
    data = f"csv:{path}#kind"
    run = recipe(epochs=1).fit(data, directory=tmp_path / "run", verbose=False)
    (tmp_path / "new.csv").write_text("id,review\n7,Dogs bark\n")
    assert len(list(predict_file(run, tmp_path / "new.csv"))) == 1
    (tmp_path / "bad.csv").write_text("id,words\n7,Dogs bark\n")
    with pytest.raises(DataError, match="one called text"):
        list(predict_file(run, tmp_path / "bad.csv"))


def test_mixed_precision_and_two_classes(tmp_path):
    rows = [i for i in range(90) if i % 3]
    data = ([TEXTS[i] for i in rows], [LABELS[i] for i in rows])
    network = Part("text_cnn", embedding_dim=8, filters=8, kernel_sizes=(2,))
    run = recipe(network=network, dtype_policy="mixed_bfloat16").fit(
        data, directory=tmp_path / "run", verbose=False
    )
    assert run.metrics["test_accuracy"] > 0.9
    found = recipes.load_run(run.directory).model.predict(NEW, verbose=0)
    assert found.shape == (2, 1) and found.dtype == np.float32
    assert found[0, 0] > 0.5 > found[1, 0]


def test_a_preprocessing_of_ones_own_has_to_make_tokens():
    recipes.register(
        "preprocessing", "scaled", lambda batches: keras.layers.Rescaling(2.0)
    )
    wrong = recipe(preprocessing="scaled")
    with pytest.raises(RecipeError, match="TextVectorization.*Rescaling"):
        make_plan(wrong, load_for(wrong, (TEXTS, LABELS)))


@pytest.mark.slow
def test_jax_is_refused_before_any_work():
    pytest.importorskip("jax")
    script = (
        "import recipes\n"
        "from recipes.text import text_classifier\n"
        "try: text_classifier().fit('csv:no-such-file#label')\n"
        "except recipes.RecipeError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert "TensorFlow backend" in done.stdout
    assert "KERAS_BACKEND=tensorflow" in done.stdout


def test_docstrings_are_learned(tmp_path):
    data = recipes.data.load("docstrings")
    run = recipe(epochs=2, batch_size=32).fit(
        data, directory=tmp_path / "run", verbose=False
    )
    majority = np.bincount(data.test.labels).max() / len(data.test)
    assert majority < 0.25
    assert run.metrics["test_accuracy"] > 2 * majority
