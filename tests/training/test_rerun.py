"""A finished run is made again from its folder alone, and compared."""

import json
import shutil
import signal
from functools import partial

import keras
import numpy as np
import pytest

import recipes
from recipes import DataError, Part, RunError, cli
from recipes.training.device import find_device
from recipes.training.environment import describe
from recipes.training.evaluate import load_again
from recipes.training.fit import fit
from recipes.training.going_on import unfinished
from recipes.training.going_on.lock import held
from recipes.training.plan import load_for
from recipes.training.rerun import again, place
from recipes.training.rerun.comparison import Results, compare, results
from recipes.training.settled import settle

pytestmark = [pytest.mark.both_backends, pytest.mark.by_hand_on_jax]

SMALL = recipes.tabular_classifier(
    network=Part("mlp", units=(8,)), epochs=3, early_stopping=None
)


class Cut(keras.callbacks.Callback):
    """A user's callback; Ctrl-C comes at the end of an epoch, from 0."""

    uses_model = False

    def __init__(self, epoch=None):
        super().__init__()
        self.last = epoch

    def on_epoch_end(self, epoch, logs=None):
        if epoch == self.last:
            signal.raise_signal(signal.SIGINT)


@pytest.fixture(scope="module")
def wine(tmp_path_factory):
    """A finished run with a user's callback. Do not write into its folder."""
    directory = tmp_path_factory.mktemp("runs") / "wine"
    return SMALL.fit(
        "wine", directory=directory, callbacks=[Cut()], verbose=False
    )


@pytest.fixture
def copied(wine, tmp_path):
    """A copy of its folder, whose files may be changed."""
    found = shutil.copytree(wine.directory, tmp_path / "wine")
    (found / "files.json").unlink()
    return found


def changed(path, change):
    """Change a JSON file of a run."""
    value = json.loads(path.read_text())
    change(value)
    path.write_text(json.dumps(value))


def files(path):
    return {p.name: p.read_bytes() for p in path.rglob("*") if p.is_file()}


