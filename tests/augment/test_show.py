"""Contact sheets: the pixels, the words and the titles of each place."""

import numpy as np
import pytest

from augment import (
    CutMix,
    MixUp,
    Policy,
    RandomBrightness,
    RandomChoice,
    RandomColorJitter,
    RandomContrast,
    RandomCrop,
    RandomCutout,
    RandomErasing,
    RandomFlip,
    RandomHue,
    RandomLensDistortion,
    RandomPCANoise,
    RandomRotation,
    RandomSaturation,
    RandomSharpness,
    RandomShear,
    RandomTranslation,
    RandomZoom,
)
from augment.show import show

TURNED = Policy(
    [RandomFlip("horizontal"), RandomRotation(0.2), RandomErasing(0.5)]
)


def cells(figure, rows):
    """Return rows of axes."""
    axes = np.array(figure.axes).reshape(rows, -1)
    assert all(len(one.images) == 1 for one in axes.flat)
    return axes


def pixels(axes):
    return np.asarray(axes.images[0].get_array())


def said(axes):
    return axes.get_xlabel().replace("\n", " ")


@pytest.mark.parametrize("kind", ["uint8", "float32"])
@pytest.mark.parametrize("channels", [1, 3])
def test_each_column_is_an_epoch_of_the_policy(kind, channels, noise):
    images = noise[..., :channels]
    images = images if kind == "uint8" else (images / 255).astype(kind)
    axes = cells(show(TURNED, images, epochs=3, seed=5), 5)
    assert axes.shape == (5, 4)
    columns = [images]
    columns += [TURNED(images, seed=5, epoch=epoch) for epoch in range(3)]
    for column, pictures in enumerate(columns):
        for row, picture in enumerate(pictures):
            shown = pixels(axes[row, column])
            picture = picture if channels == 3 else picture[..., 0]
            assert (shown == picture).all()
            assert axes[row, column].images[0].get_clim() == (
                (0, 255) if kind == "uint8" else (0, 1)
            )
    for i, one in enumerate(columns):  # no epoch is like another
        assert all((one != other).any() for other in columns[:i])


def test_titles_and_words_say_what_was_drawn(noise):
    indices = [7, 3, 11, 0, 2]
    axes = cells(show(TURNED, noise, indices=indices, epochs=2, seed=1), 5)
    titles = [one.get_title() for one in axes[0]]
    assert titles == ["original", "epoch 0", "epoch 1"]
    assert not any(one.get_title() for one in axes[1:].flat)
    assert [said(one) for one in axes[:, 0]] == [f"index {i}" for i in indices]
    every = set()
    for epoch in (0, 1):
        sizes = np.tile(np.array([[21, 26]], "float32"), (5, 1))
        _, found = TURNED.draw(
            sizes, (21, 26), seed=1, epoch=epoch, indices=indices
        )
        for i in range(5):
            words = [
                step.describe(values, i)
                for step, values in zip(TURNED.steps, found, strict=True)
            ]
            words = ", ".join(filter(None, words))
            assert said(axes[i, epoch + 1]) == words
            every.add(words)
    assert len(every) == 10 and any("flipped" in words for words in every)
    pictures = TURNED(noise, seed=1, epoch=1, indices=indices)
    assert (pixels(axes[2, 2]) == pictures[2]).all()


def test_what_changes_nothing_says_so(noise):
    axes = cells(show(RandomFlip(rate=0.0), noise, epochs=1), 5)
    assert [said(one) for one in axes[:, 1]] == ["unchanged"] * 5
    assert (pixels(axes[0, 1]) == noise[0]).all()


def test_mixed_images_show_their_partner(noise):
    axes = cells(show(MixUp(1.0), noise, epochs=1), 5)
    mixed, _ = MixUp(1.0)(noise, np.eye(5))
    assert all((pixels(axes[i, 1]) == mixed[i]).all() for i in range(5))


MIXED = RandomChoice([MixUp(1.0), CutMix(1.0), RandomFlip(rate=1.0)], rate=0.8)


