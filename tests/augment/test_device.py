"""The device renderer against the host's, on photographs."""

import keras
import numpy as np
import pytest
from keras import ops
from sklearn.datasets import load_sample_image

import augment
from augment import device, device_resample

both = pytest.mark.both_backends
SIDE = 48
STEPS = {
    "flip": augment.RandomFlip(),
    "rotation": augment.RandomRotation(0.1),
    "translation": augment.RandomTranslation(0.2, 0.2),
    "zoom": augment.RandomZoom(0.5, 0.5),
    "shear": augment.RandomShear(0.3, 0.3),
    "crop": augment.RandomCrop(40, 32),
    "larger crop": augment.RandomCrop(64, 56),
    "scale crop": augment.RandomScaleCrop(32, 32, (36, 60)),
    "resized crop": augment.RandomResizedCrop(40, 56, (0.3, 1)),
    "lens": augment.RandomLensDistortion(0.3),
    "brightness": augment.RandomBrightness(0.3),
    "contrast": augment.RandomContrast(0.8),
    "saturation": augment.RandomSaturation(0.8),
    "hue": augment.RandomHue(0.5),
    "jitter": augment.RandomColorJitter(0.2, 0.2, 0.2, 0.1),
    "pca": augment.RandomPCANoise(),
    "gray": augment.RandomGrayscale(),
    "invert": augment.RandomInvert(0.5),
    "auto contrast": augment.AutoContrast(),
    "equalization": augment.Equalization(0.7),
    "solarization": augment.Solarization((0.2, 1)),
    "posterization": augment.RandomPosterization((1, 8)),
    "sharpness": augment.RandomSharpness((-1, 3)),
    "erasing": augment.RandomErasing(1.0),
    "constant erasing": augment.RandomErasing(1.0, fill_value=0.3),
    "cutout": augment.RandomCutout(),
    "trivial": augment.TrivialAugment(),
    "rand": augment.RandAugment(),
    "all": [
        augment.RandomResizedCrop(40, 40, (0.3, 1)),
        augment.RandomFlip("horizontal"),
        augment.RandomRotation(15 / 360),
        augment.RandomLensDistortion(0.2),
        augment.RandomShear(0.2),
        augment.RandomColorJitter(0.2, 0.2, 0.2, 0.1),
        augment.RandomSharpness(0.5),
        augment.RandomErasing(),
    ],
}
KINDS = {
    "uint8": lambda images: images,
    "float": lambda images: (images / 255).astype("float32"),
    "gray": lambda images: images[..., 1:2],
}


@pytest.fixture(scope="module")
def photographs():
    found = [load_sample_image(n) for n in ("china.jpg", "flower.jpg")]
    places = (60, 0), (160, 240), (180, 300)
    return np.stack(
        [x[i : i + SIDE, j : j + SIDE] for x in found for i, j in places]
    )


def draw(policy, images, indices, seed=0):
    sizes = np.tile(np.array([images.shape[1:3]], "float32"), (len(images), 1))
    return policy.draw(
        ops.convert_to_tensor(sizes),
        images.shape[1:3],
        seed=seed,
        epoch=0,
        indices=indices,
        xp=ops,
    )[0]


def on_device(policy, images):
    indices = ops.arange(len(images), dtype="int32")
    drawn = draw(policy, images, indices)
    out = device.render(
        ops.convert_to_tensor(images),
        drawn,
        policy.fill_mode,
        policy.fill_value,
        policy.interpolation,
    )
    return ops.convert_to_numpy(out)


def errors(one, other):
    """Return the differences in levels of 256."""
    assert one.shape == other.shape and one.dtype == other.dtype
    top = 1 if one.dtype == np.uint8 else 255
    return np.abs(one.astype("float64") - other.astype("float64")) * top


def assert_agree(one, other):
    """A third of a level in the mean, and one level at 99.9 %."""
    found = errors(one, other)
    assert found.mean() < 1 / 3
    assert np.quantile(found, 0.999) <= 1.01


def cases():
    """All steps in all kinds; on JAX, where each step is compiled, a few."""
    again = (
        ("rotation", "uint8"),
        ("contrast", "gray"),
        ("posterization", "float"),
    )
    return [
        pytest.param(name, kind, marks=both if (name, kind) in again else ())
        for name in STEPS
        for kind in KINDS
    ]


@pytest.mark.parametrize("name, kind", cases())
def test_the_renderers_agree(name, kind, photographs):
    policy = augment.Policy(STEPS[name])
    images = KINDS[kind](photographs)
    host = policy(images)
    assert_agree(host, on_device(policy, images))
    # Had the device drawn for others, it would be far away.
    colors = kind == "gray" and name in ("saturation", "hue", "gray")
    if name not in ("flip", "invert", "auto contrast") and not colors:
        other = policy(images, seed=1)
        assert np.quantile(errors(host, other), 0.999) > 5


