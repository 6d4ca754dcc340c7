"""Folders of class folders of images: `folder:PATH`."""

import hashlib
from pathlib import Path

import numpy as np

from recipes.data.data import ArraySource
from recipes.data.images import common_size, decode, decode_all, headers
from recipes.data.raw import Raw
from recipes.errors import DataError
from recipes.resolve import enlarged

IN_MEMORY = 2**30  # bytes of decoded pixels that are kept
SPLITS = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "test": "test",
    "testing": "test",
}
IGNORED = ("thumbs.db", "desktop.ini")


class FolderSource:
    """Images on disk, decoded when they are read.

    Args:
        paths: Files, in order.
        size: (height, width) that all are resized to.
        channels: 1 or 3.
    """

    dtype = np.dtype("uint8")

    def __init__(self, paths, size, channels):
        self.paths, self.size, self.channels = paths, size, channels

    def __len__(self):
        return len(self.paths)

    @property
    def shape(self):
        """Shape of one example."""
        return (*self.size, self.channels)

    def read(self, indices):
        """Return the images at `indices`, in that order."""
        if isinstance(indices, slice):
            indices = range(*indices.indices(len(self)))
        pictures = [
            decode(self.paths[i], self.channels, self.size) for i in indices
        ]
        return np.stack(pictures)

    def digest(self):
        """Return what identifies the content, as bytes."""
        digest = hashlib.sha256(repr(self.shape).encode())
        for path in self.paths:
            digest.update(path.name.encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.digest()


def from_folder(rest, image_size="auto"):
    """Read a folder whose subfolders are the classes.

    Subfolders called train, validation (or val) and test are taken as splits
    with class folders below them. Hidden files are skipped; any other file
    has to be an image. Every file is decoded once here, so that a bad one is
    found before training.

    Args:
        rest: The folder's path.
        image_size: (height, width) to resize to, or `"auto"`.

    Raises:
        DataError: For a folder without class folders, an empty class folder,
            or a file that is no image, by name.
    """
    root = Path(rest).expanduser()
    if not root.is_dir():
        raise DataError(
            "no such folder", "a folder", "check the path", file=root
        )
    below = _folders(root)
    if not below:
        raise DataError(
            "a folder without class folders",
            "one folder per class, with images in it",
            "move the images into folders named after their classes",
            file=root,
        )
    roles = {folder: SPLITS.get(folder.name.lower()) for folder in below}
    split = "train" in roles.values() and _holds_splits(roles)
    listed = (
        {roles[folder]: _classes(folder) for folder in below}
        if split
        else {"all": _classes(root)}
    )
    names = sorted({name for classes in listed.values() for name in classes})
    found = [p for c in listed.values() for ps in c.values() for p in ps]
    known = dict(zip(found, headers(found), strict=True))
    sizes = [size for size, _ in known.values()]
    size = (
        enlarged(common_size(sizes))
        if image_size == "auto"
        else tuple(image_size)
    )
    channels = 1 if all(gray for _, gray in known.values()) else 3
    keep = len(found) * size[0] * size[1] * channels <= IN_MEMORY
    splits = {
        role: _source(classes, names, size, channels, keep)
        for role, classes in listed.items()
    }
    return Raw(
        root.resolve().name,
        splits,
        features="image",
        target="class",
        class_names=tuple(names),
    )


def _holds_splits(roles):
    """Whether the folders are splits, with class folders below them.

    A class may be called train (beside bus and car): then its images lie in
    the folder itself.
    """
    if all(roles.values()):
        names = list(roles.values())
        twice = [f for f, r in roles.items() if names.count(r) > 1]
        if twice:
            raise DataError(
                f"the folders {' and '.join(f.name for f in twice)} for one "
                "split",
                "one folder for each of train, validation and test",
                "put them together",
                file=twice[0].parent,
            )
        return True
    train = next(f for f, role in roles.items() if role == "train")
    if not _folders(train):
        return False
    odd = next(f for f, role in roles.items() if not role)
    raise DataError(
        f"a folder {odd.name!r} beside train",
        "train, validation (or val) and test alone, with class folders below "
        "them",
        "move or rename this folder",
        file=odd,
    )


def _source(classes, names, size, channels, keep):
    paths = [path for name in names for path in classes.get(name, ())]
    labels = [i for i, name in enumerate(names) for _ in classes.get(name, ())]
    if keep:
        source = ArraySource(decode_all(paths, channels, size))
    else:
        for start in range(0, len(paths), 256):
            decode_all(paths[start : start + 256], channels, size)
        source = FolderSource(paths, size, channels)
    return source, np.array(labels, "int64")


def _classes(root):
    """Map class names to their files, sorted."""
    classes = {}
    for folder in _folders(root):
        files = [
            path
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not _is_hidden(path, folder)
        ]
        if not files:
            raise DataError(
                "an empty class folder",
                "at least one image",
                "fill it or remove it",
                file=folder,
            )
        classes[folder.name] = files
    if not classes:
        raise DataError(
            "a folder without class folders",
            "one folder per class, with images in it",
            "move the images into folders named after their classes",
            file=root,
        )
    return classes


def _folders(root):
    return sorted(
        p for p in root.iterdir() if p.is_dir() and not p.name.startswith(".")
    )


def _is_hidden(path, root):
    parts = path.relative_to(root).parts
    return path.name.lower() in IGNORED or any(
        part.startswith(".") for part in parts
    )
