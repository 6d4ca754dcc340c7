"""Ensembles: the mean of the members, as one saved model."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import recipes
from recipes import cli
from recipes.errors import DataError, RunError

ROOT = Path(__file__).parent.parent.parent
both_backends = pytest.mark.both_backends


def fit(
    directory, data="wine", seed=0, task=recipes.tabular_classifier, **changes
):
    recipe = task(network=recipes.Part("mlp", units=(8,)), epochs=2, **changes)
    return recipe.fit(data, directory=directory, seed=seed, verbose=False)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("members")


@pytest.fixture(scope="module")
def members(place):
    """Two seeds that share their splits. Do not write into their folders."""
    return [fit(place / str(s), seed=s, split_seed=0) for s in (0, 1)]


@pytest.fixture(scope="module")
def other_splits(place):
    """A run whose test split is another. Do not write into its folder."""
    run = fit(place / "other", seed=2)
    assert run.environment["data"]["split_seed"] == 2  # the fit's seed
    return run


@pytest.fixture(scope="module")
def both(members, place):
    return recipes.ensemble(members, place / "both", data="wine")


@pytest.fixture(scope="module")
def mixed(members, other_splits, place):
    return recipes.ensemble([members[0], other_splits], place / "mixed")


def mean(runs, x):
    outputs = [run.model.predict(x, verbose=0) for run in runs]
    return np.mean(np.array(outputs, "float64"), axis=0)


@both_backends
def test_the_prediction_is_the_mean_of_the_members(members, both):
    x = recipes.data.load("wine").test.read()
    expected = mean(members, x)
    found = recipes.load_run(both.directory).model.predict(x, verbose=0)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    # The control: no member alone says the same.
    for run in members:
        alone = run.model.predict(x, verbose=0)
        assert np.abs(alone - expected).max() > 1e-3


@pytest.mark.slow
@both_backends
def test_a_fresh_process_of_plain_keras_predicts_the_same(both):
    x = recipes.data.load("wine").test.read()
    np.save(both.directory / "x.npy", x)
    script = (
        "import sys, keras, numpy as np; path = sys.argv[1]\n"
        "model = keras.saving.load_model(path + '/model.keras')\n"
        "found = model.predict(np.load(path + '/x.npy'), verbose=0)\n"
        "np.save(path + '/found.npy', found)"
    )
    command = [sys.executable, "-c", script, str(both.directory)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    expected = both.model.predict(x, verbose=0)
    found = np.load(both.directory / "found.npy")
    np.testing.assert_array_equal(found, expected)


@both_backends
def test_no_two_layers_and_no_two_variables_share_a_name(both):
    both.model.get_state_tree()  # Keras refuses paths that are there twice
    names = [name for layer in both.model.layers for name in named(layer)]
    assert len(set(names)) == len(names) > 8


def named(layer):
    inner = getattr(layer, "layers", ())
    return [layer.name, *(name for sub in inner for name in named(sub))]


def test_the_members_own_models_stay_as_they_are(members, both):
    names = [layer.name for layer in members[0].model.layers]
    assert not any(name.startswith("member") for name in names)


@both_backends
def test_the_common_test_split_is_scored(members, both):
    test = recipes.data.load("wine").test
    outputs = mean(members, test.read())
    right = outputs.argmax(axis=1) == test.labels
    true = outputs[np.arange(len(right)), test.labels]
    metrics = both.metrics
    assert metrics["members"] == 2
    assert metrics["test_accuracy"] == right.mean()
    assert metrics["test_loss"] == pytest.approx(-np.log(true).mean(), rel=1e-5)
    for name in ("loss", "accuracy"):
        own = [run.metrics[f"test_{name}"] for run in members]
        assert metrics[f"members_test_{name}"] == pytest.approx(sum(own) / 2)
    found = both.evaluate("wine")
    assert (found["split"], found["rows"]) == ("test", 36)
    assert found["loss"] == pytest.approx(metrics["test_loss"])
    _, accuracy = both.model.evaluate(test.read(), test.labels, verbose=0)
    assert accuracy == pytest.approx(metrics["test_accuracy"])


def test_a_test_split_that_a_member_was_trained_on_is_not_scored(
    members, other_splits, mixed, place
):
    with pytest.raises(RunError, match="split seeds 0, 2.*too good"):
        recipes.ensemble([members[0], other_splits], data="wine")
    for split in (None, "test", "validation"):
        with pytest.raises(DataError, match="used to train a member"):
            mixed.evaluate("wine", split)
    data = recipes.data.load("wine")
    leaked = set(other_splits_rows()) & set(data.test.rows.tolist())
    assert leaked  # what the refusal is about
    # Data that no member knows are scored; so are all rows, if asked for.
    unknown = (data.test.read() + 0.01, data.test.labels)
    assert mixed.evaluate(unknown)["split"] == "all"
    assert mixed.evaluate("wine", "all")["rows"] == 178
    assert mixed.metrics == {"members": 2}


def other_splits_rows():
    return recipes.data.load("wine", seed=2).train.rows.tolist()


def test_numbers_mixed_precision_and_objects_of_ours(other_splits, tmp_path):
    run = fit(
        tmp_path / "a",
        "diabetes",
        task=recipes.tabular_regressor,
        dtype_policy="mixed_bfloat16",
        kernel_regularizer=recipes.Part("half_l2"),
    )
    shutil.copytree(run.directory, tmp_path / "b")
    (tmp_path / "b" / "files.json").unlink()  # it is changed by hand
    other = recipes.load_run(tmp_path / "b")
    other.model.set_weights([1.2 * w for w in other.model.get_weights()])
    other.model.save(tmp_path / "b" / "model.keras")
    runs = [run, recipes.load_run(tmp_path / "b")]
    data = recipes.data.load("diabetes", target="number")
    x, y = data.test.read(), data.test.labels
    found = recipes.ensemble(runs, tmp_path / "e", data="diabetes")
    expected = mean(runs, x)
    outputs = found.model.predict(x, verbose=0)
    np.testing.assert_allclose(outputs, expected, rtol=1e-5)
    errors = np.abs(expected - y).mean()
    assert found.metrics["test_mae"] == pytest.approx(errors, rel=1e-5)
    layer = found.model.get_layer("member_2").get_layer("member_2_dense1")
    assert layer.compute_dtype == "bfloat16"
    assert type(layer.kernel_regularizer).__name__ == "HalfL2"
    with pytest.raises(RunError, match="differ in `target`: number and class"):
        recipes.ensemble([run, other_splits])


@pytest.mark.parametrize(
    "name, value",
    [
        ("class_names", ["class_1", "class_0", "class_2"]),
        ("input_shape", [12]),
        ("feature_names", None),
        ("value_scale", 0.5),
    ],
)
def test_members_that_differ_are_refused(members, tmp_path, name, value):
    shutil.copytree(members[1].directory, tmp_path / "m")
    path = tmp_path / "m" / "environment.json"
    about = json.loads(path.read_text())
    about["data"][name] = value
    path.write_text(json.dumps(about))
    (tmp_path / "m" / "files.json").unlink()  # changed by hand
    with pytest.raises(RunError, match=f"differ in `{name}`: .* and "):
        recipes.ensemble([members[0], tmp_path / "m"], tmp_path / "e")
    assert not (tmp_path / "e").exists()


def test_what_is_no_ensemble_is_refused(members, both, tmp_path):
    for given, words in (
        ([members[0]], "at least two runs. Received: 1"),
        ([], "at least two runs. Received: 0"),
        ([members[0], members[0].directory], "given twice"),
        ([members[0], 3], "Received: 3"),
        (None, "Received: None"),
        ([members[0], tmp_path / "nothing"], "holds no run"),
    ):
        with pytest.raises(RunError, match=words):
            recipes.ensemble(given, tmp_path / "e")
    with pytest.raises(RunError, match="finished run"):
        recipes.ensemble(members, both.directory)
    with pytest.raises(RunError, match="is a member"):
        recipes.ensemble(members, members[0].directory, overwrite=True)
    with pytest.raises(RunError, match="has no history"):
        both.plot()


def test_the_command_line(members, place, capsys, tmp_path):
    folders = [str(run.directory) for run in members]
    out = str(tmp_path / "e")
    command = ["ensemble", *folders, "--out", out, "--data=wine"]
    assert cli.main(command) == 0
    printed = capsys.readouterr().out
    assert '"members_test_accuracy"' in printed and out in printed
    assert cli.main(["evaluate", out, "wine"]) == 0
    assert json.loads(capsys.readouterr().out)["split"] == "test"
    data = recipes.data.load("wine")
    names = ",".join(data.feature_names)
    cells = ",".join(str(v) for v in data.test.read()[0])
    (tmp_path / "a.csv").write_text(f"{names}\n{cells}\n")
    assert cli.main(["predict", out, str(tmp_path / "a.csv")]) == 0
    assert "a.csv:2  class_" in capsys.readouterr().out
    assert cli.main(command) == 2
    assert "finished run" in capsys.readouterr().err