@pytest.mark.parametrize(
    ("steps", "kinds"),
    [
        ([MIXED], {"blended", "box pasted", "flipped", "unchanged"}),
        ([CutMix(1.0), MixUp(1.0)], {"blended and box pasted"}),
        ([MixUp(1e-3)], {"blended", "unchanged"}),
    ],
)
def test_words_name_the_partner_and_its_share_of_the_label(steps, kinds, noise):
    images, indices = np.tile(noise, (8, 1, 1, 1)), np.arange(40)[::-1] + 60
    axes = cells(show(steps, images, indices=indices, epochs=1, seed=2), 40)
    _, labels = Policy(steps)(images, np.eye(40), indices=indices, seed=2)
    seen = set()
    for i, label in enumerate(labels):
        words = said(axes[i, 1])
        kind, _, rest = words.partition(": ")
        others = label[(i + 1) % 40]
        if others == 0:
            assert not rest
        elif rest:
            share, _, index = rest.partition(" of index ")
            assert int(index) == indices[(i + 1) % 40]
            assert abs(float(share.rstrip("%")) / 100 - others) <= 0.00501
            assert share.strip("0.%")
        else:  # far less than would be seen
            assert others < 0.0006 and words == "unchanged"
        seen.add("flipped" if "flipped" in kind else kind)
    assert seen == kinds


def test_an_image_alone_is_its_own_partner(noise):
    axes = cells(show(MixUp(1.0), noise[:1], epochs=1), 1)
    assert said(axes[0, 1]) == "unchanged"
    assert (
        said(cells(show(MixUp(1.0), noise[:2], epochs=1), 2)[0, 1])[-1] == "1"
    )


STEPS = {
    "°": lambda f: RandomRotation((f / 360, f / 360)),
    "right, down": lambda f: RandomTranslation((f, f), (f, f)),
    "wide, high": lambda f: RandomZoom((f, f)),
    "shear": lambda f: RandomShear((f, f), (f, f)),
    "barrel, pincushion": lambda f: RandomLensDistortion((f, f)),
    "brightness": lambda f: RandomBrightness((f, f)),
    "contrast": lambda f: RandomContrast((f, f)),
    "saturation": lambda f: RandomSaturation((f, f)),
    "hue": lambda f: RandomHue((f / 180, f / 180)),
    "brightness, contrast": lambda f: RandomColorJitter(*[(f, f)] * 2),
    "sharpness": lambda f: RandomSharpness((f, f)),
    "R": lambda f: RandomPCANoise(abs(f)),
    "erased": lambda f: RandomErasing(1.0, scale=(abs(f), abs(f))),
    "square": lambda f: RandomCutout(abs(f)),
}


@pytest.mark.parametrize("words", STEPS)
@pytest.mark.parametrize("sign", [-1, 1])
def test_what_rounds_to_nothing_is_left_out(words, sign, noise):
    small, large = STEPS[words](sign * 1e-4), STEPS[words](sign * 0.3)
    if words in ("°", "hue"):
        large = STEPS[words](sign * 20.0)
    axes = cells(show([small, RandomFlip(rate=1.0)], noise[:1], epochs=2), 1)
    for one in axes[0, 1:]:
        assert said(one) == "flipped horizontally and vertically"
    found = said(cells(show(large, noise[:1], epochs=1), 1)[0, 1])
    assert any(word in found for word in words.split(", "))


def test_lines_end_between_phrases(noise):
    axes = cells(show("strong", noise, epochs=2), 5)
    lines = [
        s for one in axes[:, 1:].flat for s in one.get_xlabel().split("\n")
    ]
    assert len(lines) > 30 and max(map(len, lines)) <= 28
    ends = sum(line.endswith(",") for line in lines)
    assert ends == len(lines) - axes[:, 1:].size


def test_images_of_different_sizes_are_shown_as_they_are(noise):
    images = [noise[0], noise[1][:9]]
    axes = cells(show(RandomCrop(8, 8), images, epochs=1), 2)
    shapes = [[pixels(one).shape[:2] for one in row] for row in axes]
    assert shapes == [[(21, 26), (8, 8)], [(9, 26), (8, 8)]]


@pytest.mark.parametrize("epochs", [0, 1.5, 101])
def test_a_wrong_number_of_epochs_is_refused(epochs, noise):
    with pytest.raises(ValueError, match="show: `epochs`"):
        show(TURNED, noise, epochs=epochs)


def test_images_of_different_sizes_need_a_crop():
    images = [np.zeros((8, 8, 3), "uint8"), np.zeros((9, 12, 3), "uint8")]
    with pytest.raises(ValueError, match="RandomResizedCrop"):
        show(RandomFlip(), images)
    assert len(show(RandomCrop(8, 8), images, epochs=1).axes) == 4


def test_a_preset_goes_by_its_name():
    gray = np.zeros((1, 8, 8, 1), "uint8")
    assert len(show("light", gray, epochs=1).axes) == 2
    with pytest.raises(ValueError, match="must be one of 'light'"):
        show("ligth", gray)
