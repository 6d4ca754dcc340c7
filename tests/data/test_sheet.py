"""The contact sheet of a recipe: pixels of its data, as training sees them."""

import numpy as np
import pytest

import recipes
from recipes import Part
from recipes.data import load
from recipes.data.augmenting import build_policy
from recipes.data.sheet import contact_sheet
from recipes.errors import DataError, RecipeError

TURNED = [Part("random_flip"), Part("random_rotation", factor=0.2)]


def pixels(figure, rows):
    """Return the pictures as rows of columns."""
    found = [np.asarray(axes.images[0].get_array()) for axes in figure.axes]
    return [found[i :: len(found) // rows] for i in range(len(found) // rows)]


def recipe(**changes):
    given = dict(augmentation=TURNED, image_size=(6, 8), seed=4)
    return recipes.image_classifier(**given | changes)


@pytest.mark.parametrize("kind", ["uint8", "float32"])
def test_columns_are_the_training_images_and_their_epochs(kind, pictures):
    x, y = pictures
    made = recipe()
    x = x if kind == "uint8" else x.astype(kind)
    figure = contact_sheet(made, (x, y), images=4, epochs=3)
    columns = pixels(figure, 4)
    data = load((x, y), features="image", image_size=(6, 8), seed=4)
    raw = data.train.read(slice(0, 4))
    top = 1
    if kind != "uint8":
        raw, top = (raw / 255).astype("float32"), 1 / 255
    policy = build_policy(made, data)
    expected = [raw] + [policy(raw, seed=4, epoch=n) for n in range(3)]
    assert len(columns) == 4
    for found, by_hand in zip(columns, expected, strict=True):
        np.testing.assert_allclose(np.stack(found), by_hand, atol=top * 1e-3)
    # They are pictures of the data, and no epoch is like another.
    x = x.astype("float32") * top
    assert all(np.isclose(x, picture).all((1, 2, 3)).any() for picture in raw)
    for i, one in enumerate(expected):
        assert all((one != two).any() for two in expected[:i])


def test_no_more_rows_than_images(pictures):
    x, y = pictures
    spec = {role: (x[:9], y[:9]) for role in ("train", "validation", "test")}
    figure = contact_sheet(recipe(), spec, images=100, epochs=1)
    assert len(figure.axes) == 9 * 2
    originals = np.stack(pixels(figure, 9)[0])
    assert (originals == x[:9]).all()


@pytest.mark.parametrize("name", ["images", "epochs"])
@pytest.mark.parametrize("value", [0, 101])
def test_numbers_out_of_range_are_refused(name, value, pictures):
    with pytest.raises(RecipeError, match=f"`{name}` must be a whole number"):
        contact_sheet(recipe(), pictures, **{name: value})


def test_a_table_has_no_sheet(table):
    with pytest.raises(DataError):
        contact_sheet(recipe(), table)
