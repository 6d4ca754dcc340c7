"""Half precision: computed in float32, and rounded at the end."""

import numpy as np
import pytest

import augment as a
from augment.views import views


@pytest.fixture
def half(noise):
    """Float images, as the GPU's loaders like them."""
    return (noise / 255).astype("float16")


STEPS = [
    a.RandomFlip(),
    a.RandomRotation(0.1),
    a.RandomLensDistortion(0.3),
    a.RandomResizedCrop(9, 11),
    a.RandomTranslation(0.2, 0.2),
    a.RandomColorJitter(0.3, 0.3, 0.3, 0.3),
    a.Equalization(),
    a.RandomPosterization(3),
    a.RandomSharpness(1.0),
    a.RandomErasing(1.0),
    a.RandomCutout(0.5, fill_value=0.3),
]


@pytest.mark.parametrize("steps", [*[[s] for s in STEPS], STEPS])
def test_it_is_the_result_of_float32_rounded(steps, half):
    policy = a.Policy(steps)
    found = policy(half)
    full = policy(half.astype("float32"))
    assert found.dtype == "float16" and full.dtype == "float32"
    assert (found == full.astype("float16")).all()
    assert found.shape != half.shape or (found != half).any()


@pytest.mark.parametrize("step", [a.MixUp(1.0), a.CutMix(1.0)])
def test_mixed_images_are_rounded_twice_at_most(step, half):
    found, rows = step(half, np.eye(5))
    full, same = step(half.astype("float32"), np.eye(5))
    assert found.dtype == "float16" and (rows == same).all()
    assert np.abs(found - full).max() <= 2**-11
    assert (found != half).any()


def test_views_sheets_and_lists_take_it(half):
    for view, full in zip(
        views(half, "ten_crop"),
        views(half.astype("float32"), "ten_crop"),
        strict=True,
    ):
        assert view.dtype == "float16"
        assert (view == full.astype("float16")).all()
    assert len(a.show(a.RandomFlip(), half[:1], epochs=1).axes) == 2
    crop = a.RandomResizedCrop(8, 8)
    listed = crop([half[0], half[1, :9]])
    assert listed.dtype == "float16"
    assert (listed[0] == crop(half[0])).all()
