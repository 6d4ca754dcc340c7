"""Contact sheets: the pixels, the words and the titles of each place."""

import numpy as np
import pytest

from augment import (
    MixUp,
    Policy,
    RandomCrop,
    RandomErasing,
    RandomFlip,
    RandomRotation,
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
    assert "blended" in said(axes[0, 1])


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
