"""folder:PATH: what is refused, by name."""

import os
import shutil

import numpy as np
import pytest
from PIL import Image

from recipes.data import folder, load

pytestmark = pytest.mark.both_backends


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


def add_dead_link(root):
    (root / "dog" / "deep").mkdir()
    (root / "dog" / "deep" / "x.png").symlink_to(root / "gone.png")
    return root / "dog" / "deep" / "x.png"


def add_dead_class(root):
    (root / "eel").symlink_to(root / "gone")
    return root / "eel"


def add_pipe(root):
    os.mkfifo(root / "dog" / "x.png")
    return root / "dog" / "x.png"


def add_loose_image(root):
    shutil.copy(root / "dog" / "00.png", root / "loose.PNG")
    return root / "loose.PNG"


@pytest.mark.parametrize(
    "spoil, words",
    [
        (add_dead_link, "a link that leads nowhere"),
        (add_dead_class, "a link that leads nowhere"),
        (add_pipe, "no regular file"),
        (add_loose_image, "an image beside the folders"),
    ],
)
def test_nothing_is_passed_over(refusal, image_folder, spoil, words):
    root = image_folder()
    (root / "README.txt").write_text("beside the classes: no image")
    assert load(f"folder:{root}")
    file = spoil(root)
    error = refusal(f"folder:{root}")
    assert error.file == file and words in str(error)


@pytest.mark.parametrize("loose", ["pets", "pets/train", "pets/test"])
def test_loose_images_beside_splits(refusal, image_folder, tmp_path, loose):
    for name in ("train", "test"):
        image_folder(name=f"pets/{name}")
    file = tmp_path / loose / "a.jpg"
    Image.new("L", (3, 3)).save(file)
    assert refusal(f"folder:{tmp_path}/pets").file == file


def test_folders_of_splits_without_train(refusal, image_folder):
    for name in ("test", "val"):
        root = image_folder(name=f"pets/{name}")
    error = refusal(f"folder:{root.parent}")
    assert "test and val, and no train folder" in str(error)


def test_a_file_is_no_folder(refusal, tmp_path):
    (tmp_path / "pets.zip").touch()
    error = refusal(f"folder:{tmp_path}/pets.zip")
    assert error.found == "a file" and error.file == tmp_path / "pets.zip"


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
