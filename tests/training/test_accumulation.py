"""Gradient accumulation and clipping."""

import keras
import numpy as np
import pytest

import recipes
from recipes import Part, RecipeError
from recipes.training.optimizer import build_optimizer

pytestmark = pytest.mark.both_backends

RNG = np.random.default_rng(0)
X = RNG.normal(size=(24, 3)).astype("float32")
Y = (X @ [[1.0], [-2.0], [0.5]]).astype("float32")


def build(part, batches, **fields):
    recipe = recipes.tabular_regressor(optimizer=part, **fields).resolve()
    return build_optimizer(recipe, batches)


def train(optimizer, batch_size, batches=None):
    """Return the weights and every batch's learning rate."""
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(1, kernel_initializer="zeros")]
    )
    model.compile(optimizer, "mse")
    rates = []
    for i in range(batches or 2 * len(X) // batch_size):
        rows = np.arange(i * batch_size, (i + 1) * batch_size) % len(X)
        rates.append(float(optimizer.learning_rate))
        model.train_on_batch(X[rows], Y[rows])
    rates.append(float(optimizer.learning_rate))
    return model.get_weights(), rates


@pytest.mark.parametrize(
    "name, options",
    [
        ("sgd", {"momentum": 0.9}),
        ("adamw", {"weight_decay": 0.1}),
        ("adam", {"global_clipnorm": 0.1}),
    ],
)
def test_k_batches_of_b_are_one_of_k_times_b(name, options):
    def weights(batch_size, **more):
        part = Part(name, learning_rate=0.1, **options, **more)
        optimizer = build(part, 2 * 24 // batch_size, schedule="constant")
        return train(optimizer, batch_size)[0]

    one = weights(12)
    for a, b in zip(
        one, weights(4, gradient_accumulation_steps=3), strict=True
    ):
        np.testing.assert_allclose(a, b, 1e-4, 1e-5)
    assert abs(weights(4)[0] - one[0]).max() > 1e-3  # the control


@pytest.mark.parametrize("each", [1, 2, 5])
def test_the_schedule_spans_the_run(each):
    more = {"gradient_accumulation_steps": each}
    part = Part("sgd", learning_rate=0.1, **more)
    optimizer = build(part, 12, schedule="cosine")
    _, rates = train(optimizer, 4)
    expected = [0.05 * (1 + np.cos(np.pi * i / 12)) for i in range(13)]
    np.testing.assert_allclose(rates, expected, atol=1e-6)
    assert int(optimizer.iterations) == 12 // each  # it is not asked


def test_what_is_left_over_at_the_end_moves_nothing():
    part = Part("sgd", learning_rate=0.1, gradient_accumulation_steps=5)
    found = []
    for batches in (10, 12):  # two updates, and two batches more
        optimizer = build(part, batches, schedule="constant")
        found.append(train(optimizer, 4, batches=batches)[0])
    np.testing.assert_array_equal(found[0][0], found[1][0])
    part = part.replace(gradient_accumulation_steps=2)  # the control
    fewer, more = (
        train(build(part, 12, schedule="constant"), 4, batches=n)[0][0]
        for n in (10, 12)
    )
    assert abs(fewer - more).max() > 1e-4


def test_in_a_run(tmp_path):
    part = Part("adamw", learning_rate=1e-3, gradient_accumulation_steps=3)
    recipe = recipes.tabular_classifier(
        network=Part("mlp", units=(4,)),
        optimizer=part,
        early_stopping=None,
        batch_size=16,
        epochs=4,
    )
    run = recipe.fit("iris", directory=tmp_path / "a", verbose=False)
    rates = run.history["learning_rate"]
    assert rates[-1] == pytest.approx(0, abs=1e-9) and rates[-2] > 1e-5


def test_more_than_the_run_has_is_refused(tmp_path):
    part = Part("adamw", gradient_accumulation_steps=50)
    recipe = recipes.tabular_classifier(optimizer=part, epochs=2)
    with pytest.raises(RecipeError, match="never move.*Received: 50"):
        recipe.fit("iris", directory=tmp_path / "a", verbose=False)


@pytest.mark.parametrize("steps", [0, -2, 0.5, "2", True])
def test_no_number_of_batches_is_refused(steps):
    part = Part("sgd", gradient_accumulation_steps=steps)
    with pytest.raises(RecipeError, match="_steps` must be.*Received: "):
        build(part, 10)


@pytest.mark.parametrize("steps", [1, None])
def test_a_single_batch_is_no_accumulation(steps):
    part = Part("sgd", gradient_accumulation_steps=steps)
    assert build(part, 10).gradient_accumulation_steps is None


@pytest.mark.parametrize(
    "option, by_hand",
    [
        ("clipvalue", lambda a, b: (np.clip(a, -1, 1), np.clip(b, -1, 1))),
        ("clipnorm", lambda a, b: (a / np.linalg.norm(a), b)),
        ("global_clipnorm", lambda a, b: (a / 5.2**0.5, b / 5.2**0.5)),
    ],
)
def test_clipping_by_hand(option, by_hand):
    gradients = [np.array([2.0, -1.0]), np.array([0.2, 0.4])]
    part = Part("sgd", learning_rate=1.0, **{option: 1.0})
    optimizer = build(part, 10, schedule="constant")
    variables = [keras.Variable(np.zeros(2), dtype="float32") for _ in "ab"]
    tensors = [keras.ops.convert_to_tensor(g, "float32") for g in gradients]
    optimizer.apply(tensors, variables)
    for variable, expected in zip(variables, by_hand(*gradients), strict=True):
        np.testing.assert_allclose(np.asarray(variable), -expected, 1e-5)