@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
@pytest.mark.parametrize("fill", ["reflect", "nearest", "wrap", "constant"])
def test_outside_and_interpolation_agree(fill, interpolation, photographs):
    arguments = {"fill_mode": fill, "interpolation": interpolation}
    for steps in (
        [augment.RandomRotation(0.3), augment.RandomZoom(0.8)],
        [augment.RandomResizedCrop(40, 40)],
        [augment.RandomRotation(0.3), augment.RandomLensDistortion(0.3)],
    ):
        policy = augment.Policy(steps, fill_value=0.5, **arguments)
        assert_agree(policy(photographs), on_device(policy, photographs))


@both
@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
@pytest.mark.parametrize(
    "step",
    [augment.RandomCrop(100, 80), augment.RandomScaleCrop(16, 17, (18, 30))],
)
def test_a_box_inside_the_picture_has_no_rim(step, interpolation):
    white = np.full((6, SIDE, SIDE, 1), 255, "uint8")
    out = [augment.RandomTranslation((0, 0), (0.1, 0.1)), step]
    for steps, least in (([step], 255), (out, 0)):
        filled = {"fill_mode": "constant", "interpolation": interpolation}
        assert on_device(augment.Policy(steps, **filled), white).min() == least


@pytest.mark.parametrize(
    "steps",
    [
        [augment.RandomResizedCrop(12, 12, (0.5, 1))],
        [augment.RandomResizedCrop(14, 12, (0.5, 1)), STEPS["rotation"]],
        [augment.RandomResizedCrop(48, 12, (0.5, 1)), STEPS["lens"]],
        [augment.RandomZoom((0.8, 1.0)), STEPS["rotation"]],
    ],
    ids=["upright", "both sides", "one side", "zoom"],
)
def test_shrinking_averages_as_the_host_does(steps, photographs, monkeypatch):
    policy = augment.Policy(steps)
    host = policy(photographs)
    assert_agree(host, on_device(policy, photographs))
    monkeypatch.setattr(device_resample, "most_levels", lambda *_: (0, 0))
    assert errors(host, on_device(policy, photographs)).mean() > 1


@both
@pytest.mark.parametrize(
    "steps",
    [
        [augment.MixUp(1.0)],
        [augment.CutMix()],
        [augment.RandomRotation(0.1), augment.CutMix(), augment.MixUp(1.0)],
        [augment.CutMix(), augment.CutMix()],
        [augment.RandomChoice([augment.MixUp(1.0), augment.CutMix()])],
    ],
    ids=["mixup", "cutmix", "both", "twice", "either"],
)
def test_mixing_agrees(steps, photographs):
    policy = augment.Policy(steps)
    rows = np.eye(6, dtype="float32")
    host, labels = policy(photographs, rows)
    drawn = draw(policy, photographs, ops.arange(6))
    images = device.render(ops.convert_to_tensor(photographs), drawn)
    found, mixed = device.mix(images, ops.convert_to_tensor(rows), drawn)
    assert_agree(host, ops.convert_to_numpy(found))
    np.testing.assert_allclose(ops.convert_to_numpy(mixed), labels, atol=1e-5)
    assert labels[~np.eye(6, dtype=bool)].max() > 0.2  # some are mixed


def test_nothing_is_gathered_where_nothing_moves(photographs, monkeypatch):
    monkeypatch.setattr(device, "resampled", None)
    policy = augment.Policy([augment.RandomContrast(0.5)])
    assert_agree(policy(photographs), on_device(policy, photographs))
    with pytest.raises(TypeError):
        on_device(augment.Policy([augment.RandomFlip()]), photographs)


def compiled(function):
    """Return every way to compile it that the backend has."""
    if keras.backend.backend() == "jax":
        import jax

        return [jax.jit(function)]
    tf = pytest.importorskip("tensorflow")
    return [tf.function(function, jit_compile=xla) for xla in (False, True)]


@pytest.mark.slow
@both
@pytest.mark.parametrize(
    "names",
    [
        ("resized crop", "rotation", "jitter", "erasing"),
        ("auto contrast", "equalization"),
    ],
)
def test_it_compiles(names, photographs):
    policy = augment.Policy([STEPS[name] for name in names])

    def carried_out(images, indices):
        return device.render(images, draw(policy, photographs, indices))

    images, indices = ops.convert_to_tensor(photographs), ops.arange(6)
    for way in compiled(carried_out):
        found = ops.convert_to_numpy(way(images, indices))
        assert_agree(policy(photographs), found)
