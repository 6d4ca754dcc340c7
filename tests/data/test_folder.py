"""folder:PATH."""

import numpy as np
import pytest
from PIL import Image

from recipes.data import folder, load
from recipes.data.folder import FolderSource

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


def cut(path, share=0.5):
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])


def spoil_png(root):
    cut(root / "dog" / "05.png")
    return root / "dog" / "05.png"


def spoil_jpeg(root):
    pixels = np.random.default_rng(0).integers(0, 256, (40, 40, 3), "uint8")
    Image.fromarray(pixels).save(root / "dog" / "big.jpg")
    cut(root / "dog" / "big.jpg")
    return root / "dog" / "big.jpg"


def add_empty_file(root):
    (root / "dog" / "none.png").touch()
    return root / "dog" / "none.png"


def add_text(root):
    (root / "cat" / "notes.txt").write_text("a note")
    return root / "cat" / "notes.txt"


def add_empty_class(root):
    (root / "eel").mkdir()
    return root / "eel"


def add_hidden_class(root):
    (root / "eel").mkdir()
    (root / "eel" / ".DS_Store").touch()
    return root / "eel"


@pytest.mark.parametrize(
    "spoil, words",
    [
        (spoil_png, "no image"),
        (spoil_jpeg, "no image"),
        (add_empty_file, "an empty file"),
        (add_text, "no image"),
        (add_empty_class, "an empty class folder"),
        (add_hidden_class, "an empty class folder"),
    ],
)
@pytest.mark.parametrize("in_memory", [True, False])
def test_bad_folders(
    refusal, image_folder, monkeypatch, spoil, words, in_memory
):
    if not in_memory:
        monkeypatch.setattr(folder, "IN_MEMORY", 0)
    root = image_folder()
    assert load(f"folder:{root}")
    file = spoil(root)
    error = refusal(f"folder:{root}")
    assert error.file == file and words in str(error)
    assert str(file) in str(error)


def test_folders_without_classes(refusal, tmp_path, image_folder):
    (tmp_path / "bare").mkdir()
    for name in ("none", "bare"):
        error = refusal(f"folder:{tmp_path / name}")
        assert error.file == tmp_path / name
    Image.new("L", (3, 3)).save(tmp_path / "bare" / "a.png")
    assert "one folder per class" in str(refusal(f"folder:{tmp_path}/bare"))
    single = image_folder(("cat",), name="single")
    assert "a single class, 'cat'" in str(refusal(f"folder:{single}"))
    assert "use an image" in str(
        refusal(f"folder:{image_folder()}", features="table", image_size=None)
    )


@pytest.mark.parametrize(
    "names, odd", [(("unused",), "unused"), (("val", "valid"), "val")]
)
def test_odd_folders_beside_train(refusal, image_folder, names, odd):
    for name in ("train", "test", *names):
        root = image_folder(name=f"pets/{name}")
    assert odd in str(refusal(f"folder:{root.parent}"))


def test_a_class_missing_from_train_is_named(refusal, image_folder):
    image_folder(name="pets/train")
    root = image_folder(("cat", "eel"), name="pets/test")
    error = refusal(f"folder:{root.parent}")
    assert error.split == "train" and "the class eel" in str(error)


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


@pytest.mark.parametrize("in_memory", [True, False])
def test_the_fingerprint_knows_the_pixels(image_folder, monkeypatch, in_memory):
    if not in_memory:
        monkeypatch.setattr(folder, "IN_MEMORY", 0)
    root = image_folder()
    first = load(f"folder:{root}").fingerprint
    assert load(f"folder:{root}").fingerprint == first
    Image.new("RGB", (8, 6)).save(root / "cat" / "03.png")
    assert load(f"folder:{root}").fingerprint != first
