"""The user's error, memory, numbers and the backend: each told apart."""

import json
import traceback

import keras
import numpy as np
import pytest

import recipes
from callbacks import SteadyConsole
from recipes import Choice, DivergedError, Part, RecipeError, RunError
from recipes.training.candidate import fit_candidate
from recipes.training.plan import make_plan
from recipes.training.settled import settle
from recipes.training.train import train
from recipes.tuning.failures import (
    GaveUp,
    endure,
    fatal,
    kind_of,
    own_errors,
)
from recipes.tuning.memory import Memory, halved
from recipes.tuning.tuner import JOURNAL

TINY = recipes.tabular_classifier(
    network=Part("mlp", units=(4,)),
    optimizer=Part("sgd", learning_rate=0.1),
    epochs=2,
    early_stopping=None,
)
GRID = {"tuner": "grid", "verbose": False}
HUGE = 2**40  # numbers; more than any machine has


@keras.saving.register_keras_serializable(package="tests")
class Hungry(keras.layers.Layer):
    """Takes more memory than there is to train on batches above `most`."""

    def __init__(self, most, **options):
        super().__init__(**options)
        self.most = most

    def call(self, x, training=None):
        if not training:
            return x
        over = keras.ops.maximum(keras.ops.shape(x)[0] - self.most, 0)
        size = keras.ops.cast(over, "int64") * HUGE + 1
        # Drawn, as zeros would never be made.
        taken = keras.ops.max(keras.random.uniform((size,), seed=1))
        return x + 1e-30 * taken

    def compute_output_shape(self, shape):
        return shape

    def get_config(self):
        return {**super().get_config(), "most": self.most}


def hungry(inputs, layers, most=8):
    x = layers.dense(layers.flatten(inputs), 4)
    return Hungry(most)(x)


def tensorflow_errors():
    return pytest.importorskip("tensorflow").errors


def test_the_users_error_stops_the_sweep_with_its_own_traceback(tmp_path):
    outside = []

    def mine(inputs, layers, units=4):
        def impossible():
            raise KeyError(f"no {units} here")

        if units == 3 and not outside:
            impossible()
        return layers.dense(layers.flatten(inputs), units)

    recipes.register("network", "mine", mine)
    recipe = TINY.replace(network=Part("mine", units=Choice([4, 3, 2])))
    options = {**GRID, "directory": tmp_path / "a"}
    with pytest.raises(RecipeError, match="built: KeyError: 'no 3") as caught:
        recipe.sweep("iris", **options)
    error = caught.value
    cause = traceback.extract_tb(error.__cause__.__traceback__)
    assert [frame.name for frame in cause][-2:] == ["mine", "impossible"]
    names = [f.name for f in traceback.extract_tb(error.__traceback__)]
    assert {"fit_candidate", "build_networks"} <= set(names)
    (note,) = error.__notes__
    assert "trial 0001" in note and "network/units=3" in note
    lines = (tmp_path / "a" / JOURNAL).read_text().splitlines()
    events = [json.loads(line)["event"] for line in lines]
    assert events == ["create", "end", "create"]  # the second stays open
    first = tmp_path / "a" / "trials" / "trial_0000" / "result.json"
    before = first.stat().st_ino
    outside.append("mended")
    sweep = recipe.sweep("iris", **options)
    assert [t["ended"] for t in sweep.trials] == ["completed"] * 3
    assert first.stat().st_ino == before


def test_any_error_comes_through_as_it_was():
    def impossible():
        raise KeyError("mine") from OSError("disk")

    with pytest.raises(KeyError) as caught, own_errors():
        with fatal("0007", {"dropout": 0.5}):
            impossible()
    error = caught.value
    assert type(error) is KeyError and error.args == ("mine",)
    assert isinstance(error.__cause__, OSError)
    names = [f.name for f in traceback.extract_tb(error.__traceback__)]
    assert names[-1] == "impossible"
    assert error.__notes__ == ["In trial 0007 of the sweep: dropout=0.5"]


def test_an_impossible_value_is_the_users(tmp_path):
    recipe = TINY.replace(network=Part("mlp", units=Choice([(0,)])))
    with pytest.raises(RecipeError) as caught:
        recipe.sweep("iris", directory=tmp_path / "a", **GRID)
    assert "trial 0000" in caught.value.__notes__[0]


@pytest.mark.slow
def test_a_batch_too_large_for_memory_is_halved(tmp_path):
    recipes.register("network", "hungry", hungry)
    recipe = TINY.replace(
        network=Part("hungry", most=Choice([7])),
        batch_size=14,
        epochs=1,
    )
    sweep = recipe.sweep("iris", directory=tmp_path / "a", **GRID)
    (trial,) = sweep.trials
    assert trial["ended"] == "completed" and trial["score"] > 0
    found = trial["out_of_memory"]
    assert {k: v for k, v in found.items() if k != "words"} == {
        "halved": 1,
        "batch_size": 7,
        "parts": 2,
        "gradient_accumulation_steps": 2,
    }
    assert "batches of 14" in trial["message"]
    assert sweep.best.batch_size == 7
    config = sweep.best.optimizer.config
    assert config["gradient_accumulation_steps"] == 2
    run = sweep.best_run  # as the trial: with the examples of whole batches
    assert run.environment["steps_per_epoch"] == 12 != 97 // 7
    assert trial["metrics"].items() <= run.metrics.items()


