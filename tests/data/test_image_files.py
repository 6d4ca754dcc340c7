"""Originals on disk: reduced as they are decoded, read by crops."""

import numpy as np
import pytest
from PIL import Image

import recipes
from augment import Policy, RandomResizedCrop
from recipes.data import folder, load
from recipes.data.augmenting import Pictures, augmenter, reductions
from recipes.data.images import decode
from recipes.data.loader import Loader

pytestmark = pytest.mark.both_backends


def smooth(height, width):
    """A picture without fine detail: any good scaling gives the same."""
    y, x = np.mgrid[:height, :width] / max(height, width)
    rgb = np.stack([x, y, 0.5 + 0.4 * np.sin(4 * x + 3 * y)], axis=-1)
    return (rgb * 250).astype("uint8")


@pytest.fixture
def photos(tmp_path):
    """24 photographs of four sizes, JPEG and PNG, two classes."""
    for i in range(24):
        place = tmp_path / "photos" / f"class{i % 2}"
        place.mkdir(parents=True, exist_ok=True)
        image = Image.fromarray(smooth(90 + 20 * (i % 4), 160 - 10 * (i % 3)))
        ending = "png" if i % 3 == 0 else "jpg"
        image.save(
            place / f"{i:02}.{ending}", **({"quality": 95} if i % 3 else {})
        )
    return tmp_path / "photos"


