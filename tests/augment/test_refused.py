"""What a policy refuses, and how it says so."""

import copy
import inspect
import pickle

import numpy as np
import pytest

import augment as a


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.zeros((2, 8, 8, 2), "uint8"), "with 1 or 3 channels"),
        (np.zeros((2, 8, 8, 4), "uint8"), "with 1 or 3 channels"),
        (np.zeros((8, 8), "uint8"), "with 1 or 3 channels"),
        (np.zeros((2, 8, 8, 3), "int64"), "int64"),
        (np.zeros((2, 8, 8, 3), bool), "float16, float32 or float64.* bool"),
        (np.zeros((2, 8, 8, 3), np.longdouble), "float64"),
        (np.zeros((0, 8, 8, 3), "uint8"), r"is empty.*\(0, 8, 8, 3\)"),
        (np.zeros((2, 0, 8, 3), "uint8"), r"must be uint8.*\(2, 0, 8, 3\)"),
        (np.full((2, 8, 8, 3), 255.0), "divide by 255"),
        (np.full((2, 8, 8, 3), -0.1), "divide by 255"),
        (np.full((2, 8, 8, 3), np.nan), "from nan to nan"),
        ([], "is empty"),
        ([np.zeros((8, 8, 3), "uint8"), np.zeros((8, 8, 1), "uint8")], "share"),
        (
            [np.zeros((8, 8, 3), "uint8"), np.zeros((9, 8, 3), "uint8")],
            "different sizes",
        ),
        ("picture.png", "must be uint8, float16"),
    ],
)
def test_images_that_a_policy_does_not_take_are_refused(images, message):
    with pytest.raises(ValueError, match=message):
        a.Policy([a.RandomFlip()])(images)
    with pytest.raises(ValueError, match=message):
        a.show(a.RandomFlip(), images)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seed": -1}, "`seed`"),
        ({"seed": 2**64}, "`seed`"),
        ({"seed": 0.5}, "`seed`"),
        ({"epoch": -1}, "`epoch`"),
        ({"epoch": 2**32}, "`epoch`"),
        ({"indices": [1, 2]}, "`indices` must be 5 whole numbers"),
        ({"indices": [-1, 0, 1, 2, 3]}, "`indices`"),
        ({"indices": [0.0, 1, 2, 3, 4]}, "`indices`"),
        ({"indices": 3}, "`indices`"),
        ({"threads": 0}, "`threads`"),
        ({"threads": "all"}, "`threads`"),
        ({"labels": [1, 2]}, "one for each of the 5"),
    ],
)
def test_arguments_of_a_call_that_do_not_fit_are_refused(
    arguments, message, noise
):
    with pytest.raises(ValueError, match=message):
        a.Policy([a.RandomFlip()])(noise, **arguments)


@pytest.mark.parametrize(
    ("step", "name", "pair"),
    [
        (a.RandomLensDistortion(0.5), "k", (-0.3, 0.5)),
        (a.RandomContrast(3.0), "contrast", (0, 4)),
        (a.RandomSaturation(3.0), "saturation", (0, 4)),
        (a.RandomSharpness(3.0), "sharpness", (0, 4)),
        (a.RandomZoom(1.0), "height", (0.01, 2)),
        (a.RandomLensDistortion(0.2), "k", (-0.2, 0.2)),
    ],
)
def test_one_number_is_both_ends_as_far_as_that_is_legal(step, name, pair):
    sizes = np.full((2000, 2), 8, "float32")
    _, (values,) = a.Policy(step).draw(
        sizes, (8, 8), seed=0, epoch=0, indices=np.arange(2000)
    )
    ends = values[name].min(), values[name].max()
    np.testing.assert_allclose(ends, pair, atol=0.01)
    words = " ".join(type(step).__doc__.split())
    assert "means (-f, f), as far as that is legal" in words


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"steps": None}, "must be steps for images.*Received: None"),
        ({"steps": [a.RandomFlip]}, "must be steps for images"),
        ({"steps": ["flip"]}, "Received: 'flip'"),
        ({"steps": [], "fill_mode": "mirror"}, "`fill_mode` must be one of"),
        ({"steps": [], "fill_value": 255}, "`fill_value`"),
        ({"steps": [], "interpolation": "cubic"}, "`interpolation`"),
    ],
)
def test_arguments_of_a_policy_that_do_not_fit_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        a.Policy(**arguments)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: a.RandomRotation(15), "15 / 360 is 15 degrees.*Received: 15$"),
        (lambda: a.RandomZoom(-1), r"one number f in \[0, 1\].*Received: -1$"),
        (lambda: a.RandomZoom((-1, 0)), r"Received: \(-1, 0\)$"),
        (lambda: a.RandomHue(-0.1), "Received: -0.1$"),
    ],
)
def test_a_factor_is_said_as_it_was_passed(make, message):
    with pytest.raises(ValueError, match=message):
        make()
    assert a.RandomZoom(1)._height == (-0.99, 1)