@pytest.mark.both_backends
@pytest.mark.parametrize("kind", ["sgd", "adamw"])
def test_the_halved_fit_makes_the_same_updates(kind, tmp_path):
    recipe = TINY.replace(
        optimizer=Part(kind, learning_rate=0.05),
        schedule="constant",
        dropout=0.0,
        normalization=None,
        batch_size=14,
        epochs=3,
    )
    data = recipes.data.load("iris", seed=0)
    assert (len(data.train) // 7) % 2  # the last half batch would be alone
    memory = Memory(recipe, len(data.train), tmp_path)
    assert memory.halve() and memory.recipe.batch_size == 7
    # A plain fit of the same recipe leaves out no batch.
    plain = settle(memory.recipe, data).loader
    assert plain.steps_per_epoch == len(data.train) // 7
    given = {"parts": memory.parts}
    plans = [make_plan(recipe, data), make_plan(memory.recipe, data, **given)]
    whole, halves = (plan.loader for plan in plans)
    assert halves.steps_per_epoch == 2 * whole.steps_per_epoch
    one, other = whole.batches(), halves.batches()
    for _ in range(2 * whole.steps_per_epoch):  # two epochs
        x, y = next(one)
        parts = [next(other), next(other)]
        np.testing.assert_array_equal(x, np.concatenate([p[0] for p in parts]))
        np.testing.assert_array_equal(y, np.concatenate([p[1] for p in parts]))
    for plan in plans:
        train(plan, [], tmp_path, SteadyConsole(quiet=True))
    found = [plan.model.get_weights() for plan in plans]
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, 1e-3, 1e-5)


