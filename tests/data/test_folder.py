"""folder:PATH."""

import numpy as np
import pytest
from PIL import Image

from recipes.data import folder, load
from recipes.data.image_files import FolderSource

pytestmark = pytest.mark.both_backends


def opened(path, mode, size=None):
    with Image.open(path) as image:
        image = image.convert(mode)
        if size:
            image = image.resize(size[::-1], Image.Resampling.BILINEAR)
        return np.array(image)


def test_a_folder_gives_the_pixels_of_its_files(image_folder):
    root = image_folder()
    data = load(f"folder:{root}")
    assert data.name == "pets" and data.class_names == ("cat", "dog")
    assert data.input_shape == (16, 18, 3) and data.value_scale == 1 / 255
    files = sorted(root.glob("*/*.png"))
    found = data.train.source.read(slice(None))
    np.testing.assert_array_equal(found, [opened(f, "RGB") for f in files])
    for split in data.splits:
        names = [files[row].parent.name for row in split.rows]
        assert names == [data.class_names[y] for y in split.labels]


@pytest.mark.parametrize("image_size", ["auto", (5, 7), [5, 7]])
def test_mixed_files(image_folder, image_size):
    root = image_folder(count=8)
    rng = np.random.default_rng(0)
    for i, (mode, ending) in enumerate(
        [("L", "png"), ("RGBA", "png"), ("RGB", "jpg"), ("RGB", "webp")] * 2
    ):
        size = (10 + i, 30 - i, len(mode)) if len(mode) > 1 else (11, 13)
        pixels = rng.integers(0, 256, size, "uint8")
        Image.fromarray(pixels).save(root / "dog" / f"x{i}.{ending}")
    (root / "dog" / "deeper").mkdir()
    (root / "dog" / "x0.png").rename(root / "dog" / "deeper" / "x0.png")
    data = load(f"folder:{root}", image_size=image_size)
    size = (16, 16) if image_size == "auto" else (5, 7)
    assert data.input_shape == (*size, 3)
    files = sorted(root.glob("cat/*")) + sorted(root.glob("dog/**/*.*"))
    assert len(files) == len(data.train.source) == 24
    for file, found in zip(
        files, data.train.source.read(slice(None)), strict=True
    ):
        if file.name not in ("x1.png", "x5.png"):  # transparent
            np.testing.assert_array_equal(found, opened(file, "RGB", size))


def test_tiny_images_are_enlarged_as_they_are_read(image_folder):
    """So that the resolved recipe reads the same pixels again."""
    root = image_folder(size=(6, 8))
    data = load(f"folder:{root}")
    assert data.input_shape == (24, 32, 3)
    again = load(f"folder:{root}", image_size=(24, 32))
    assert again.fingerprint == data.fingerprint


def test_gray_folders_have_one_channel(image_folder):
    root = image_folder()
    for file in root.glob("*/*.png"):
        Image.open(file).convert("L").save(file)
    assert load(f"folder:{root}").input_shape == (16, 18, 1)


@pytest.mark.parametrize("validation", ["val", "valid", "Validation"])
def test_folders_of_splits(image_folder, validation):
    for name in ("train", validation, "test"):
        image_folder(name=f"pets/{name}", count=3 + len(name))
    root = image_folder(name="pets/test")
    data = load(f"folder:{root.parent}")
    counts = [len(split) for split in data.splits]
    assert counts == [16, 2 * (3 + len(validation)), 24]
    assert data.class_names == ("cat", "dog")


def test_a_class_may_be_called_train(image_folder):
    data = load(f"folder:{image_folder(('train', 'bus', 'car'))}")
    assert data.class_names == ("bus", "car", "train")


def test_hidden_files_are_passed_over(image_folder):
    root = image_folder()
    for name in (".DS_Store", "Thumbs.db", "desktop.ini"):
        (root / "cat" / name).write_text("x")
    (root / ".cache").mkdir()
    assert len(load(f"folder:{root}").train.source) == 24


def test_links_are_followed_and_circles_have_an_end(image_folder):
    root = image_folder()
    other = image_folder(("more",), count=5, name="other") / "more"
    (root / "cat" / "linked").symlink_to(other)
    (root / "cat" / "self").symlink_to(root / "cat")
    (root / "cat" / "up").symlink_to(root)
    (other / "back").symlink_to(root / "cat")
    (root / "eel").symlink_to(other)
    (root / "dog" / "one.png").symlink_to(other / "00.png")
    data = load(f"folder:{root}")
    assert data.class_names == ("cat", "dog", "eel")
    counts = sum(np.bincount(split.labels) for split in data.splits)
    assert counts.tolist() == [12 + 5, 13, 5 + 12]


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_the_channels_can_be_asked_for(image_folder, channels, mode):
    root = image_folder()
    for file in root.glob("*/*.png"):
        Image.open(file).convert(mode).save(file)
    data = load(f"folder:{root}", channels=channels)
    assert data.input_shape == (16, 18, channels)
    first = opened(root / "cat" / "00.png", "L" if channels == 1 else "RGB")
    found = data.train.source.array[0]
    np.testing.assert_array_equal(found.squeeze(), first)


def test_on_disk_and_in_memory_are_the_same(image_folder, monkeypatch):
    root = image_folder()
    kept = load(f"folder:{root}")
    monkeypatch.setattr(folder, "IN_MEMORY", 0)
    read = load(f"folder:{root}")
    assert isinstance(read.train.source, FolderSource)
    assert not isinstance(kept.train.source, FolderSource)
    for one, two in zip(kept.splits, read.splits, strict=True):
        np.testing.assert_array_equal(one.read(), two.read())
        np.testing.assert_array_equal(one.labels, two.labels)
    source = read.train.source
    np.testing.assert_array_equal(
        source.read([3, 1, 3]), kept.train.source.read([3, 1, 3])
    )
    assert source.dtype == np.uint8 and source.shape == (16, 18, 3)


def test_the_fingerprint_is_the_same_on_disk(image_folder, monkeypatch):
    root = image_folder(count=140)  # more than one chunk
    kept = [load(f"folder:{root}", image_size=s) for s in ("auto", (5, 7))]
    monkeypatch.setattr(folder, "IN_MEMORY", 0)
    for size, one in zip(("auto", (5, 7)), kept, strict=True):
        two = load(f"folder:{root}", image_size=size)
        assert isinstance(two.train.source, FolderSource)
        assert two.fingerprint == one.fingerprint


@pytest.mark.parametrize("in_memory", [True, False])
def test_the_fingerprint_knows_the_pixels(image_folder, monkeypatch, in_memory):
    if not in_memory:
        monkeypatch.setattr(folder, "IN_MEMORY", 0)
    root = image_folder()
    first = load(f"folder:{root}").fingerprint
    assert load(f"folder:{root}").fingerprint == first
    Image.new("RGB", (8, 6)).save(root / "cat" / "03.png")
    assert load(f"folder:{root}").fingerprint != first
