"""The proof, on real fits: what it catches, and where it keeps quiet."""

import keras
import numpy as np
import pytest

from recipes.errors import RecipeError, RunError
from recipes.techniques.optimizers import SGD
from recipes.techniques.weight_decay import AdamW
from recipes.transfer.frozen_statistics import FrozenStatistics
from recipes.transfer.moved import moved, same
from recipes.transfer.rates import optimizer_arguments, set_rates
from recipes.transfer.slots import carry
from recipes.transfer.snapshot import snapshot

pytestmark = pytest.mark.both_backends

layers = keras.layers
generator = np.random.default_rng(0)
X = generator.normal(1.0, 2.0, (16, 5)).astype("float32")
Y = X[:, :1] - X[:, 1:2]

HEAD = [("head", 1), ("stem", 0), ("top", 0)]
TOP = [("head", 1), ("stem", 0), ("top", 0.1)]
ALL = [(".*", 1)]


def backbone(seed=0):
    keras.utils.set_random_seed(seed)
    inputs = keras.Input((5,))
    x = layers.Dense(4, name="stem_dense")(inputs)
    x = layers.BatchNormalization(name="stem_norm")(x)
    x = layers.Dense(4, name="top_dense")(x)
    x = layers.BatchNormalization(name="top_norm")(x)
    return keras.Model(inputs, layers.Dropout(0.5)(x))


def network(wrap=FrozenStatistics):
    body, inputs = backbone(), keras.Input((5,))
    x = wrap(body)(inputs)
    x = layers.BatchNormalization(name="head_norm")(x)
    return keras.Model(inputs, layers.Dense(1, name="head_dense")(x))


def compiled(model, rates, kind=AdamW, rate=0.01, **config):
    config |= optimizer_arguments(kind, rates)
    model.compile(kind(rate, **config), "mse")
    model.optimizer.build(model.trainable_variables)


def fit(model):
    model.fit(X, Y, batch_size=8, shuffle=False, verbose=0)


def stage(model, table, between=None, **options):
    """Train one stage; `between` is what goes wrong before the fit."""
    rates = set_rates(model, table)
    compiled(model, rates, **options)
    before = snapshot(model, rates.expected)
    if between is not None:
        rates = between(model) or rates
    fit(model)
    return {row.path: row for row in moved(model, before, rates.expected)}


@pytest.mark.parametrize("kind", [AdamW, SGD])
@pytest.mark.parametrize("table", [HEAD, TOP, ALL])
def test_a_stage_as_planned(table, kind):
    rows = stage(network(), table, kind=kind)
    live = ("head",) + {1: ("top",), 2: ("top", "stem")}.get(
        [HEAD, TOP, ALL].index(table), ()
    )
    for path, row in rows.items():
        if "seed_generator" in path:
            assert row.expected == "any"
        elif path.endswith(("moving_mean", "moving_variance")):
            assert (row.verdict == "moved") == path.startswith("head")
        else:
            assert (row.verdict == "moved") == path.startswith(live), path
            assert (row.change > 0) == path.startswith(live)
    assert rows["head_dense/bias"].change == 1.0  # began at 0


def test_the_change_by_hand():
    model = network()
    kernel = model.get_layer("head_dense").kernel
    old = np.array(kernel, copy=True).astype("float64")
    found = stage(model, HEAD)["head_dense/kernel"].change
    new = np.asarray(kernel, "float64")
    size = max(np.linalg.norm(old), np.linalg.norm(new))
    assert found == pytest.approx(np.linalg.norm(new - old) / size)


# What has to be caught: the first four are those of the plan.


@pytest.mark.filterwarnings("ignore:A layer's `trainable` state has changed")
def test_trainable_changed_without_a_new_compile():
    model = network()
    stage(model, HEAD)  # traced for the head alone
    rates = set_rates(model, TOP)
    before = snapshot(model, rates.expected)
    if keras.backend.backend() == "jax":  # which finds it by itself
        with pytest.raises(ValueError, match="1:1"):
            fit(model)
        return
    fit(model)
    with pytest.raises(RunError, match="4 variables should have moved.*top_"):
        moved(model, before, rates.expected)


def test_a_waking_batch_normalization():
    def plain(body):
        return lambda x: body(x, training=False)

    with pytest.raises(RunError) as caught:
        stage(network(plain), TOP, between=sleeping)
    words = str(caught.value)
    assert "2 moving statistics should have stayed" in words
    assert "top_norm/moving_mean" in words and "FrozenStatistics" in words
    assert "stem_norm" not in words  # its layer is frozen as a whole


