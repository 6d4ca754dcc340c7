"""on_divergence="rewind": back to a checkpoint, at half the learning rate."""

import json
import shutil

import keras
import numpy as np
import pytest

import recipes
from recipes import DivergedError, Part, RecipeError, RunError

pytestmark = pytest.mark.both_backends

RNG = np.random.default_rng(0)
X = RNG.normal(size=(150, 3)).astype("float32")
Y = X @ np.array([[1.0], [-2.0], [0.5]]) + 0.1


def tiny(**changes):
    given = {
        "network": Part("mlp", units=(4,)),
        "batch_size": 20,
        "epochs": 5,
        "schedule": "constant",
        "optimizer": Part("sgd", learning_rate=0.016),
        "early_stopping": None,
    }
    return recipes.tabular_regressor(**{**given, **changes})


class TooFast(keras.callbacks.Callback):
    """Makes the weights NaN in an epoch, as long as the rate is too high.

    It copies the folder as it is at the beginning of some epochs after the
    first rewind: as a kill would leave it.
    """

    uses_model = False

    def __init__(self, epoch, most, folder, copies=()):
        super().__init__()
        self.epoch, self.most, self.folder = epoch, most, folder
        self.copies, self.seen = dict(copies), []

    def on_epoch_begin(self, epoch, logs=None):
        rewound = (self.folder / "divergence.json").exists()
        if rewound and epoch in self.copies:
            copied(self.folder, self.copies.pop(epoch))

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append((epoch, logs["learning_rate"]))
        if epoch == self.epoch and logs["learning_rate"] > self.most:
            variable = self.model.trainable_variables[0]
            variable.assign(np.full(variable.shape, np.nan))


def copied(folder, place):
    """Copy a folder in which another thread may just give a file its name."""
    begun = shutil.ignore_patterns("*.partial")
    while True:
        try:
            return shutil.copytree(folder, place, ignore=begun)
        except shutil.Error:
            shutil.rmtree(place)


def fit(recipe, path, callback=None, **how):
    hooked = [] if callback is None else [callback]
    return recipe.fit(
        (X, Y),
        directory=path,
        callbacks=hooked,
        verbose=False,
        on_divergence="rewind",
        **how,
    )


def same(one, other):
    weights = [run.model.get_weights() for run in (one, other)]
    for a, b in zip(*weights, strict=True):
        np.testing.assert_array_equal(a, b)
    assert one.history == other.history
    metrics = [dict(run.metrics) for run in (one, other)]
    for each in metrics:
        each.pop("seconds")
    assert metrics[0] == metrics[1]
    names = ("divergence.json", "history.csv")
    for name in names:
        texts = [(run.directory / name).read_text() for run in (one, other)]
        assert texts[0] == texts[1]


def divergences(path):
    return json.loads((path / "divergence.json").read_text())["divergences"]


BY_HAND = pytest.mark.by_hand_on_jax
PLATEAU = Part("reduce_on_plateau", patience=1, min_delta=9.0)
SCHEDULES = [
    "constant",
    pytest.param(PLATEAU, marks=BY_HAND),
    pytest.param("warmup_cosine", marks=BY_HAND),
]


@pytest.mark.slow
@pytest.mark.parametrize("schedule", SCHEDULES, ids=str)
def test_a_rewind_scales_the_rate_once_killed_or_not(tmp_path, schedule):
    recipe = tiny(schedule=schedule)
    plain = fit(recipe, tmp_path / "plain")
    before = plain.history["learning_rate"]
    first = {2: tmp_path / "at-once", 3: tmp_path / "later"}
    # Too fast until it has been halved twice.
    watch = TooFast(2, 0.3 * before[2], tmp_path / "a", first)
    run = fit(recipe, tmp_path / "a", watch)
    assert run.metrics["rewinds"] == 2 and "rewinds" not in plain.metrics
    # The second rewind goes one checkpoint further back.
    rates = np.array([1, 0.25, 0.25, 0.25, 0.25]) * before
    np.testing.assert_allclose(run.history["learning_rate"], rates, rtol=1e-5)
    assert [epoch for epoch, _ in watch.seen] == [0, 1, 2, 2, 1, 2, 3, 4]
    found = divergences(tmp_path / "a")
    assert [each["answer"] for each in found] == ["rewind", "rewind"]
    assert {each["epoch"] for each in found} == {3}
    assert [each["to"] for each in found] == [[2, 0], [1, 0]]
    assert run.history["loss"][0] == plain.history["loss"][0]
    for path in first.values():
        (path / "lock").unlink(missing_ok=True)
        again = TooFast(2, 0.3 * before[2], path)
        same(run, fit(recipe, path, again))
        assert again.seen[0][0] in (2, 3), "it began anew"


