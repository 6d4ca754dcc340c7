"""Policies as plain values and back."""

import inspect
import json

import numpy as np
import pytest

import augment
from augment.config import from_plain
from augment.step import Step

NESTED = augment.Policy(
    [
        augment.RandomRotation([-0.1, np.float64(0.2)]),
        augment.RandomErasing(scale=(0.1, 0.2)),
        augment.RandomChoice([augment.MixUp(0.3), None, augment.CutMix()], 0.5),
        augment.TrivialAugment(rate=0.4),
    ],
    height=20,
    width=24,
    fill_mode="constant",
    fill_value=0.5,
    interpolation="nearest",
)


def test_a_policy_goes_through_json():
    config = json.loads(json.dumps(NESTED.get_config()))
    again = augment.Policy.from_config(config)
    assert again.get_config() == NESTED.get_config() == config
    images = np.random.default_rng(0).random((4, 16, 16, 3), "float32")
    rows = np.eye(4)
    for one, other in zip(
        NESTED(images, rows), again(images, rows), strict=True
    ):
        assert (one == other).all()


def test_every_step_can_be_saved():
    steps = [getattr(augment, name) for name in augment.__all__]
    steps = [x for x in steps if isinstance(x, type) and issubclass(x, Step)]
    needed = {"factor": 2, "height_factor": 0.1, "width_factor": 0.1}
    for step in steps:
        if step is augment.RandomChoice:
            continue  # above
        wants = inspect.signature(step).parameters
        given = {k: v for k, v in needed.items() if k in wants}
        if step is not augment.RandomPosterization and "factor" in given:
            given["factor"] = 0.1
        policy = augment.Policy([step(**given)])
        config = json.loads(json.dumps(policy.get_config()))
        assert augment.Policy.from_config(config).steps == policy.steps
    assert len(steps) > 20


@pytest.mark.parametrize(
    "step",
    [
        augment.Solarization([0.2, 0.4]),
        augment.RandomRotation([-0.1, np.float64(0.2)]),
        augment.RandomChoice((augment.Solarization([0.2, 0.4]), None)),
    ],
)
def test_a_step_equals_itself_after_json(step):
    policy = augment.Policy([step], fill_value=np.float32(0.5))
    config = json.loads(json.dumps(policy.get_config()))
    again = augment.Policy.from_config(config)
    assert again.steps[0] == step and hash(again.steps[0]) == hash(step)
    assert again == policy and hash(again) == hash(policy)
    assert len({again, policy}) == 1
    others = [
        augment.Policy([step]),
        augment.Policy([step, step], fill_value=0.5),
        augment.Policy([augment.Solarization([0.2, 0.5])], fill_value=0.5),
    ]
    for other in others:
        assert other != policy and other.steps[:1] == other.steps[:1]
    assert len({policy, *others}) == 4
    assert policy != step and policy != config


def test_equal_numbers_are_equal_arguments_of_the_same_step_alone():
    one, other = augment.RandomRotation(1), augment.RandomRotation(1.0)
    assert one == other and hash(one) == hash(other)
    assert augment.RandomHue(0.1) != augment.RandomSaturation(0.1)
    assert Foreign() == Foreign() and augment.Policy([Foreign()]) == (
        augment.Policy([Foreign()])
    )


class Foreign(Step):
    def values(self, u, drawn):
        return {}

    def apply(self, drawn, values):
        pass


def test_a_step_of_ones_own_is_no_name():
    with pytest.raises(ValueError, match="own steps"):
        augment.Policy([Foreign()]).get_config()


@pytest.mark.parametrize(
    "name", ["os.system", "Policy", "TextPolicy", "Step", "RandomWordDrop"]
)
def test_other_names_are_refused(name):
    with pytest.raises(ValueError, match="Received"):
        from_plain({"class_name": name, "config": {}})
