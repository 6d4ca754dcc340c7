"""What holds for every step: identity at zero, counters, ranges, refusals."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest

import augment as a
from augment.step import Step

LABELS = np.arange(5)
# Each step: without strength, and with some.
STEPS = {
    "AutoContrast": ("AutoContrast(0.0)", "AutoContrast()"),
    "CutMix": ("CutMix(1.0, rate=0.0)", "CutMix(1.0)"),
    "Equalization": ("Equalization(0.0)", "Equalization()"),
    "MixUp": ("MixUp(0.2, rate=0.0)", "MixUp(1.0)"),
    "RandAugment": ("RandAugment(rate=0.0)", "RandAugment()"),
    "RandomBrightness": ("RandomBrightness(0)", "RandomBrightness(0.5)"),
    "RandomChoice": ("RandomChoice([None])", "RandomChoice([RandomFlip()])"),
    "RandomColorJitter": (
        "RandomColorJitter()",
        "RandomColorJitter(0.3, 0.3, 0.3, 0.3)",
    ),
    "RandomContrast": ("RandomContrast(0)", "RandomContrast(0.5)"),
    "RandomCrop": ("RandomCrop(21, 26)", "RandomCrop(12, 13)"),
    "RandomCutout": ("RandomCutout(0.0)", "RandomCutout(0.5)"),
    "RandomErasing": ("RandomErasing(0.0)", "RandomErasing(1.0)"),
    "RandomFlip": ("RandomFlip(rate=0.0)", "RandomFlip()"),
    "RandomGrayscale": ("RandomGrayscale(0.0)", "RandomGrayscale(1.0)"),
    "RandomHue": ("RandomHue(0)", "RandomHue(0.5)"),
    "RandomInvert": ("RandomInvert(0.0)", "RandomInvert()"),
    "RandomLensDistortion": (
        "RandomLensDistortion(0)",
        "RandomLensDistortion(0.3)",
    ),
    "RandomPCANoise": ("RandomPCANoise(0)", "RandomPCANoise(1.0)"),
    "RandomPosterization": ("RandomPosterization(8)", "RandomPosterization(2)"),
    "RandomResizedCrop": (
        "RandomResizedCrop(scale=(1, 1))",
        "RandomResizedCrop()",
    ),
    "RandomRotation": ("RandomRotation(0)", "RandomRotation(0.1)"),
    "RandomSaturation": ("RandomSaturation(0)", "RandomSaturation(0.5)"),
    "RandomScaleCrop": (
        "RandomScaleCrop(21, 26, (21, 21))",
        "RandomScaleCrop(12, 12, (14, 20))",
    ),
    "RandomSharpness": ("RandomSharpness(0)", "RandomSharpness(1.0)"),
    "RandomShear": ("RandomShear(0, 0)", "RandomShear(0.2, 0.2)"),
    "RandomTranslation": (
        "RandomTranslation(0, 0)",
        "RandomTranslation(0.2, 0.2)",
    ),
    "RandomZoom": ("RandomZoom(0)", "RandomZoom(0.3)"),
    "Solarization": ("Solarization(rate=0.0)", "Solarization(0.3)"),
    "TrivialAugment": ("TrivialAugment(0.0)", "TrivialAugment()"),
}
# MixUp and CutMix look at a partner.
ALONE = [strong for _, strong in STEPS.values() if "Mix" not in strong]
# All that draw, in one; the crops and the choice of several stand for more.
ALL = """Policy([
    RandomFlip(), RandomRotation(0.1), RandomLensDistortion(0.2),
    RandomResizedCrop(12, 14), RandomColorJitter(0.2, 0.2, 0.2, 0.2),
    RandomPCANoise(), RandAugment(), RandomErasing(0.7),
])"""


def made(text):
    return eval(text, dict(vars(a)))


def carried_out(step, images, **arguments):
    """Images alone, whether or not the step mixes."""
    policy = a.Policy([step])
    if not policy.mixes:
        return policy(images, **arguments)
    return policy(images, np.eye(len(images)), **arguments)[0]


def as_kind(images, kind, channels):
    images = images[..., :channels]
    return images if kind == "uint8" else (images / 255).astype(kind)


def test_every_public_step_is_in_the_table():
    found = {name: getattr(a, name) for name in a.__all__}
    steps = {
        name
        for name, it in found.items()
        if isinstance(it, type) and issubclass(it, Step)
    }
    assert steps == set(STEPS)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("kind", ["uint8", "float32"])
@pytest.mark.parametrize("name", STEPS)
def test_strength_zero_is_the_identity_to_the_bit(name, kind, channels, noise):
    images = as_kind(noise, kind, channels)
    zero, strong = (made(text) for text in STEPS[name])
    found = carried_out(zero, images, seed=3)
    assert found.dtype == images.dtype
    assert (found == images).all()
    colorful = name in ("RandomGrayscale", "RandomHue", "RandomSaturation")
    if channels == 3 or not colorful:
        changed = carried_out(strong, images, seed=3)
        assert changed.shape != images.shape or (changed != images).any()


@pytest.mark.parametrize("kind", ["uint8", "float32"])
def test_all_steps_at_strength_zero_are_the_identity_together(kind, noise):
    images = as_kind(noise, kind, 3)
    policy = a.Policy([made(zero) for zero, _ in STEPS.values()])
    found, labels = policy(images, LABELS, num_classes=5)
    assert (found == images).all() and (labels == np.eye(5)).all()


@pytest.mark.parametrize("kind", ["uint8", "float32"])
@pytest.mark.parametrize("text", [ALL, *ALONE])
def test_an_image_is_a_function_of_seed_epoch_and_index(text, kind, noise):
    policy = made(text)
    if isinstance(policy, a.Policy):
        images = np.tile(as_kind(noise, kind, 3), (4, 1, 1, 1))
    else:
        policy, images = a.Policy([policy]), as_kind(noise, kind, 3)
    count = len(images)
    places = np.arange(count) * 7 + 2
    at = {"seed": 2**40 + 5, "epoch": 6}
    whole = policy(images, indices=places, **at)
    assert (policy(images, indices=places, threads=3, **at) == whole).all()
    order = np.random.default_rng(1).permutation(count)
    shuffled = policy(images[order], indices=places[order], **at)
    assert (shuffled == whole[order]).all()
    for i in (0, count - 1):
        alone = policy(images[i], indices=int(places[i]), **at)
        assert (alone == whole[i]).all()
    if text == ALL:
        for other in ({"seed": 5}, {"epoch": 7}, {"indices": places + 1}):
            other = policy(images, **{"indices": places, **at, **other})
            assert (other != whole).any(axis=(1, 2, 3)).all()


def test_another_process_draws_the_same(noise):
    script = (
        "import hashlib, numpy as np, sys\nfrom augment import *\n"
        "x = np.random.default_rng(0).integers(0, 256, (5, 21, 26, 3))\n"
        f"found = {ALL}(x.astype('uint8'), seed=8, epoch=9, threads=2)\n"
        "print(hashlib.sha256(found.tobytes()).hexdigest())\n"
        "heavy = {'keras', 'tensorflow', 'jax'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    found = made(ALL)(noise, seed=8, epoch=9)
    expected = hashlib.sha256(found.tobytes()).hexdigest()
    assert done.stdout.strip() == expected


@pytest.mark.parametrize("kind", ["uint8", "float16", "float32", "float64"])
@pytest.mark.parametrize("name", STEPS)
def test_values_stay_in_range_and_the_input_as_it_was(name, kind, noise):
    top = 255 if kind == "uint8" else 1
    white = np.full((5, 23, 29, 3), top, kind)
    black = np.zeros_like(white)
    step = made(STEPS[name][1])
    for images in (white, black, as_kind(noise, kind, 3)):
        before = images.copy()
        images.flags.writeable = False
        found = carried_out(step, images)
        assert found.min() >= 0 and found.max() <= top
        assert found.dtype == images.dtype
        carried_out(step, found)  # what came out may go in
        assert (images == before).all()
        found[...] = 0  # and is the caller's own
        assert (images == before).all()


RATED = [n for n in STEPS if "rate" in made(STEPS[n][1]).get_config()]


@pytest.mark.parametrize("name", RATED)
def test_the_rate_is_the_share_of_images(name):
    step = made(STEPS[name][1])
    config = {**step.get_config(), "rate": 0.3}
    step = type(step)(**config)
    if name == "RandomFlip":
        step = a.RandomFlip("horizontal", 0.3)
    count = 3000
    _, (values,) = a.Policy([step]).draw(
        np.full((count, 2), 20, "float32"),
        (20, 20),
        seed=0,
        epoch=0,
        indices=np.arange(count),
    )
    if name in ("RandAugment", "TrivialAugment", "RandomChoice"):
        first = values["in_a_row"][0] if "in_a_row" in values else values
        on = first["chosen"] >= 0
    else:
        on = np.any([values[k] != v for k, v in step.neutral.items()], axis=0)
    assert abs(on.mean() - 0.3) < 4 * np.sqrt(0.21 / count)


def test_steps_in_a_row_draw_apart():
    steps = [a.RandomRotation(0.5), a.RandomRotation(0.5), a.RandomHue(1.0)]
    _, values = a.Policy(steps).draw(
        np.full((3000, 2), 8, "float32"),
        (8, 8),
        seed=0,
        epoch=0,
        indices=np.arange(3000),
    )
    rows = [list(v.values())[0] for v in values]
    assert np.abs(np.corrcoef(rows) - np.eye(3)).max() < 0.06


@pytest.mark.parametrize("name", STEPS)
def test_a_step_is_rebuilt_from_its_config(name):
    step = made(STEPS[name][1])
    again = type(step)(**step.get_config())
    assert again == step and hash(again) == hash(step)
    assert made(repr(step)) == step
    assert step != made(STEPS[name][0]) or step.get_config() == {}


@pytest.mark.parametrize("name", [n for n in a.__all__ if n[0].isupper()])
def test_every_class_says_what_it_takes_refuses_and_returns(name):
    text = getattr(a, name).__doc__
    assert "Raises:" in text and ">>> " in text
    arguments = made(STEPS[name][1]).get_config() if name in STEPS else {}
    assert all(f"{argument}:" in text for argument in arguments)


def test_no_steps_and_one_step_make_a_policy_too(noise):
    assert (a.Policy([])(noise) == noise).all()
    flip = a.RandomFlip("horizontal", 1.0)
    assert (a.Policy(flip)(noise) == flip(noise)).all()


@pytest.mark.parametrize("single", [False, True])
def test_foreign_order_of_bytes_is_the_same_picture(noise, single):
    """OpenCV would read the bytes as the machine's own, and find NaN."""
    floats = (noise / 255).astype("float32")
    policy = a.Policy([a.RandomRotation(0.1), a.RandomBrightness(0.2)])
    foreign = floats.astype(floats.dtype.newbyteorder())
    if single:
        assert (policy(foreign[1]) == policy(floats[1])).all()
    else:
        assert (policy(list(foreign)) == policy(foreign)).all()
        assert (policy(foreign) == policy(floats)).all()
