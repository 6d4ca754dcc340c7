"""Many trials as one: each as it would have been alone."""

import csv

import keras
import numpy as np
import pytest

import recipes
from callbacks import SteadyConsole
from recipes import Float, Part
from recipes.errors import RecipeError, RunError
from recipes.training.candidate import fit_candidate
from recipes.training.plan import load_for

pytestmark = [
    pytest.mark.both_backends,
    pytest.mark.skipif(
        keras.backend.backend() != "jax", reason="vmap is JAX's"
    ),
]
QUIET = SteadyConsole(quiet=True)


def fit_together(base, changes, spec, tmp_path, data=None):
    """Return (closed recipes, what came of each) of one group."""
    from recipes.tuning.vectorized.alike import likeness, why_not
    from recipes.tuning.vectorized.groups import Groups

    data = data or load_for(base, spec)
    closed = [base.replace(**change) for change in changes]
    assert [why_not(recipe, data) for recipe in closed] == [None] * len(closed)
    assert len({likeness(recipe) for recipe in closed}) == 1
    places = [tmp_path / f"together-{k}" for k in range(len(closed))]
    for place in places:
        place.mkdir(parents=True)
    groups = Groups(data, QUIET)
    pairs = list(zip(closed, places, strict=True))
    found = groups.fit(likeness(closed[0]), pairs)
    return data, closed, [found.get(place) for place in places]


def assert_as_alone(recipe, together, data, tmp_path, tolerance=1e-3):
    place = tmp_path / "alone"
    place.mkdir(exist_ok=True)
    alone = fit_candidate(recipe, data, place, QUIET)
    assert set(together.history) == set(alone.history)
    for name, values in alone.history.items():
        np.testing.assert_allclose(
            together.history[name], values, tolerance, 1e-5, err_msg=name
        )
    for name, value in alone.metrics.items():
        np.testing.assert_allclose(
            together.metrics[name], value, tolerance, 1e-5, err_msg=name
        )
    return alone


def assert_each_counts(found):
    """Had a number not been stacked, its trial would be as the first."""
    first, *others = [candidate.history["val_loss"] for candidate in found]
    for other in others:
        n = min(len(first), len(other))
        assert np.abs(np.subtract(first[:n], other[:n])).max() > 1e-3


def adamw(learning_rate=5e-3, weight_decay=0.01):
    return Part("adamw", learning_rate=learning_rate, weight_decay=weight_decay)


CLASSES = recipes.tabular_classifier(
    network=Part("mlp", units=(8, 8)),
    normalization="batch_normalization",
    dropout=0.2,
    label_smoothing=0.1,
    kernel_regularizer=Part("l1_l2", l1=1e-3, l2=1e-3),
    optimizer=adamw(),
    class_weight="balanced",
    batch_size=16,
    epochs=3,
    early_stopping=None,
)
TURNED = [
    {},
    {"optimizer": adamw(learning_rate=0.05)},
    {"dropout": 0.5},
    {"label_smoothing": 0.3},
    {"optimizer": adamw(weight_decay=2.0)},
    {"kernel_regularizer": Part("l1_l2", l1=0.03, l2=1e-3)},
    {"kernel_regularizer": Part("l1_l2", l1=1e-3, l2=0.1)},
    {"schedule": "constant"},
]


def csv_column(path, name):
    with open(path, newline="") as file:
        return [float(row[name]) for row in csv.DictReader(file)]


def test_members_are_as_alone(tmp_path):
    """Two of the numbers, with every other feature; the long test has all."""
    data, closed, found = fit_together(CLASSES, TURNED, "iris", tmp_path)
    assert_each_counts(found)
    for k in (0, 2):
        assert_as_alone(closed[k], found[k], data, tmp_path)
    assert found[0].metrics["vectorized"] == len(TURNED)


@pytest.mark.slow
def test_every_number_is_as_alone(tmp_path):
    data, closed, found = fit_together(CLASSES, TURNED, "iris", tmp_path)
    for recipe, candidate in zip(closed, found, strict=True):
        assert_as_alone(recipe, candidate, data, tmp_path)


@pytest.mark.slow
def test_numbers_and_momentum_and_a_last_smaller_batch(tmp_path):
    base = recipes.tabular_regressor(
        network=Part("mlp", units=(8,)),
        optimizer=Part(
            "sgd", learning_rate=0.01, momentum=0.9, global_clipnorm=1.0
        ),
        schedule="constant",
        kernel_regularizer=Part("half_l2", l2=0.01),
        drop_remainder=False,
        epochs=3,
        early_stopping=None,
    )
    faster = base.optimizer.replace(learning_rate=0.03)
    changes = [
        {},
        {"optimizer": faster},
        {"kernel_regularizer": Part("half_l2", l2=0.2)},
    ]
    data, closed, found = fit_together(base, changes, "diabetes", tmp_path)
    assert_each_counts(found)
    assert_as_alone(closed[2], found[2], data, tmp_path)