@pytest.mark.parametrize(
    "batch, steps, rows, expected",
    [
        (64, None, 1000, (32, 2)),
        (64, 3, 1000, (32, 6)),
        (45, None, 1000, (15, 3)),
        (64, None, 50, (25, 2)),
        (7, None, 1000, (1, 7)),
        (1, None, 1000, None),
    ],
)
def test_batch_times_steps_is_kept(batch, steps, rows, expected):
    part = Part("adamw", gradient_accumulation_steps=steps)
    recipe = TINY.replace(batch_size=batch, optimizer=part, epochs="auto")
    found = halved(recipe, rows)
    if expected is None:
        assert found is None
        return
    config = found.optimizer.config
    assert (found.batch_size, config["gradient_accumulation_steps"]) == expected
    assert np.prod(expected) == min(batch, rows) * (steps or 1)
    updates = max(1, rows // min(batch, rows))
    assert found.epochs == recipes.resolve.epochs_for(recipe, updates)


class NoMemory:
    """Fits until a batch is larger than `most`."""

    def __init__(self, memory, error, most):
        self.memory, self.error, self.most = memory, error, most
        self.batches, self.cleared = [], 0

    def __call__(self):
        self.batches.append(self.memory.recipe.batch_size)
        if self.batches[-1] > self.most:
            raise self.error
        return "fitted"

    def clear(self):
        self.cleared += 1


def test_memory_is_remembered_by_the_trial_and_its_next(tmp_path):
    recipe = TINY.replace(batch_size=8)
    fit = NoMemory(Memory(recipe, 100, tmp_path), MemoryError(), most=2)
    assert endure(fit, fit.memory, fit.clear) == ("fitted", 0)
    assert fit.batches == [8, 4, 2] and fit.cleared == 2
    assert Memory(recipe, 100, tmp_path).recipe.batch_size == 2
    assert Memory(recipe, 100, tmp_path).parts == 4
    assert Memory(recipe, 6, tmp_path / "few").parts == 1
    (tmp_path / "next").mkdir()
    later = Memory(recipe, 100, tmp_path / "next", tmp_path)
    assert later.recipe.batch_size == 2 and later.goes_on
    later.halve()
    assert not later.goes_on
    (tmp_path / "memory.json").write_text('{"hal')
    assert Memory(recipe, 100, tmp_path).recipe == recipe


def test_a_model_too_large_for_one_example_ends_its_trial(tmp_path):
    recipe = TINY.replace(batch_size=6)
    fit = NoMemory(Memory(recipe, 100, tmp_path), MemoryError(), most=0)
    with pytest.raises(GaveUp, match="batches of 1,") as caught:
        endure(fit, fit.memory, fit.clear)
    assert caught.value.ended == "out_of_memory"
    assert fit.batches == [6, 3, 1]


def test_crashes_are_retried_a_bounded_number_of_times(tmp_path):
    error = tensorflow_errors().InternalError(None, None, "the kernel is gone")
    fit = NoMemory(Memory(TINY, 100, tmp_path), error, most=0)
    with pytest.raises(
        GaveUp, match="crashed 3 times.*kernel is gone"
    ) as found:
        endure(fit, fit.memory, fit.clear)
    assert found.value.ended == "crashed" and fit.batches == [32] * 3
    assert fit.cleared == 0 and found.value.crashes == 3


def test_a_crash_is_told_in_the_result(tmp_path):
    errors = tensorflow_errors()
    left = [errors.AbortedError(None, None, "gone")] * 2

    def shaky(inputs, layers):
        if left:
            raise left.pop()
        return layers.dense(layers.flatten(inputs), 4)

    recipes.register("network", "shaky", shaky)
    recipe = TINY.replace(network="shaky", dropout=Choice([0.0]))
    sweep = recipe.sweep("iris", directory=tmp_path / "a", **GRID)
    assert [(t["ended"], t["crashes"]) for t in sweep.trials] == [
        ("completed", 2)
    ]


@pytest.mark.parametrize("most", [1, 2])
def test_the_sweep_says_how_many_crashes_there_may_be(most, tmp_path):
    """In all the fits of a trial together: the second goes on counting."""
    error = tensorflow_errors().AbortedError(None, None, "gone")
    built, failing = [], (0, 2) if most == 2 else (0,)

    def shaky(inputs, layers):
        built.append(len(built))
        if built[-1] in failing:
            raise error
        return layers.dense(layers.flatten(inputs), 4)

    recipes.register("network", "shaky", shaky)
    recipe = TINY.replace(network="shaky", dropout=Choice([0.0]), epochs=1)
    given = {**GRID, "executions_per_trial": 2, "max_crashes": most}
    (trial,) = recipe.sweep("iris", directory=tmp_path, **given).trials
    assert (trial["ended"], trial["crashes"]) == ("crashed", most)
    assert len(built) == (3 if most == 2 else 1)
    assert f"crashed {most} times" in trial["message"]


def test_all_diverged(tmp_path, capsys):
    part = Part("sgd", learning_rate=Choice([1e6]))
    recipe = TINY.replace(optimizer=part)
    sweep = recipe.sweep("iris", directory=tmp_path / "a", **GRID)
    (trial,) = sweep.trials
    assert trial["ended"] == "diverged" and trial["score"] is None
    assert trial["message"].startswith("The run diverged")
    assert "Invalid loss" not in capsys.readouterr().out
    assert trial["epochs"] == [2]
    table = " ".join(str(sweep.table()).split())
    why = trial["message"].removeprefix("The run diverged: ")
    assert f"trial 0000: diverged: {why}" in table
    with pytest.raises(RunError, match="the only trial diverged"):
        sweep.best  # noqa: B018
    data = recipes.data.load("iris", seed=0)
    closed = TINY.replace(optimizer=Part("sgd", learning_rate=1e6))
    with pytest.raises(DivergedError, match="lower optimizer/learning_rate"):
        fit_candidate(closed, data, tmp_path, SteadyConsole(quiet=True))


def xla(message):
    return pytest.importorskip("jax").errors.JaxRuntimeError(message)


@pytest.mark.parametrize(
    "make, kind",
    [
        (lambda: MemoryError(), "out_of_memory"),
        (lambda: xla("RESOURCE_EXHAUSTED: Out of memory"), "out_of_memory"),
        (lambda: xla("INTERNAL: CUDNN_STATUS_ALLOC_FAILED"), "out_of_memory"),
        (lambda: xla("INTERNAL: a ptxas that fails"), "crashed"),
        (lambda: xla("INVALID_ARGUMENT: INTERNAL"), "user"),
        (lambda: DivergedError("x"), "diverged"),
        (lambda: RunError("x"), "user"),
        (lambda: OSError("no space left"), "user"),
        (lambda: ValueError("OOM when allocating my own list"), "user"),
    ],
)
def test_kinds(make, kind):
    assert kind_of(make()) == kind


@pytest.mark.parametrize(
    "name, message, kind",
    [
        ("ResourceExhaustedError", "OOM when allocating", "out_of_memory"),
        ("InternalError", "Dst tensor is not initialized.", "out_of_memory"),
        ("InternalError", "the kernel is gone", "crashed"),
        ("UnavailableError", "gone", "crashed"),
        ("UnknownError", "gone", "crashed"),
        ("UnknownError", "Traceback (most recent call last): mine", "user"),
        ("InvalidArgumentError", "shapes", "user"),
        ("NotFoundError", "file", "user"),
    ],
)
def test_kinds_of_tensorflow(name, message, kind):
    error = getattr(tensorflow_errors(), name)(None, None, message)
    assert kind_of(error) == kind
