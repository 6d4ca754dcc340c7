"""Weight decay by hand, and what does not decay, after loading too."""

import keras
import numpy as np
import pytest

import recipes
from recipes import registry
from recipes.techniques.weight_decay import EXCLUDED, SGDW, AdamW
from recipes.training.optimizer import build_optimizer

pytestmark = pytest.mark.both_backends

RATE, DECAY = 0.1, 0.5
STAYS = {"bias", "beta", "gamma", "alpha"}


def model():
    """One variable of every kind that a network here can have."""
    return keras.Sequential(
        [
            keras.Input((4, 4, 2)),
            keras.layers.Conv2D(4, 1),
            keras.layers.BatchNormalization(),
            keras.layers.PReLU(shared_axes=(1, 2)),
            keras.layers.GroupNormalization(2),
            keras.layers.Flatten(),
            keras.layers.Dense(3),
            keras.layers.LayerNormalization(),
        ]
    )


def decayed(network):
    """Apply one step of gradient 0; return the names that decayed."""
    variables = network.trainable_variables
    for variable in variables:
        variable.assign(np.ones(variable.shape))
    zeros = [keras.ops.zeros(v.shape) for v in variables]
    network.optimizer.apply(zeros, variables)
    found = {}
    for variable in variables:
        value = np.unique(np.asarray(variable))
        assert value.size == 1
        found.setdefault(variable.name, set()).add(round(float(value[0]), 5))
    assert all(
        values in ({1.0}, {1 - RATE * DECAY}) for values in found.values()
    )
    return {name for name, values in found.items() if values != {1.0}}


def loaded(network, path):
    network.save(path)
    return keras.saving.load_model(path)


@pytest.mark.parametrize("kind", [AdamW, SGDW])
@pytest.mark.parametrize(
    "options, expected",
    [
        ({}, {"kernel"}),
        ({"exclude_from_weight_decay": ()}, {"kernel"} | STAYS),
        ({"exclude_from_weight_decay": []}, {"kernel"} | STAYS),
        ({"exclude_from_weight_decay": ("kernel",)}, STAYS),
        ({"exclude_from_weight_decay": "kernel"}, STAYS),
    ],
)
def test_what_decays_now_and_after_loading(kind, options, expected, tmp_path):
    network = model()
    network.compile(kind(RATE, weight_decay=DECAY, **options), "mse")
    assert decayed(network) == expected
    again = loaded(network, tmp_path / "model.keras")
    assert type(again.optimizer) is kind
    assert decayed(again) == expected


def test_keras_own_forgets_its_exclusions(tmp_path):
    optimizer = keras.optimizers.AdamW(RATE, weight_decay=DECAY)
    optimizer.exclude_from_weight_decay(var_names=list(EXCLUDED))
    network = model()
    network.compile(optimizer, "mse")
    assert decayed(network) == {"kernel"}
    again = loaded(network, tmp_path / "model.keras")
    assert decayed(again) == {"kernel"} | STAYS


@pytest.mark.parametrize("kind", [AdamW, SGDW])
def test_config_round_trip(kind):
    first = kind(0.3, weight_decay=0.2, exclude_from_weight_decay=("a", "b"))
    again = kind.from_config(first.get_config())
    assert again.get_config() == first.get_config()
    assert again.excluded == ("a", "b")


@pytest.mark.parametrize("decay", [None, 0.0])
@pytest.mark.parametrize("kind", [AdamW, SGDW])
def test_no_decay(kind, decay):
    if kind is AdamW and decay is None:
        pytest.skip("Keras' AdamW needs a number")
    network = model()
    network.compile(kind(RATE, weight_decay=decay), "mse")
    assert decayed(network) == set()


def adamw(w, gradients, decay):
    m = v = np.zeros_like(w)
    for t, g in enumerate(gradients, 1):
        w = w - RATE * decay * w
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        unbiased = m / (1 - 0.9**t), v / (1 - 0.999**t)
        w = w - RATE * unbiased[0] / (np.sqrt(unbiased[1]) + 1e-7)
    return w


def sgdw(w, gradients, decay):
    velocity = np.zeros_like(w)
    for g in gradients:
        w = w - RATE * decay * w
        velocity = 0.9 * velocity - RATE * g
        w = w + velocity
    return w


@pytest.mark.parametrize(
    "optimizer, by_hand",
    [
        (lambda: AdamW(RATE, weight_decay=DECAY), adamw),
        (lambda: SGDW(RATE, momentum=0.9, weight_decay=DECAY), sgdw),
    ],
    ids=["adamw", "sgdw"],
)
@pytest.mark.parametrize("name, decay", [("kernel", DECAY), ("bias", 0.0)])
@pytest.mark.parametrize("steps", [1, 3])
def test_by_hand(optimizer, by_hand, name, decay, steps):
    generator = np.random.default_rng(0)
    w, *gradients = generator.normal(size=(1 + steps, 5))
    variable = keras.Variable(w, dtype="float32", name=name)
    optimizer = optimizer()
    for g in gradients:
        gradient = keras.ops.convert_to_tensor(g, "float32")
        optimizer.apply([gradient], [variable])
    found = np.asarray(variable)
    np.testing.assert_allclose(found, by_hand(w, gradients, decay), 1e-4, 1e-5)
    other = by_hand(w, gradients, DECAY - decay)
    assert abs(found - other).max() > 1e-3


def build(name, **config):
    recipe = recipes.tabular_classifier(
        optimizer=recipes.Part(
            name, learning_rate=RATE, weight_decay=DECAY, **config
        ),
        schedule="constant",
    )
    return build_optimizer(recipe.resolve(), 10)


@pytest.mark.parametrize("name", registry.MENU["optimizer"])
@pytest.mark.parametrize("excluded", [None, ("kernel",)], ids=str)
def test_every_row_keeps_its_exclusions(name, excluded, tmp_path):
    """As a `ModelCheckpoint` of the network in training has them."""
    given = {"exclude_from_weight_decay": excluded} if excluded else {}
    network = model()
    network.compile(build(name, **given), "mse")
    network.optimizer.build(network.trainable_variables)
    again = loaded(network, tmp_path / "model.keras")
    assert type(again.optimizer) is type(network.optimizer)
    expected = STAYS if excluded else {"kernel"}
    for built in (network, again):
        assert built.optimizer.excluded == (excluded or EXCLUDED)
        if name != "ftrl":  # without gradients it makes every weight 0
            assert decayed(built) == expected


def test_what_an_optimizer_of_the_users_own_excludes_is_left_alone():
    class OnlyGamma(keras.optimizers.SGD):
        def __init__(self, learning_rate=0.1, weight_decay=None, **options):
            super().__init__(learning_rate, weight_decay=weight_decay)
            self.exclude_from_weight_decay(var_names=["gamma"])

    recipes.register("optimizer", "only_gamma", OnlyGamma)
    recipes.register("optimizer", "all", keras.optimizers.SGD)
    everything = {"kernel"} | STAYS
    for name, expected in (
        ("only_gamma", everything - {"gamma"}),
        ("all", everything),
        ("sgd", {"kernel"}),
    ):
        network = model()
        network.compile(build(name), "mse")
        assert decayed(network) == expected, name