def sleeping(model):
    """What was planned: statistics of the backbone as in `FrozenStatistics`."""
    return set_rates(network(), TOP)


def test_an_expression_with_a_typing_mistake():
    with pytest.raises(RecipeError, match="'tpo' matches no variable"):
        stage(network(), [("head", 1), ("tpo", 0.1), (".*", 0)])

    def mistyped(model):
        """The same, past the check: as by a loop of the user's own."""
        for variable in model.trainable_variables:
            variable.trainable = variable.path.startswith(("head", "tpo"))
        model.compile(AdamW(0.01), "mse")

    with pytest.raises(RunError, match="did not.*top_dense/kernel"):
        stage(network(), TOP, between=mistyped)


@pytest.mark.parametrize("carried", [True, False])
@pytest.mark.parametrize("kind", [AdamW, SGD])
def test_an_optimizer_that_lost_its_slots(kind, carried):
    options = {"kind": kind}
    if kind is SGD:
        options["momentum"] = 0.9
    model = network()
    stage(model, HEAD, **options)
    end, old = snapshot(model), model.optimizer
    rates = set_rates(model, TOP)
    compiled(model, rates, **options)
    if carried:
        carry(old, model.optimizer)
        same(model, end, rates.expected)
        return
    with pytest.raises(RunError, match="lost its slots.*4 var.*head_dense"):
        same(model, end, rates.expected)
    model.compile(AdamW(0.01), "mse")  # not even built
    with pytest.raises(RunError, match="lost its slots"):
        same(model, end, rates.expected)


def test_a_weight_that_moves_between_stages():
    model = network()
    rates = set_rates(model, HEAD)
    end = snapshot(model, rates.expected)
    same(model, end)
    model.get_layer("head_dense").bias.assign([1e-30])
    with pytest.raises(RunError, match="Between two stages.*head_dense/bias"):
        same(model, end)


def test_a_frozen_weight_that_moves_by_one_bit():
    def nudged(model):
        kernel = model.weights[0]
        value = np.array(kernel, copy=True)
        value[0, 0] = np.nextafter(value[0, 0], np.inf)
        kernel.assign(value)

    with pytest.raises(RunError, match="1 variables are frozen and moved: s"):
        stage(network(), TOP, between=nudged)


def test_statistics_of_the_head_that_sleep():
    def asleep(model):
        model.get_layer("head_norm").momentum = 1.0

    with pytest.raises(RunError, match="did not: head_norm/moving_mean"):
        stage(network(), HEAD, between=asleep)


def relu_network(use_bias=True):
    inputs = keras.Input((5,))
    x = layers.Dense(3, "relu", use_bias=use_bias, name="low")(inputs)
    x = layers.Dense(1, use_bias=use_bias, name="head")(x)
    return keras.Model(inputs, x)


@pytest.mark.parametrize("kind", [AdamW, SGD])
def test_a_rate_too_small_for_float32(kind):
    """Without biases, which begin at 0, where no number is too small."""
    with pytest.raises(RunError, match="2 var.*did not: low/k.*precision"):
        stage(relu_network(use_bias=False), ALL, kind=kind, rate=1e-12)


@pytest.mark.parametrize("kind", [AdamW, SGD])
def test_steps_that_were_all_skipped(kind):
    """The loss is scaled out of float32's range: no step is taken."""

    def scaled(model):
        optimizer = keras.optimizers.LossScaleOptimizer(
            model.optimizer, initial_scale=float("inf")
        )
        model.compile(optimizer, "mse")

    with pytest.raises(RunError, match="4 variables should.*finite gradients"):
        stage(relu_network(), ALL, kind=kind, between=scaled)


# Where it keeps quiet.


def test_a_layer_whose_units_are_dead():
    """No gradient comes: the slots show it, or else it is stuck."""

    def trained(**options):
        model = relu_network()
        model.get_layer("low").bias.assign([-100.0] * 3)
        return stage(model, ALL, **options)

    rows = trained(weight_decay=0.0)
    idle = {path for path, row in rows.items() if row.verdict == "idle"}
    assert idle == {"low/kernel", "low/bias", "head/kernel"}
    with pytest.raises(RunError, match="2 variables.* low/kernel, low/bias"):
        trained(kind=SGD)  # head/kernel is excused by its bias, which moved


def test_a_digest_says_only_whether():
    model = network()
    rates = set_rates(model, HEAD)
    before = snapshot(model, rates.expected)
    kept = [v for v in before.values if not isinstance(v, bytes)]
    still = [row for row in rates.expected if row.moves == "still"]
    assert len(kept) == len(before.values) - len(still) < len(before.values)
    assert all(isinstance(v, bytes) for v in snapshot(model).values)