@pytest.mark.parametrize("ending", ["jpg", "png"])
@pytest.mark.parametrize("reduced", [2, 4, 8])
def test_a_reduced_image_is_the_mean_of_its_pixels(tmp_path, ending, reduced):
    path = tmp_path / f"a.{ending}"
    pixels = smooth(96, 160)
    Image.fromarray(pixels).save(
        path, **({"quality": 100} if ending == "jpg" else {})
    )
    found = decode(path, 3, reduced=reduced)
    sides = 96 // reduced, reduced, 160 // reduced, reduced, 3
    expected = pixels.reshape(sides).mean(axis=(1, 3))
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=4)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("size", [(101, 163), (104, 168)])
def test_a_turned_picture_is_reduced_from_its_corner(
    tmp_path, orientation, size
):
    path = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(smooth(*size)).save(path, quality=100, exif=exif)
    whole = decode(path, 3)
    height, width = (side // 8 for side in whole.shape[:2])
    blocks = whole[: 8 * height, : 8 * width]
    means = blocks.reshape(height, 8, width, 8, 3).mean(axis=(1, 3))
    found = decode(path, 3, reduced=8)[:height, :width]
    assert np.abs(found - means).mean() < 1


def test_reductions_leave_a_pixel_for_each():
    scale = np.array([0.3, 1.0, 1.99, 2.0, 3.9, 4.0, 8.5, 40])
    sizes = np.full((8, 2), 100)
    assert reductions(scale, sizes).tolist() == [1, 1, 1, 2, 2, 4, 8, 8]
    sizes[:, 0] = 3  # a side that would vanish
    assert reductions(scale, sizes).max() == 2


def test_a_thin_image_is_decoded(tmp_path):
    path = tmp_path / "thin.jpg"
    Image.fromarray(smooth(3, 3000)).save(path)
    assert decode(path, 3, reduced=8).shape[2] == 3


@pytest.mark.parametrize("augmentation", ["resnet", "random_resized_crop"])
def test_a_crop_of_originals_is_the_crop_of_the_data(photos, augmentation):
    """Sharper, and else the same: files, arrays and device agree."""
    data = load(f"folder:{photos}", image_size=(24, 24))
    recipe = recipes.image_classifier(
        augmentation=augmentation, image_size=(24, 24)
    )
    augment = augmenter(recipe, data)
    rows = np.arange(len(data.train))
    targets = np.zeros((len(rows), 1))
    given = augment.read(data.train, rows)
    original, _ = augment(given, targets, 1, rows)
    squashed, _ = augment(data.train.read(rows), targets, 1, rows)
    assert np.abs(original.astype(int) - squashed).mean() < 3
    other, _ = augment(data.train.read(rows), targets, 2, rows)
    assert np.abs(original.astype(int) - other).mean() > 6  # the control


@pytest.mark.parametrize(
    "augmentation",
    [
        "resnet",
        ["light", "random_resized_crop"],
        ["random_resized_crop", "random_lens_distortion"],
    ],
)
def test_reduced_decoding_shows_the_same(photos, augmentation, monkeypatch):
    monkeypatch.setattr(folder, "IN_MEMORY", 0)
    data = load(f"folder:{photos}", image_size=(24, 32))
    recipe = recipes.image_classifier(
        augmentation=augmentation, image_size=(24, 32)
    )
    augment = augmenter(recipe, data)
    rows = np.arange(len(data.train))
    targets = np.zeros((len(rows), 1))
    given = augment.read(data.train, rows)
    reduced, _ = augment(given, targets, 1, rows)
    assert given.reduced.max() > 1  # it was used
    monkeypatch.setattr(
        "recipes.data.augmenting.reductions",
        lambda scale, sizes: np.ones(len(scale), int),
    )
    whole, _ = augment(augment.read(data.train, rows), targets, 1, rows)
    apart = np.abs(reduced.astype(int) - whole)
    assert apart.mean() < 1.5 and np.quantile(apart, 0.99) < 8
    assert reduced.shape[1:] == (24, 32, 3)


def test_a_crop_reads_the_original_even_of_what_is_in_memory(photos):
    data = load(f"folder:{photos}", image_size=(16, 16))
    crop = Pictures(Policy([RandomResizedCrop(16, 16)]), 0, 1 / 255)
    rows = np.arange(4)
    seen = crop.read(data.train, rows)
    assert seen[0].shape[:2] == tuple(seen.sizes[0].astype(int))
    plain = Pictures(Policy([]), 0, 1 / 255)
    np.testing.assert_array_equal(
        plain.read(data.train, rows), data.train.read(rows)
    )


@pytest.mark.parametrize("augmentation", ["resnet", "strong"])
def test_threads_and_batch_size_change_nothing(
    photos, augmentation, monkeypatch
):
    monkeypatch.setattr(folder, "IN_MEMORY", 0)
    data = load(f"folder:{photos}", image_size=(16, 20))
    recipe = recipes.image_classifier(
        augmentation=augmentation, image_size=(16, 20)
    )
    found = []
    for threads, batch_size in ((0, 4), (3, 4), (2, 8)):
        loader = Loader(
            data.train,
            lambda labels: labels[:, None].astype("float32"),
            batch_size,
            0,
            False,
            threads,
            augment=augmenter(recipe, data),
        )
        batches = loader.batches()
        images = [next(batches)[0] for _ in range(loader.steps_per_epoch)]
        loader.close(batches)
        found.append(np.concatenate(images))
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


def test_only_one_image_of_a_batch_is_decoded_at_a_time(photos, monkeypatch):
    """Twelve megapixels times 64 would not fit."""
    monkeypatch.setattr(folder, "IN_MEMORY", 0)
    data = load(f"folder:{photos}", image_size=(16, 20))
    given = data.train.source.originals([0, 1, 2])
    first = given[0]
    assert given[0] is first  # the last one is kept
    given[1]
    assert given[0] is not first  # and no other


def test_a_file_that_is_damaged_later_is_named(photos, monkeypatch):
    monkeypatch.setattr(folder, "IN_MEMORY", 0)
    recipe = recipes.image_classifier(
        augmentation="resnet",
        network=recipes.Part("cnn", filters=(4,), depth=1),
        image_size=(16, 16),
        epochs=1,
        batch_size=4,
    )
    data = recipes.data.load(f"folder:{photos}", image_size=(16, 16))
    victim = data.train.source.paths[data.train.rows[0]]
    victim.write_bytes(victim.read_bytes()[:200])
    with pytest.raises(recipes.DataError, match=victim.name):
        recipe.fit(data, verbose=False, directory=photos.parent / "run")