def test_the_same_to_the_last_bit(wine, tmp_path, capsys):
    before = files(wine.directory)
    out = tmp_path / "new"
    assert cli.main(["rerun", str(wine.directory), "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert printed.rstrip().endswith("the same to the last bit")
    assert "callbacks of your own are not known: Cut" in printed
    assert " was " not in printed
    told = json.loads((out / "rerun.json").read_text())
    assert told["same"] and told["largest_difference"] == 0
    assert told["of"] == str(wine.directory) and not told["otherwise"]
    assert files(wine.directory) == before
    # Not by `compare`: the numbers as they lie on disk.
    old, new = wine.directory, out
    history = [(p / "history.csv").read_text() for p in (old, new)]
    assert history[0] == history[1]
    models = [recipes.load_run(p).model.get_weights() for p in (old, new)]
    for a, b in zip(*models, strict=True):
        assert a.tobytes() == b.tobytes()
    for name, value in recipes.load_run(new).metrics.items():
        assert name == "seconds" or value == wine.metrics[name]


def test_another_recipe_differs(copied, capsys):
    changed(copied / "recipe.json", lambda r: r.update(dropout=0.45))
    assert cli.main(["rerun", str(copied)]) == 3
    printed = capsys.readouterr().out
    assert printed.rstrip().endswith("differs in metrics, history, weights")
    assert "from epoch 1 on" in printed
    new = copied.with_name("wine-rerun-1")
    assert json.loads((new / "rerun.json").read_text())["same"] is False


@pytest.mark.parametrize(
    "amount, verdict",
    [(0.0, "the same to the last bit"), (2e-6, "the same within 2e-06")]
    + [(0.5, "differs in weights")],
)
def test_one_changed_weight_is_found(wine, amount, verdict):
    old = results(wine)
    weights = [(path, np.array(value)) for path, value in old.weights]
    weights[2][1].flat[0] = weights[2][1].flat[0] * 0 + amount
    first = [(path, np.array(value)) for path, value in old.weights]
    first[2][1].flat[0] = 0.0
    found = compare(old._replace(weights=first), old._replace(weights=weights))
    assert found.verdict == verdict
    assert found.same == (amount < 1e-4)
    part = found.parts["weights"]
    assert (weights[2][0] in part.words) == (amount > 0)


@pytest.mark.parametrize(
    "new, verdict",
    [
        (Results({"a": 1.0}, {"loss": [1.0, 0.5]}, []), "the same to the"),
        (Results({"a": 1.1}, {"loss": [1.0, 0.5]}, []), "differs in metrics"),
        (Results({}, {"loss": [1.0, 0.5]}, []), "differs in metrics"),
        (Results({"a": None}, {"loss": [1.0, 0.5]}, []), "differs in metrics"),
        (Results({"a": 1.0}, {"loss": [1.0, 0.6]}, []), "differs in history"),
        (Results({"a": 1.0}, {"loss": [1.0]}, []), "differs in history"),
        (Results({"a": 1.0}, {}, []), "differs in history"),
        (
            Results({"a": 1.0}, {"loss": [1.0, 0.5]}, [("w", np.zeros(1))]),
            "differs in weights",
        ),
    ],
)
def test_each_kind_of_number_is_compared(new, verdict):
    old = Results({"a": 1.0, "seconds": 3.0}, {"loss": [1.0, 0.5]}, [])
    found = compare(old, new)
    assert found.verdict.startswith(verdict)
    assert found.table().row_count == len(found.metrics) + 2


def test_what_the_run_was_made_with_is_compared(wine):
    old = json.loads(json.dumps(wine.environment))
    old["python"], old["packages"]["keras"] = "3.0.0", "3.1.4"
    old["device"]["name"] = "H100"
    now = again.environment_now(wine, recipes.data.load("wine"))
    assert again.made_otherwise(wine.environment, now) == []
    lines = again.made_otherwise(old, now)
    assert lines[0].startswith("python was 3.0.0 and is ")
    assert lines[1] == f"packages/keras was 3.1.4 and is {keras.__version__}"
    assert lines[2].startswith("device/name was H100 and is ")
    assert len(lines) == 3


def nobody(environment):
    environment["data"]["spec"] = None


def other_backend(environment):
    environment["backend"] = "torch"


def other_data(environment):
    environment["data"]["fingerprint"] = "0123"


def no_parts(environment):
    environment["fit"]["parts"] = 0.5


def made_of(environment):
    environment["members"] = [{"directory": "runs/a"}]


def no_features(environment):
    del environment["data"]["features"]


def no_split(environment):
    environment["data"]["test_split"] = "a fifth"


def no_such_fold(environment):
    environment["data"]["fold"] = {"folds": 3, "number": 4}


NO_DATA = r"environment\.json is not what a run writes: {} of its `data`"


@pytest.mark.parametrize(
    "change, kind, words",
    [
        (nobody, RunError, "no spec leads to the run's data .wine.; give"),
        (other_backend, RunError, "Set KERAS_BACKEND=torch"),
        (other_data, DataError, "wine with the fingerprint [0-9a-f]{64}.*0123"),
        (no_parts, RunError, "`fit/parts` must be a whole number from 1"),
        (no_features, RunError, NO_DATA.format("features")),
        (no_split, RunError, NO_DATA.format("test_split")),
        (no_such_fold, RunError, NO_DATA.format("fold")),
        (made_of, RunError, "recipes rerun runs/a; and make one of them"),
    ],
)
def test_refused_before_any_work(change, kind, words, copied):
    changed(copied / "environment.json", change)
    before = files(copied.parent)
    with pytest.raises(kind, match=words):
        recipes.rerun(copied, verbose=False)
    assert files(copied.parent) == before


def test_data_beside_are_found_from_elsewhere(wine, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    rows = "".join(f"{i},{i * i},{i % 2}\n" for i in range(40))
    (tmp_path / "some.csv").write_text(f"a,b,y\n{rows}")
    monkeypatch.chdir(tmp_path)
    data = recipes.data.load("csv:some.csv#y")
    about = describe(wine.recipe, data, find_device())
    monkeypatch.chdir("elsewhere")
    found = load_again(about, about["data"]["spec"])
    assert found.fingerprint == data.fingerprint


def test_what_fit_was_told_is_told_again(copied):
    def change(environment):
        fit = {"parts": 2, "save_freq": 3, "went_on": True, "tensorboard": True}
        environment["fit"].update(fit, callbacks=[], on_divergence="rewind")

    changed(copied / "environment.json", change)
    run = recipes.load_run(copied)
    told = {"save_freq": 3, "parts": 2, "on_divergence": "rewind"}
    assert again.told(run) == told
    assert again.unknown(run) == [
        "it went on from a sweep's trial; this begins anew"
    ]
    del run.environment["fit"]  # as an earlier version has written it
    assert again.told(run) == {}
    assert "as by default" in again.unknown(run)[0]


def test_one_that_was_cut_off_goes_on_and_is_compared(
    copied, capsys, monkeypatch
):
    with monkeypatch.context() as patched:
        cut = partial(fit, callbacks=[Cut(1)])
        patched.setattr("recipes.rerunning.fit", cut)
        with pytest.raises(KeyboardInterrupt) as stop:
            recipes.rerun(copied)
    assert stop.value.__notes__ == [f"go on with: recipes rerun {copied}"]
    assert not (copied.with_name("wine-rerun-1") / "metrics.json").exists()
    capsys.readouterr()
    found = recipes.rerun(copied)
    assert "goes on in epoch 3 of 3" in capsys.readouterr().out
    assert found.run.directory == copied.with_name("wine-rerun-1")
    assert found.verdict == "the same to the last bit"
    told = found.run.directory / "rerun.json"
    before = told.read_text()
    told.unlink()  # as where it was cut off before it was compared
    with monkeypatch.context() as patched:
        patched.delattr("recipes.rerunning.fit")  # it is not called
        found = recipes.rerun(copied)
    assert "it is compared" in capsys.readouterr().out
    assert told.read_text() == before
    run, data = recipes.load_run(copied), again.data_of(found.run)
    second = copied.with_name("wine-rerun-2")
    assert place.beside(run, data) == second
    told.unlink()
    assert place.beside(run, data) == found.run.directory
    run.environment["fit"]["parts"] = 2
    assert place.beside(run, data) == second


def test_in_a_folder_of_one_s_own_too(copied, tmp_path, monkeypatch):
    out = tmp_path / "own"
    shutil.copytree(copied, out)  # as one that was cut off before comparing
    for each in (out, copied):
        changed(each / "environment.json", lambda e: e["fit"].pop("callbacks"))
    with monkeypatch.context() as patched:
        patched.delattr("recipes.rerunning.fit")  # it is not called
        assert recipes.rerun(copied, out, verbose=False).same
        for finished in (out, copied):  # compared; not a rerun
            with pytest.raises(RunError, match="holds a finished run"):
                recipes.rerun(copied, finished, verbose=False)
    assert not (copied / "rerun.json").exists()


def test_only_a_rerun_of_the_same_is_gone_on_with(copied):
    run = recipes.load_run(copied)
    data = again.data_of(run)
    first, second = (copied.with_name(f"wine-rerun-{n}") for n in (1, 2))
    assert place.beside(run, data) == first
    first.mkdir()
    assert place.beside(run, data) == second
    about = unfinished.describe(run.recipe, data, 1)
    unfinished.write(first, about)
    assert place.beside(run, data) == first
    for name, value in (
        ("recipe", {**about["recipe"], "epochs": 9}),
        ("data", {**about["data"], "fingerprint": "0"}),
        ("data", {**about["data"], "class_names": ["c", "b", "a"]}),
        ("backend", "other"),
        ("parts", 2),
        ("versions", {**about["versions"], "keras-recipes": "99.0.0"}),
    ):
        unfinished.write(first, {**about, name: value})
        assert place.beside(run, data) == second
    unfinished.write(first, about)
    with held(first / "lock", "trains in it", stays=False):
        assert place.beside(run, data) == second
    assert place.beside(run, data) == first
    assert [path.name for path in first.iterdir()] == ["unfinished.json"]
    (first / "unfinished.json").write_text("{")
    assert place.beside(run, data) == second


@pytest.mark.parametrize(
    "out, data, words",
    [
        (None, None, "recipes rerun DIR"),
        ("a b", "csv:x#y", "recipes rerun DIR --out 'a b' --data 'csv:x#y'"),
        (None, np.ones(3), "the same call of recipes.rerun"),
    ],
)
def test_the_command_that_goes_on(out, data, words, wine):
    words = words.replace("DIR", str(wine.directory))
    assert place.command(wine, out, data) == words


def test_other_data_that_are_given_are_refused(copied):
    with pytest.raises(DataError, match="iris with the fingerprint"):
        recipes.rerun(copied, data="iris", verbose=False)


def test_folders_that_cannot_be_rerun(copied, tmp_path):
    with pytest.raises(RunError, match="holds a finished run"):
        recipes.rerun(copied, copied, verbose=False)
    for name, words in (
        ("cross_validation.json", "rerun .*fold-1"),
        ("sweep.json", "rerun .*best"),
        ("unfinished.json", "recipes fit --resume"),
    ):
        (tmp_path / name).write_text("{}")
        with pytest.raises(RunError, match=words):
            recipes.rerun(tmp_path, verbose=False)
        (tmp_path / name).unlink()
    (copied / "model.keras").write_bytes(b"PK")
    with pytest.raises(RunError, match="model.keras cannot be loaded"):
        recipes.rerun(copied, verbose=False)


IMAGES = recipes.image_classifier(
    network=Part("cnn", filters=(4,), depth=1), epochs=1, augmentation="light"
)
RECIPES = {
    "image": (IMAGES, "digits"),
    "penalized": (
        SMALL.replace(optimizer="sgd", regularization="strong"),
        "wine",
    ),
    "number": (recipes.tabular_regressor(epochs=2), "diabetes"),
    "stages": (
        recipes.image_fine_tuner("glyphnet", strategy="gradual", epochs=3),
        "digits",
    ),
    "text": (recipes.text_classifier(epochs=1), "docstrings"),
}


def skip_without_texts(name):
    if name == "text" and keras.backend.backend() != "tensorflow":
        pytest.skip("texts need TensorFlow")


@pytest.mark.parametrize("name", ["image", "penalized", "number"])
def test_a_resolved_recipe_is_resolved_to_itself(name):
    resolves_to_itself(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["stages", "text"])
def test_a_resolved_recipe_with_more_is_resolved_to_itself(name):
    skip_without_texts(name)
    resolves_to_itself(name)


def resolves_to_itself(name):
    recipe, spec = RECIPES[name]
    data = load_for(recipe, spec)
    once = settle(recipe, data).recipe
    assert once != recipe
    assert settle(once, data).recipe == once
    assert recipes.Recipe.from_json(once.to_json()) == once


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_each_task_is_rerun_to_the_same_bits(name, tmp_path):
    skip_without_texts(name)
    recipe, spec = RECIPES[name]
    recipe.fit(spec, directory=tmp_path / "a", verbose=False)
    found = recipes.rerun(tmp_path / "a", verbose=False)
    assert found.verdict == "the same to the last bit"


@pytest.mark.slow
def test_a_resumed_run_is_rerun_to_the_same_bits(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        SMALL.fit(
            "wine", directory=tmp_path / "a", callbacks=[Cut(1)], verbose=False
        )
    SMALL.fit("wine", directory=tmp_path / "a", verbose=False)
    found = recipes.rerun(tmp_path / "a", verbose=False)
    assert found.verdict == "the same to the last bit"


@pytest.mark.slow
def test_a_fold_is_rerun_to_the_same_bits(tmp_path):
    SMALL.cross_validate("wine", 2, directory=tmp_path, verbose=False)
    found = recipes.rerun(tmp_path / "fold-2", tmp_path / "new", verbose=False)
    assert found.verdict == "the same to the last bit"
    assert found.run.environment["data"]["fold"]["number"] == 2


@pytest.mark.slow
def test_arrays_are_given_again(tmp_path):
    data = recipes.data.load("iris")
    x, y = data.train.read(), data.train.labels
    SMALL.fit((x, y), directory=tmp_path / "a", save_freq=1, verbose=False)
    found = recipes.rerun(tmp_path / "a", data=(x, y), verbose=False)
    assert found.verdict == "the same to the last bit"
    assert found.run.environment["steps_per_execution"] == 1
    with pytest.raises(DataError, match="the same rows in the same order"):
        recipes.rerun(tmp_path / "a", data=(x[::-1], y[::-1]), verbose=False)