def test_each_stops_by_itself_at_its_best(tmp_path):
    def patience(count):
        return Part("early_stopping", patience=count, monitor="val_accuracy")

    base = recipes.tabular_classifier(
        network=Part("mlp", units=(4,)), epochs=12, batch_size=64
    )
    changes = [
        {"early_stopping": patience(1)},
        {"early_stopping": patience(3)},
        {"early_stopping": patience(1), "optimizer": adamw(0.1)},
        {"early_stopping": None},
    ]
    data, closed, found = fit_together(base, changes, "breast_cancer", tmp_path)
    epochs = [candidate.metrics["epochs"] for candidate in found]
    assert epochs[3] == 12 and len(set(epochs)) > 2
    for k in (0, 2):
        alone = assert_as_alone(closed[k], found[k], data, tmp_path)
        assert alone.metrics["model_epoch"] < alone.metrics["epochs"]
    text = (tmp_path / "together-0" / "history.csv").read_text().splitlines()
    assert len(text) == epochs[0] + 1 and text[0].startswith("epoch,accuracy")


def test_one_that_diverges_does_not_touch_the_others(tmp_path):
    base = CLASSES.replace(normalization=None, epochs=2)
    wild = {"optimizer": adamw(1e30)}
    data, _, with_it = fit_together(
        base, [{}, wild, {"dropout": 0.4}], "iris", tmp_path / "a"
    )
    *_, without = fit_together(
        base, [{}, {}, {"dropout": 0.4}], "iris", tmp_path / "b", data
    )
    assert isinstance(with_it[1], RunError)
    assert "diverged" in str(with_it[1])
    for k in (0, 2):
        assert with_it[k].history == without[k].history
        assert with_it[k].metrics == without[k].metrics


@pytest.mark.slow
def test_a_number_that_is_not_legal_is_left_to_itself(tmp_path):
    changes = [{}, {"optimizer": adamw(-1.0)}, {"dropout": 0.4}]
    *_, found = fit_together(CLASSES, changes, "iris", tmp_path)
    assert found[1] is None and found[0] and found[2]


@pytest.mark.slow
def test_heads_on_features(tmp_path, tiny_images):
    base = recipes.image_fine_tuner(
        "glyphnet", strategy="frozen", epochs=3, split_seed=0, dropout=0.2
    )
    changes = [{}, {"optimizer": adamw(0.05)}, {"dropout": 0.6}]
    data, closed, found = fit_together(base, changes, tiny_images, tmp_path)
    assert_each_counts(found)
    assert_as_alone(closed[1], found[1], data, tmp_path)


SEARCHED = CLASSES.replace(
    dropout=Float(0.05, 0.5),
    optimizer=adamw(Float(1e-3, 1e-1, sampling="log")),
)


def search(directory, recipe=SEARCHED, **given):
    given = {"max_trials": 3, "verbose": False, **given}
    return recipe.sweep("iris", directory=directory, **given)


@pytest.mark.slow
def test_a_sweep_is_the_same_in_both_ways(tmp_path):
    together = search(tmp_path / "a", vectorize=True).trials
    alone = search(tmp_path / "b", vectorize=False).trials
    assert [t["vectorized"] for t in together] == [3, 3, 3]
    assert [t["vectorized"] for t in alone] == [None] * 3
    for one, other in zip(together, alone, strict=True):
        assert one["values"] == other["values"]
        assert list(one) == list(other)
        assert one["score"] == pytest.approx(other["score"], rel=1e-3)


@pytest.mark.slow
def test_several_seeds_and_a_trial_alone(tmp_path):
    """Without dropout the network is another; each trial has two fits."""
    rates = recipes.Choice([0.0, 0.2, 0.4])
    recipe = CLASSES.replace(dropout=rates, epochs=1)
    given = {"tuner": "grid", "max_trials": None, "executions_per_trial": 2}
    trials = search(tmp_path, recipe, **given).trials
    assert [t["values"]["dropout"] for t in trials] == [0.0, 0.2, 0.4]
    assert [t["vectorized"] for t in trials] == [None, 2, 2]
    assert [t["seeds"] for t in trials] == [[0, 1]] * 3
    data = load_for(CLASSES.replace(split_seed=0), "iris")
    one = CLASSES.replace(dropout=0.4, epochs=1, seed=1)
    alone = fit_candidate(one, data, tmp_path, QUIET).history["loss"]
    text = tmp_path / "trials" / "trial_0002" / "fit-2" / "history.csv"
    assert list(csv_column(text, "loss")) == pytest.approx(alone, rel=1e-3)


