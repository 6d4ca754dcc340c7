"""The same seed, the same sweep; another seed, another one."""

import numpy as np
import pytest

import recipes
from recipes import Float, Part
from recipes.tuning import settings
from recipes.tuning.names import STATUS_COMPLETED as COMPLETED
from recipes.tuning.names import STATUS_FAILED as FAILED
from recipes.tuning.search.numbers import spread
from recipes.tuning.tuner import JOURNAL, make_oracle


def settled(recipe, tuner, max_trials, seed):
    about, _ = settings.settle(
        recipe, "iris", tuner, max_trials, "val_loss", 1, seed
    )
    return about


def score(values):
    """A loss whose best learning rate is 10, and which diverges above 1e4."""
    rate = values.get("optimizer/sgd/learning_rate", 0.01)
    return None if rate > 1e4 else (np.log10(rate) - 1) ** 2


def search(about, path=None, most=None):
    """Search without a fit; return [(values, score)]."""
    oracle = make_oracle(about)
    if path is not None:
        oracle._set_project_dir(str(path), "trials")
        oracle.open(path / JOURNAL, ["tuner0"])
    found = []
    while most is None or len(found) < most:
        trial = oracle.create_trial("tuner0")
        if trial.status != "RUNNING":
            break
        values = dict(trial.hyperparameters.values)
        found.append((values, score(values)))
        if score(values) is None:
            trial.status, trial.message = FAILED, "diverged"
        else:
            trial.status = COMPLETED
            metrics = {about.objective: float(score(values))}
            oracle.update_trial(trial.trial_id, metrics)
        oracle.end_trial(trial)
    return found


@pytest.fixture
def space(iris_recipe):
    return iris_recipe.replace(epochs=9)


@pytest.mark.parametrize(
    "tuner, most",
    [("random", 6), ("grid", 6), ("hyperband", 12)],
)
def test_the_same_seed_gives_the_same_trials(space, tuner, most):
    one = search(settled(space, tuner, most, 0))
    assert one == search(settled(space, tuner, most, 0))
    assert len(one) == most
    if tuner != "grid":  # whose order is no matter of chance
        assert one != search(settled(space, tuner, most, 1))


def test_neighbouring_seeds_share_no_trial(space):
    # Keras Tuner counts on from its seed, draw by draw.
    rates = []
    for seed in range(4):
        about = settled(space, "random", 6, seed)
        rates.append(
            {v.get("optimizer/sgd/learning_rate") for v, _ in search(about)}
        )
        rates[-1].discard(None)
    assert sum(map(len, rates)) == len(set.union(*rates))
    assert len({spread(seed) for seed in range(1000)}) == 1000


@pytest.mark.parametrize(
    "tuner, most, cut", [("bayesian", 6, 5), ("hyperband", 12, 5)]
)
def test_a_sweep_that_goes_on_proposes_what_it_would_have(
    space, tuner, most, cut, tmp_path
):
    about = settled(space, tuner, most, 1)
    whole = search(about)
    search(about, tmp_path, most=cut)
    assert whole[:cut] + search(about, tmp_path) == whole


def test_more_trials_keep_their_names(space, tmp_path):
    few = settled(space, "random", 9, 0)
    search(few, tmp_path)
    found = search(few._replace(max_trials=12), tmp_path)
    assert len(found) == 3
    assert sorted(p.name for p in (tmp_path / "trials").iterdir()) == [
        f"trial_{number:04d}" for number in range(12)
    ]


@pytest.mark.parametrize("tuner, most", [("bayesian", 6), ("hyperband", None)])
def test_a_third_that_diverge_leave_the_right_winner(space, tuner, most):
    found = search(settled(space, tuner, most, 1))
    failed = [values for values, each in found if each is None]
    assert len(failed) >= 2
    assert [each for _, each in found[:9]].count(None) >= 2
    assert all(np.isfinite(v["optimizer/sgd/learning_rate"]) for v in failed)
    assert min(each for _, each in found if each is not None) < 1
    if tuner == "hyperband":  # the best go on, in every bracket
        assert {v["tuner/round"] for v, _ in found} == {0, 1, 2}


def test_the_same_seed_gives_the_same_scores(
    iris_sweep, iris_recipe, sweep_options, tmp_path
):
    options = {**sweep_options, "max_trials": 2}
    again = iris_recipe.sweep("iris", directory=tmp_path / "a", **options)
    keys = ("trial", "values", "score", "metrics", "ended", "seeds")
    for one, other in zip(iris_sweep.trials, again.trials, strict=False):
        assert {k: one[k] for k in keys} == {k: other[k] for k in keys}
    assert again.trials[1]["score"] > 0


@pytest.mark.slow
def test_a_third_that_diverge_in_real_fits(tmp_path):
    recipe = recipes.tabular_classifier(
        network=Part("mlp", units=(4,)),
        epochs=3,
        early_stopping=None,
        optimizer=Part("sgd", learning_rate=Float(1e-3, 1e20, sampling="log")),
    )
    for tuner, most in (("bayesian", 7), ("hyperband", None)):
        options = {"max_trials": most, "seed": 0, "verbose": False}
        sweep = recipe.sweep(
            "iris", tuner=tuner, directory=tmp_path / tuner, **options
        )
        ends = [trial["ended"] for trial in sweep.trials]
        assert ends.count("diverged") >= 2
        scores = [t["score"] for t in sweep.trials if t["score"] is not None]
        assert sweep.best_trial["score"] == min(scores)
        assert 1e-3 < sweep.best.optimizer.config["learning_rate"] < 1e3
