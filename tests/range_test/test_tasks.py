"""The range test on each kind of task, and its suggestion beside a grid."""

import keras
import numpy as np
import pytest

import recipes
from recipes.range_test import curve as room
from recipes.range_test.curve import measure
from recipes.training.plan import load_for

pytestmark = [pytest.mark.both_backends, pytest.mark.by_hand_on_jax]
GRID = (1e-3, 1e-2, 1e-1)


def trained(recipe, path):
    run = recipe.replace(epochs=4).fit("digits", directory=path, verbose=False)
    return run.metrics["validation_loss"]


@pytest.mark.slow
def test_the_suggestion_is_within_reach_of_the_best_of_a_grid(tmp_path):
    recipe = recipes.image_classifier()
    found = recipe.range_test("digits", verbose=False)
    losses = {
        rate: trained(
            recipe.replace(
                optimizer=recipe.optimizer.replace(learning_rate=rate)
            ),
            tmp_path / f"{rate}",
        )
        for rate in (*GRID, found.suggestion.learning_rate / 100)
    }
    ours = trained(found.recipe, tmp_path / "ours")
    best = min(losses[rate] for rate in GRID)
    assert ours < 1.5 * best, (found.suggestion, ours, losses)
    # And not every rate is: not a hundredth of it, nor an end of the grid.
    assert losses[found.suggestion.learning_rate / 100] > 3 * best
    assert losses[GRID[0]] > 1.5 * best


def test_numbers_have_suggestions():
    recipe = recipes.tabular_regressor()
    found = recipe.range_test("diabetes", verbose=False)
    assert 1e-3 < found.suggestion.learning_rate < 0.3
    assert found.stopped[0] is not None


@pytest.mark.slow
@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="texts need TensorFlow"
)
def test_texts_have_suggestions():
    found = recipes.text_classifier().range_test("docstrings", verbose=False)
    assert 1e-4 < found.suggestion.learning_rate < 0.3


@pytest.fixture
def plans(monkeypatch):
    """The plans that were compiled for a stage, as they are after it."""
    kept = []
    compiled = room.compile_stage

    def keep(plan, stage, end):
        rates = compiled(plan, stage, end)
        before = {v.path: np.array(v) for v in plan.model.variables}
        kept.append((plan, rates, before))
        return rates

    monkeypatch.setattr(room, "compile_stage", keep)
    return kept


@pytest.fixture(scope="module")
def few():
    digits = recipes.data.load("digits").train
    return digits.read(slice(0, 300)), digits.labels[:300]


def test_a_frozen_backbone_stays_frozen(few, plans):
    recipe = recipes.image_fine_tuner("glyphnet", strategy="frozen")
    found = recipe.range_test(few, steps=30, lowest=1e-4, verbose=False)
    assert found.curves[0].stage in str(found)
    (plan, rates, before) = plans[0]
    moves = {row.path: row.moves for row in rates.expected}
    moved = {
        v.path for v in plan.model.variables if (before[v.path] != v).any()
    }
    still = {path for path, what in moves.items() if what == "still"}
    assert len(still) > 5 and not moved & still
    assert {p for p, what in moves.items() if what == "moves"} <= moved


@pytest.mark.slow
def test_a_stage_keeps_its_multipliers_and_gets_the_rates(few, plans):
    recipe = recipes.image_fine_tuner(
        "glyphnet",
        strategy="layerwise",
        regularization="none",
        optimizer=recipes.Part("sgd", learning_rate=0.1, momentum=0.0),
        batch_size=32,
    )
    data = load_for(recipe, few)
    curve = measure(recipe, data, 1e-3, 1e-2, 20)
    plan, rates, before = plans[0]
    optimizer = plan.model.optimizer
    shares = dict(optimizer.multipliers)
    assert len(set(shares.values())) > 2, "one for each depth"
    assert int(optimizer.iterations) == len(curve.losses) == 20
    now = float(keras.ops.convert_to_numpy(optimizer.learning_rate))
    assert now == pytest.approx(1e-2, rel=1e-5)
    moved = {
        v.path: np.abs(np.array(v) - before[v.path]).max()
        for v in plan.model.trainable_variables
    }
    assert all(moved[path] > 0 for path, share in shares.items() if share)


@pytest.mark.slow
def test_images_that_are_augmented_and_averaged_weights():
    recipe = recipes.image_classifier(
        augmentation="standard",
        weight_average="exponential_moving_average",
        class_weight="balanced",
    )
    found = recipe.range_test("digits", steps=50, lowest=1e-5, verbose=False)
    assert found.suggestion is not None
    again = recipe.range_test("digits", steps=50, lowest=1e-5, verbose=False)
    np.testing.assert_array_equal(found.losses[0], again.losses[0])
    plain = recipe.replace(augmentation=None)
    other = plain.range_test("digits", steps=50, lowest=1e-5, verbose=False)
    assert not np.array_equal(found.losses[0], other.losses[0])