def test_a_killed_batch_goes_on(tmp_path, monkeypatch):
    from recipes.tuning.tuner import Tuner
    from recipes.tuning.vectorized.groups import Groups

    plain, count = Tuner.run_trial, []

    def killed(self, trial):
        count.append(trial.trial_id)
        if len(count) == 2:
            raise KeyboardInterrupt
        return plain(self, trial)

    with monkeypatch.context() as patch:
        patch.setattr(Tuner, "run_trial", killed)
        with pytest.raises(KeyboardInterrupt):
            search(tmp_path, max_trials=4)
    fitted, plain_fit = [], Groups.fit

    def noted(self, key, members):
        fitted.extend(place.parent.name for _, place in members)
        return plain_fit(self, key, members)

    monkeypatch.setattr(Groups, "fit", noted)
    before = (tmp_path / "trials" / "trial_0000" / "result.json").read_bytes()
    trials = search(tmp_path, max_trials=4).trials
    assert fitted == [f"trial_{k:04d}" for k in (1, 2, 3)]
    assert [t["trial"] for t in trials] == [f"{k:04d}" for k in range(4)]
    assert all(t["ended"] == "completed" for t in trials)
    after = (tmp_path / "trials" / "trial_0000" / "result.json").read_bytes()
    assert before == after
    search(tmp_path, max_trials=4)
    assert len(fitted) == 3


SMALL = recipes.tabular_classifier(
    network=Part("mlp", units=(4,)), dropout=Float(0.1, 0.5), epochs=1
)


def failing(monkeypatch, error, most=0):
    """Let groups of more members fail; return the sizes that were tried."""
    from recipes.tuning.vectorized import groups

    plain, sizes = groups.fit_group, []

    def fit_group(steps, recipes, places):
        sizes.append(len(places))
        if len(places) > most:
            raise error
        return plain(steps, recipes, places)

    monkeypatch.setattr(groups, "fit_group", fit_group)
    return sizes


def test_a_crash_of_a_batch_leaves_each_to_itself(tmp_path, monkeypatch):
    import jax

    error = jax.errors.JaxRuntimeError("INTERNAL: the kernel is gone")
    sizes = failing(monkeypatch, error)
    trials = search(tmp_path, SMALL, max_trials=2).trials
    assert sizes == [2]
    assert [t["ended"] for t in trials] == ["completed"] * 2
    assert [t["vectorized"] for t in trials] == [None] * 2


def test_a_batch_is_halved_whatever_says_that_memory_is_all(
    tmp_path, monkeypatch
):
    import jax

    error = jax.errors.JaxRuntimeError("INTERNAL: CUDNN_STATUS_ALLOC_FAILED")
    sizes = failing(monkeypatch, error, most=2)
    trials = search(tmp_path, SMALL, max_trials=4).trials
    assert sizes == [4, 2, 2]
    assert [t["vectorized"] for t in trials] == [2] * 4


def test_the_user_s_error_in_a_batch_names_a_trial(tmp_path, monkeypatch):
    sizes = failing(monkeypatch, KeyError("mine"))
    with pytest.raises(KeyError, match="mine") as caught:
        search(tmp_path, SMALL, max_trials=2)
    (note,) = caught.value.__notes__
    assert "In trial 0000 of the sweep: dropout=" in note and sizes == [2]


@pytest.mark.slow
def test_bayesian_batches_are_narrow_after_the_first(tmp_path):
    found = search(tmp_path, tuner="bayesian", max_trials=14)
    widths = [t["vectorized"] for t in found.trials]
    assert widths[:6] == [6] * 6 and widths[6:10] == [4] * 4


@pytest.mark.parametrize(
    ("recipe", "given", "words"),
    [
        (SEARCHED, {"vectorize": 3}, "must be 'auto', True or False"),
        (SEARCHED, {"vectorize": True, "workers": 2}, "several workers"),
        (
            SEARCHED,
            {"vectorize": True, "tuner": "hyperband"},
            "earlier trial's weights",
        ),
        (
            SEARCHED.replace(precise_batch_normalization=True),
            {"vectorize": True},
            "one trial at a time",
        ),
    ],
)
def test_refusals(recipe, given, words, tmp_path):
    with pytest.raises(RecipeError, match=words):
        search(tmp_path / "none", recipe, **given)
    assert not (tmp_path / "none").exists()