@pytest.mark.by_hand_on_jax
@pytest.mark.slow
def test_it_is_bounded_and_says_so(tmp_path, capsys):
    path = tmp_path / "a"
    with pytest.raises(DivergedError, match="3 rewinds did not help"):
        fit(tiny(), path, TooFast(1, 0.0, path))
    answers = [each["answer"] for each in divergences(path)]
    assert answers == ["rewind"] * 3 + ["stop"]
    assert list((path / "checkpoint").glob("epoch-0001.*.npz"))
    # Going on is allowed; all rewinds are used up.
    with pytest.raises(DivergedError, match="3 rewinds did not help"):
        fit(tiny(), path, TooFast(1, 0.0, path))
    assert [e["answer"] for e in divergences(path)].count("rewind") == 3


@pytest.mark.by_hand_on_jax
@pytest.mark.slow
def test_a_run_that_has_stopped_goes_on_with_a_rewind(tmp_path, capsys):
    path = tmp_path / "a"
    given = {"directory": path, "callbacks": [TooFast(2, 0.01, path)]}
    for _ in range(2):
        with pytest.raises(DivergedError):
            tiny().fit((X, Y), **given, save_freq=2)
    said = capsys.readouterr().out
    assert "it diverged before, in epoch 3, and does again" in said
    assert "--on-divergence rewind" in said
    run = tiny().fit((X, Y), **given, save_freq=2, on_divergence="rewind")
    assert "rewind 1 of 3" in capsys.readouterr().out
    assert run.metrics["rewinds"] == 1
    assert run.history["learning_rate"][-1] == pytest.approx(0.008)


@pytest.mark.by_hand_on_jax
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The validation loss of epoch 3 is inf")
def test_a_rate_that_is_too_high_by_itself(tmp_path):
    # The rate rises: what is stable in the first epoch is not in later ones.
    recipe = tiny(
        schedule=Part("warmup_cosine", warmup=0.5),
        optimizer=Part("sgd", learning_rate=1.4),
        epochs=8,
        activation="leaky_relu",
        normalization=None,
        # Not every seed does: a network can be spoiled by finite numbers.
        seed=1,
    )
    with pytest.raises(DivergedError):
        recipe.fit((X, Y), directory=tmp_path / "stop", verbose=False)
    run = fit(recipe, tmp_path / "a")
    assert 1 <= run.metrics["rewinds"] <= 3
    assert run.metrics["test_r2"] > 0.3
    assert divergences(tmp_path / "a")[0]["step"] is not None


def test_what_cannot_be_is_refused_before_any_work(tmp_path):
    scheduler = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate)
    with pytest.raises(RecipeError, match="LearningRateScheduler"):
        fit(tiny(), tmp_path / "a", scheduler)
    with pytest.raises(RecipeError, match="Received: 'retry'"):
        tiny().fit((X, Y), directory=tmp_path / "a", on_divergence="retry")
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("text", ['{"divergences": [{"answer": 1}]}', "{"])
def test_a_damaged_record_is_refused(tmp_path, text):
    path = tmp_path / "a"
    with pytest.raises(DivergedError):
        tiny(epochs=2).fit(
            (X, Y),
            directory=path,
            callbacks=[TooFast(1, 0.0, path)],
            verbose=False,
        )
    (path / "divergence.json").write_text(text)
    with pytest.raises(RunError, match="divergence.json"):
        fit(tiny(epochs=2), path)
