"""A linear regression, whose limit is known: the rate 2 / λ of its Hessian."""

import numpy as np
import pytest

import recipes
from recipes.range_test.curve import measure
from recipes.training.plan import load_for, make_plan

pytestmark = pytest.mark.both_backends


def nothing(inputs, layers):
    return layers.flatten(inputs)


@pytest.fixture
def linear():
    """Full batches, plain SGD, no hidden layer, no penalty."""
    recipes.register("network", "nothing", nothing, "no hidden layer")
    return recipes.tabular_regressor(
        network="nothing",
        regularization="none",
        preprocessing=None,
        optimizer=recipes.Part("sgd", learning_rate=0.1, momentum=0.0),
        batch_size=10_000,
    )


def examples(scale):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 3)) * [scale, 1.0, 0.5]
    y = x @ [1.0, -2.0, 0.5] + rng.normal(size=200)
    return x.astype("float32"), y


def by_hand(data, weights, rates):
    """Gradient descent on the mean squared error, in float64."""
    x = np.c_[data.train.read().astype("float64"), np.ones(len(data.train))]
    y = np.ravel(data.train.labels)
    y = (y - y.mean()) / y.std()
    losses = []
    for rate in rates:
        wrong = x @ weights - y
        losses.append(np.mean(wrong**2))
        weights = weights - rate * 2 / len(y) * x.T @ wrong
    limit = 2 / np.linalg.eigvalsh(2 / len(y) * x.T @ x).max()
    return np.array(losses), limit


@pytest.mark.parametrize("scale", [1.0, 4.0])
def test_it_diverges_at_two_over_the_largest_curvature(linear, scale):
    data = load_for(linear, examples(scale))
    kernel, bias = make_plan(linear, data).model.get_weights()
    begin = np.r_[kernel.ravel(), bias]
    _, limit = by_hand(data, begin, [])
    curve = measure(linear, data, limit / 1000, limit * 1000, 301)
    losses, _ = by_hand(data, begin, curve.rates)
    below = curve.rates < limit
    # Above it, what grows began as a rounding error: of float32, or float64.
    np.testing.assert_allclose(
        curve.losses[below], losses[below], rtol=1e-4, atol=1e-5
    )
    assert below.any() and (np.diff(curve.losses[below]) < 1e-6).all()
    assert limit < curve.stopped < 4 * limit
    assert len(curve.losses) < 301 and curve.stopped == curve.rates[-1]


def test_a_wrong_limit_would_be_found(linear):
    """The negative control: another curvature has another limit."""
    data = load_for(linear, examples(4.0))
    _, limit = by_hand(data, np.zeros(4), [])
    _, other = by_hand(load_for(linear, examples(1.0)), np.zeros(4), [])
    curve = measure(linear, data, limit / 1000, limit * 1000, 301)
    assert not other < curve.stopped < 4 * other


def test_the_loss_is_the_batches_own(linear):
    """Keras' running mean over an epoch would be another."""
    recipe = linear.replace(batch_size=20)
    data = load_for(recipe, examples(1.0))
    curve = measure(recipe, data, 1e-12, 1e-11, 20)
    plan = make_plan(recipe, data)
    batches = plan.loader.batches()
    for loss in curve.losses:
        x, y = next(batches)
        wrong = plan.model.predict_on_batch(x) - y
        assert loss == pytest.approx(np.mean(wrong**2), rel=1e-5)


def test_gathered_gradients_are_one_step(linear):
    """Two halves of the rows are one full batch."""
    part = linear.optimizer.replace(gradient_accumulation_steps=2)
    data = load_for(linear, examples(1.0))
    half = len(data.train) // 2
    if len(data.train) % 2:
        pytest.skip("the rows have no halves")
    recipe = linear.replace(batch_size=half, optimizer=part)
    twice = measure(recipe, data, 1e-3, 100.0, 60)
    whole = measure(linear, data, 1e-3, 100.0, 60)
    assert twice.stopped == whole.stopped
    np.testing.assert_allclose(twice.losses, whole.losses, rtol=2e-2)
