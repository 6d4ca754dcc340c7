"""Every backbone of the registry goes on with the bits it had.

glyphnet is a row of test_every_entry.py. A fit of each of the others would
cost minutes: of each module of keras.applications the smallest network is
built twice, and the second gets the state of the first from its file; whole
fits are cut of one. The files of keras_file and keras_hub are networks of
anyone's, of the same layers.
"""

import gc

import keras
import numpy as np
import pytest

import recipes
from callbacks import whole_state
from callbacks.state_file import read_states, write_state
from recipes import registry
from recipes.backbones import families
from recipes.backbones.families import FAMILIES
from tests.training.exact.test_every_entry import ROWS

# Module of keras.applications → its smallest network.
SMALLEST = {
    "convnext": "ConvNeXtTiny",
    "densenet": "DenseNet121",
    "efficientnet": "EfficientNetB0",
    "efficientnet_v2": "EfficientNetV2B0",
    "inception_resnet_v2": "InceptionResNetV2",
    "inception_v3": "InceptionV3",
    "mobilenet": "MobileNet",
    "mobilenet_v2": "MobileNetV2",
    "mobilenet_v3": "MobileNetV3Small",
    "nasnet": "NASNetMobile",
    "resnet": "ResNet50",
    "resnet_v2": "ResNet50V2",
    "vgg16": "VGG16",
    "vgg19": "VGG19",
    "xception": "Xception",
}
OF_ANYONE = {"keras_file", "keras_hub"}


def covered():
    """Return the backbones that a test goes on with, or the layers of."""
    built = {n for n, row in FAMILIES.items() if row.module in SMALLEST}
    fitted = {name for kind, name in ROWS if kind == "backbone"}
    return built | fitted | OF_ANYONE


def test_every_backbone_of_the_registry_is_covered():
    assert covered() == set(registry.names("backbone"))
    assert all(FAMILIES[n].module == m for m, n in SMALLEST.items())


def built(name, seed):
    keras.backend.clear_session()
    gc.collect()
    keras.utils.set_random_seed(seed)
    model = getattr(families, name)(weights=None).model
    model.compile(keras.optimizers.SGD(0.1 * seed), "mse")
    model.optimizer.build(model.trainable_variables)
    return model


def arrays(variables):
    return [np.array(keras.ops.convert_to_numpy(v)) for v in variables]


def same(one, two):
    return [a.tobytes() == b.tobytes() for a, b in zip(one, two, strict=True)]


@pytest.mark.by_hand_on_jax
@pytest.mark.slow
@pytest.mark.parametrize("name", SMALLEST.values())
def test_a_new_network_gets_every_bit_from_the_file(name, tmp_path):
    model = built(name, 1)
    for variable in model.non_trainable_variables:  # as after some steps
        variable.assign(variable + keras.ops.cast(1, variable.dtype))
    wanted = arrays([*model.variables, *model.optimizer.variables])
    write_state(tmp_path, 1, {"step": 0, **whole_state.take(model, [])})
    del model
    other = built(name, 2)
    new = [*other.variables, *other.optimizer.variables]
    assert not all(same(wanted, arrays(new)))
    whole_state.put_back(other, [], next(read_states(tmp_path))[1])
    assert all(same(wanted, arrays(new)))


@pytest.mark.both_backends
@pytest.mark.by_hand_on_jax
@pytest.mark.slow
def test_fits_of_one_go_on_to_the_same_bits(cutter):
    recipes.register(
        "backbone",
        "small_mobilenet",
        lambda: families.MobileNet(weights=None, input_shape=(32, 32, 3)),
    )
    recipe = recipes.image_fine_tuner(
        "small_mobilenet",
        strategy="full",
        image_size=(32, 32),
        epochs=2,
        batch_size=8,
    )
    x = np.random.default_rng(0).integers(0, 256, (48, 32, 32, 3), "uint8")
    cutter.check(recipe, (x, np.arange(48) % 2), [(1, 1)], save_freq=1)