def test_one_image_may_have_one_class_number(noise):
    image, label = a.MixUp()(noise[0], 1, num_classes=2)
    assert (image == noise[0]).all() and label.tolist() == [0, 1]
    image, label = a.RandomFlip()(noise[0], 1)
    assert image.shape == noise[0].shape and label == 1
    with pytest.raises(ValueError, match="one for each of the 5"):
        a.MixUp()(noise, 1, num_classes=2)


def test_one_image_may_have_one_row(noise):
    row = np.eye(3)[1]
    for given in (row, row.tolist()):
        image, label = a.MixUp()(noise[0], given)
        assert (image == noise[0]).all() and label.tolist() == [0, 1, 0]
    assert (a.RandomFlip()(noise[0], row)[1] == row).all()
    assert a.MixUp()(noise[0], [row])[1].shape == (1, 3)  # a batch of one
    assert a.MixUp()(noise[0], [1], num_classes=3)[1].shape == (1, 3)
    for policy, wrong in ((a.MixUp(), []), (a.RandomFlip(), [])):
        with pytest.raises(ValueError, match="one for each of the 1"):
            policy(noise[0], wrong)
    with pytest.raises(ValueError, match="one for each of the 5"):
        a.MixUp()(noise, row)


def test_the_index_of_one_image_may_be_an_array_of_no_rank(noise):
    policy = a.Policy([a.RandomRotation(0.2)])
    expected = policy(noise, indices=np.arange(3, 8))[0]
    for index in (3, np.int64(3), np.array(3), [3]):
        assert (policy(noise[0], indices=index) == expected).all()
    for wrong in (np.array(3.0), np.array(-1), True, "3", [3, 4]):
        with pytest.raises(ValueError, match="`indices` must be 1 whole"):
            policy(noise[0], indices=wrong)
    with pytest.raises(ValueError, match="`indices` must be 5 whole"):
        policy(noise, indices=np.array(3))


STEPS = [
    getattr(a, name) for name in a.__all__ if isinstance(getattr(a, name), type)
]


@pytest.mark.parametrize("step", STEPS)
def test_what_keras_layers_take_besides_is_told_where_it_is_given(step):
    given = {"seed": 3, "value_range": (0, 255), "data_format": None}
    for name, value in given.items():
        message = rf"^{step.__name__} takes no `{name}`: .*Received: {name}="
        with pytest.raises(TypeError, match=message):
            step(**{name: value})
    with pytest.raises(TypeError, match=r"^\S+ got an unexpected keyword"):
        step(*[0.1] * _needed(step), sede=3)  # an ordinary misspelling
    assert len(STEPS) > 25


def _needed(step):
    parameters = inspect.signature(step).parameters.values()
    return sum(p.default is p.empty for p in parameters)


def test_the_way_that_is_told_is_one(noise):
    with pytest.raises(TypeError, match=r"`step\(images, seed=3\)`"):
        a.RandomFlip("horizontal", seed=3)
    assert a.RandomFlip("horizontal")(noise, seed=3).shape == noise.shape
    with pytest.raises(TypeError, match=r"`policy.as_layer\(value_range="):
        a.RandomBrightness(0.2, value_range=(0, 255))
    layer = a.Policy([a.RandomBrightness(0.2)]).as_layer(value_range=(0, 1))
    assert tuple(layer.value_range) == (0, 1)
    with pytest.raises(TypeError, match="`augment.Policy` takes it"):
        a.RandomRotation(0.1, fill_mode="nearest")
    assert a.Policy(a.RandomRotation(0.1), fill_mode="nearest")
    assert a.RandomCutout(fill_value=0.2).fill_value == 0.2  # its own


def test_a_factor_that_has_another_name_here_is_told():
    said = "takes no `factor`: its arguments are rate, scale, ratio, fill_value"
    with pytest.raises(TypeError, match=f"RandomErasing {said}.* factor=1.0$"):
        a.RandomErasing(factor=1.0)
    with pytest.raises(TypeError, match="CutMix .* are alpha, rate. Received"):
        a.CutMix(factor=1.0)
    assert a.RandomHue(factor=0.1).factor == 0.1


def test_steps_are_copied_and_written_out_as_ever():
    for step in (a.RandomCutout(0.3), a.TextPolicy(a.RandomWordDrop(0.2))):
        again = pickle.loads(pickle.dumps(step))
        assert step == again == copy.deepcopy(step) == copy.copy(step)
        assert repr(again) == repr(step)
    parameters = inspect.signature(a.RandomCutout).parameters
    assert list(parameters) == ["size", "fill_value", "rate"]


def test_a_users_own_step_may_take_a_seed():
    class Own(a.RandomFlip):
        def __init__(self, seed):
            super().__init__("vertical")
            self.seed = seed

    assert Own(seed=5).seed == 5
    with pytest.raises(TypeError, match="Own takes no `value_range`"):
        Own(5, value_range=(0, 1))
