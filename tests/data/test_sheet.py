"""The contact sheet of a recipe: pixels of its data, as training sees them."""

import numpy as np
import pytest
from PIL import Image

import recipes
from recipes import Part
from recipes.data import load
from recipes.data.augmenting import augmenter, build_policy
from recipes.data.sheet import contact_sheet, of_each_class
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
    rows, labels = [], data.train.labels.tolist()
    for label in sorted(set(labels)):
        rows.append(labels.index(label))
    rows.sort()
    rows.append(labels.index(labels[rows[0]], rows[0] + 1))
    raw = data.train.read(rows)
    top = 1
    if kind != "uint8":
        raw, top = (raw / 255).astype("float32"), 1 / 255
    policy = build_policy(made, data)
    expected = [raw] + [
        policy(raw, seed=4, epoch=n, indices=rows) for n in range(3)
    ]
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
    expected = np.concatenate([x[:9][y[:9] == n] for n in range(3)])
    assert sorted(originals.tolist()) == sorted(expected.tolist())


@pytest.mark.parametrize("name", ["images", "epochs"])
@pytest.mark.parametrize("value", [0, 101, 2.5, 3.0, True, "3", None])
def test_numbers_out_of_range_are_refused(name, value, pictures):
    with pytest.raises(RecipeError, match=f"`{name}` must be a whole number"):
        contact_sheet(recipe(), pictures, **{name: value})


def test_whole_numbers_of_numpy_are_taken(pictures):
    figure = contact_sheet(recipe(), pictures, images=np.int64(2), epochs=1)
    assert len(figure.axes) == 2 * 2


def test_a_recipe_without_augmentation_is_refused(pictures):
    with pytest.raises(RecipeError, match="augmentation='standard'"):
        contact_sheet(recipe(augmentation=None), pictures)


def test_a_table_has_no_sheet(table):
    with pytest.raises(DataError):
        contact_sheet(recipe(), table)


def test_the_rows_of_a_folder_cover_its_classes(image_folder):
    classes = ("cat", "dog", "eel", "fox")
    folder = f"folder:{image_folder(classes)}"
    made = recipe(image_size=(16, 18))
    data = load(folder, features="image", image_size=(16, 18), seed=4)
    shown = np.stack(pixels(contact_sheet(made, folder, images=7), 7)[0])
    found = [
        [i for i, raw in enumerate(data.train.chunks(1)) if (raw == one).all()]
        for one in shown
    ]
    assert all(len(places) == 1 for places in found)
    rows = np.array(found)[:, 0]
    labels = data.train.labels
    assert labels[rows].tolist() == [0, 1, 2, 3, 0, 1, 2]
    assert labels[:7].tolist() == [0] * 7  # as the files come
    again = np.stack(pixels(contact_sheet(made, folder, images=7), 7)[0])
    assert (again == shown).all()
    other = recipe(image_size=(16, 18), seed=5)
    other = np.stack(pixels(contact_sheet(other, folder, images=7), 7)[0])
    assert (other != shown).any()


def test_a_class_that_has_no_more_is_passed():
    labels = np.array([3, 3, 3, 3, 1, 1, 2])
    assert of_each_class(labels).tolist() == [0, 4, 6, 1, 5, 2, 3]
    rows = np.array([[1, 0], [1, 0], [1, 1], [0, 0], [1, 1]], "int8")
    assert of_each_class(rows).tolist() == [0, 2, 3, 1, 4]


def test_the_split_is_that_of_the_fit(pictures):
    x, y = pictures
    made = recipe(split_seed=9)
    shown = np.stack(pixels(contact_sheet(made, (x, y), images=34), 34)[0])
    data = load((x, y), features="image", image_size=(6, 8), seed=9)
    train = {one.tobytes() for one in data.train.read()}
    assert {one.tobytes() for one in shown} <= train
    other = load((x, y), features="image", image_size=(6, 8), seed=4)
    assert not train <= {one.tobytes() for one in other.train.read()}


def test_labels_of_several_are_shown_too(pictures):
    x, _ = pictures
    rows = np.eye(2, dtype=int)[np.arange(60) % 2]
    rows[::3] = 1
    figure = contact_sheet(recipe(multi_label=True), (x, rows), images=3)
    assert len(figure.axes) == 3 * 5


def test_crops_are_cut_out_of_the_files_as_in_a_fit(tmp_path):
    """A crop of what was scaled down before has lost the fine detail."""
    noise = np.random.default_rng(0).integers(0, 256, (12, 96, 128), "uint8")
    for i, picture in enumerate(noise):
        place = tmp_path / "files" / f"class{i % 2}"
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(place / f"{i:02}.png")
    spec = f"folder:{tmp_path / 'files'}"
    crop = Part("random_resized_crop", scale=(0.05, 0.1))
    made = recipe(augmentation=crop, image_size=(16, 16))
    figure = contact_sheet(made, spec, images=2, epochs=2)
    data = load(spec, image_size=(16, 16), seed=4)
    rows = of_each_class(data.train.labels)[:2]
    seen = augmenter(made, data)
    for epoch, column in enumerate(pixels(figure, 2)[1:]):
        given = seen.read(data.train, rows)
        expected, _ = seen(given, None, epoch, rows)
        assert (np.stack(column) == expected[..., 0]).all()
        small, _ = seen(data.train.read(rows), None, epoch, rows)
        assert small.std() < 0.7 * expected.std()
