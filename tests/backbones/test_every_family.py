"""Every network of keras.applications is built, and trained by two steps.

From raw uint8 images of another size than the network takes, first with the
backbone frozen, then with all of it. Of the large ones it takes minutes: as a
rule one of each module is trained, and the others are seen to have its kinds
of layers. RECIPES_EVERY_FAMILY=1 trains all but three, which have
ConvNeXtSmall's layers, only wider, and up to 350 million weights.
"""

import functools
import gc
import os

import keras
import numpy as np
import pytest

import recipes
from recipes import Part, registry
from recipes.backbones import families
from recipes.backbones.families import FAMILIES
from recipes.network.backbone import head_expression
from recipes.training.plan import compile_training, load_for, make_plan
from recipes.transfer.moved import compared, refuse
from recipes.transfer.rates import asleep, optimizer_arguments, set_rates
from recipes.transfer.snapshot import snapshot

WIDER = ("ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtXLarge")
TRAINED = {
    "convnext": "ConvNeXtTiny",
    "densenet": "DenseNet121",
    "efficientnet": "EfficientNetB0",
    "efficientnet_v2": "EfficientNetV2B0",
    "nasnet": "NASNetMobile",
    "resnet": "ResNet50",
    "resnet_v2": "ResNet50V2",
    "mobilenet_v3": "MobileNetV3Small",
}  # where a module has several
ALL = os.environ.get("RECIPES_EVERY_FAMILY") == "1"
# Lion moves a weight by the sign of its gradient, however small that is, and
# has one slot. What has no gradient stays where it is as long as no decay
# moves it.
OPTIMIZER = Part("lion", learning_rate=1e-3)
ROLES = ("train", "validation", "test")


@pytest.fixture(autouse=True)
def memory():
    """Free what the test before has built."""
    keras.backend.clear_session()
    gc.collect()


def planned(backbone):
    """Return the plan of a fit of two stages on three images, and these."""
    recipes.register("backbone", "built", lambda: backbone)
    side = backbone.model.input_shape[1] or backbone.minimum_size
    shape = (len(ROLES), 3, side + 5, side + 9, 3)
    x = np.random.default_rng(0).integers(0, 256, shape, "uint8")
    y = np.arange(3)
    recipe = recipes.image_fine_tuner(
        "built",
        strategy=Part("gradual", stages=2),
        epochs=2,
        batch_size=2,
        image_size=(side, side),
        optimizer=OPTIMIZER,
        regularization="none",
        label_smoothing=0.1,  # so that no example's gradient is exactly 0
    )
    spec = {role: (x[i], y) for i, role in enumerate(ROLES)}
    plan = make_plan(recipe, load_for(recipe, spec))
    assert plan.transfer.backbone is backbone
    assert plan.transfer.statistics == "frozen"
    return plan, (x[0][:2], plan.objective.targets(y)[:2])


def step(plan, stage, batch):
    """Take one step of a stage, and return the paths of what it moved."""
    model = plan.model
    rates = set_rates(model, stage.table)
    rates = asleep(rates, head_expression(plan.transfer.backbone))
    builder = registry.lookup("optimizer", OPTIMIZER.name).builder()
    given = optimizer_arguments(builder, rates)
    compile_training(model, plan.recipe, plan.objective, 2, 1, **given)
    model.run_eagerly = True  # to trace a large one takes a minute
    before = snapshot(model)  # digests: no second copy of the weights
    assert np.isfinite(model.train_on_batch(*batch)).all()
    rows = compared(model, before, rates.expected)
    refuse(rows, rates.expected, stage.table)
    return {row.path for row in rows if row.verdict == "moved"}


def layers(backbone):
    """Return the kinds of layers of a backbone."""
    return {type(layer) for layer in backbone.model.layers}


@functools.cache
def layers_of(name):
    return layers(getattr(families, name)(weights=None))


@pytest.mark.slow
@pytest.mark.parametrize("name", FAMILIES)
def test_every_family(name, check_numbers, check_blocks):
    backbone = getattr(families, name)(weights=None)
    check_numbers(name, backbone)
    check_blocks(backbone)
    small = TRAINED.get(FAMILIES[name].module, name)
    if name in WIDER or (name != small and not ALL):
        assert layers(backbone) <= layers_of(small)
        return
    plan, batch = planned(backbone)
    weights = {v.path for v in backbone.model.trainable_variables}
    inside = {v.path for v in backbone.model.variables}
    head = {v.path for v in plan.model.variables} - inside
    frozen, unfrozen = plan.transfer.strategy.stages
    assert step(plan, frozen, batch) == head
    assert step(plan, unfrozen, batch) == head | weights
    for variable in plan.model.variables:
        values = keras.ops.convert_to_numpy(variable)
        assert np.isfinite(values).all(), variable.path
