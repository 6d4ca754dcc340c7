"""The monitors of `callbacks` in `recipe.fit`."""

import numpy as np
import pytest

import recipes
from callbacks import ActivationMonitor, GradientMonitor
from recipes.training.callbacks import model_users
from recipes.training.optimizer import steps_per_execution

pytestmark = [pytest.mark.both_backends, pytest.mark.by_hand_on_jax]


@pytest.fixture(scope="module")
def digits():
    data = recipes.data.load("digits")
    return data, data.train.read()[:32], data.train.labels[:32]


def recipe(**given):
    network = recipes.Part("cnn", filters=(8,), depth=1)
    return recipes.image_classifier(network=network, epochs=2, **given)


def pair(x, targets, frequency="epoch"):
    return [
        ActivationMonitor(x, frequency),
        GradientMonitor(x, targets, frequency),
    ]


def fit(data, path, callbacks=(), **given):
    return recipe(**given).fit(
        data, directory=path, callbacks=callbacks, verbose=False
    )


@pytest.fixture(scope="module")
def watched(digits, tmp_path_factory):
    data, x, y = digits
    found = pair(x, np.eye(10)[y])
    path = tmp_path_factory.mktemp("runs") / "watched"
    return fit(data, path, found, activation="tanh"), found


def test_they_take_raw_images_and_see_the_trained_network(watched):
    run, (activations, gradients) = watched
    assert [r["epoch"] for r in activations.records] == [0, 1, 2]
    row = activations.records[-1]["layers"]["convolution1_activation"]
    assert row["activation"] == "tanh" and row["units"] == 8
    assert list(gradients.records[-1]["layers"])[-1] == "output"
    assert gradients.records[0]["loss"] == pytest.approx(np.log(10), rel=0.4)
    assert run.environment["steps_per_execution"] > 1
    assert activations.words() == gradients.words() == []


@pytest.mark.slow
def test_a_run_is_the_same_without_them(watched, digits, tmp_path):
    run, _ = watched
    plain = fit(digits[0], tmp_path / "plain", activation="tanh")
    assert plain.history == run.history
    pairs = zip(plain.model.weights, run.model.weights, strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)
    assert plain.metrics["test_loss"] == run.metrics["test_loss"]


def test_a_frequency_of_epochs_leaves_the_calls_as_long(digits):
    _, x, y = digits
    assert steps_per_execution(18, pair(x, y)) == 18
    assert steps_per_execution(18, pair(x, y, 5)) == 1
    names = ["ActivationMonitor", "GradientMonitor"]
    assert model_users(pair(x, y)) == names  # not a head on its features


@pytest.mark.slow
def test_steps(digits, tmp_path):
    data, x, y = digits
    found = pair(x, np.eye(10)[y], 10)
    run = fit(data, tmp_path / "steps", found)
    steps = run.environment["steps_per_epoch"]
    assert run.environment["steps_per_execution"] == 1
    expected = [
        (1 + (n - 1) // steps, 1 + (n - 1) % steps)
        for n in range(10, 2 * steps + 1, 10)
    ]
    for monitor in found:
        looks = [(r["epoch"], r["step"]) for r in monitor.records]
        assert looks == [(0, 0), *expected]


@pytest.mark.slow
@pytest.mark.parametrize(
    "make, spec, targets",
    [
        (
            recipes.tabular_classifier,
            "breast_cancer",
            lambda y: y[:, None].astype("float32"),
        ),
        (recipes.tabular_classifier, "iris", lambda y: np.eye(3)[y]),
        (
            recipes.tabular_regressor,
            "diabetes",
            lambda y: (y - y.mean(axis=0)) / y.std(axis=0),
        ),
    ],
)
def test_tables(make, spec, targets, tmp_path):
    data = recipes.data.load(
        spec, target="number" if "reg" in make.__name__ else "class"
    )
    found = pair(data.train.read()[:40], targets(data.train.labels)[:40])
    make(epochs=2, early_stopping=None).fit(
        data, directory=tmp_path / "run", callbacks=found, verbose=False
    )
    assert all(len(monitor.records) == 3 for monitor in found)
    assert found[0].words() == found[1].words() == []


@pytest.mark.slow
def test_a_frozen_backbone_is_seen_whole(digits, tmp_path):
    _, x, y = digits
    data = recipes.data.load((np.repeat(x, 2, axis=0), np.repeat(y % 2, 2)))
    found = pair(x, (y % 2)[:, None].astype("float32"))
    recipes.image_fine_tuner("glyphnet", strategy="frozen", epochs=1).fit(
        data, directory=tmp_path / "run", callbacks=found, verbose=False
    )
    names = list(found[0].records[-1]["layers"])
    assert sum("/" in name for name in names) > 2, names
    trained = list(found[1].records[-1]["layers"])
    assert trained and found[1].records[-1]["layers"][trained[-1]]["gradient"]
