"""Folders of class folders of images: `folder:PATH`."""

import os
from pathlib import Path

import numpy as np

from recipes.data.data import ArraySource
from recipes.data.images import (
    FolderSource,
    chunks,
    common_size,
    decode_all,
    headers,
)
from recipes.data.raw import Raw, to_path
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
IMAGES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")


def from_folder(rest, image_size="auto", channels=None):
    """Read a folder whose subfolders are the classes.

    Subfolders called train, validation (or val) and test are taken as splits
    with class folders below them. Links are followed. Hidden files are
    skipped; any other file in a class folder has to be an image. Every file
    is decoded once here, so that a bad one is found before training.

    Args:
        rest: The folder's path.
        image_size: (height, width) to resize to, or `"auto"`.
        channels: 1 (gray), 3 (RGB), or None: 1 where all files are gray.

    Raises:
        DataError: For a folder without class folders, an empty class folder,
            or a file that is no image, by name.
    """
    root = to_path(rest)
    if not root.is_dir():
        raise DataError(
            "a file" if root.exists() else "no such folder",
            "a folder",
            "check the path",
            file=root,
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
    split = _holds_splits(roles)
    if split:
        _refuse_loose(root)
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
        else tuple(map(int, image_size))
    )
    if channels is None:
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
    names = list(roles.values())
    if all(names):
        root = next(iter(roles)).parent
        if "train" not in names:
            raise DataError(
                f"{' and '.join(f.name for f in roles)}, and no train folder",
                "a train folder beside them, or one folder per class",
                "add train, or rename the folders if they are classes",
                file=root,
            )
        twice = [f for f, r in roles.items() if names.count(r) > 1]
        if twice:
            raise DataError(
                f"the folders {' and '.join(f.name for f in twice)} for one "
                "split",
                "one folder for each of train, validation and test",
                "put them together",
                file=root,
            )
        return True
    if "train" not in names:
        return False
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
        for some in chunks(paths):
            decode_all(some, channels, size)
        source = FolderSource(paths, size, channels)
    return source, np.array(labels, "int64")


def _classes(root):
    """Map class names to their files, sorted."""
    classes = {}
    for folder in _folders(root):
        files = _files(folder)
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
    _refuse_loose(root)
    return classes


def _refuse_loose(root):
    """Refuse images, and links to nowhere, beside the class folders."""
    for path in _entries(root):
        broken = path.is_symlink() and not path.exists()
        if broken or (path.is_file() and path.suffix.lower() in IMAGES):
            raise DataError(
                "a link that leads nowhere"
                if broken
                else "an image beside the folders",
                "every image in a class folder",
                "move it into one, or remove it",
                file=path,
            )


def _files(folder):
    """Return the files in and below a class folder, sorted.

    Each folder is read once, and none above the class folder, so that links
    in a circle have an end.
    """
    above = Path(os.path.realpath(folder.parent), folder.name).parents
    above = {*above, *Path(os.path.realpath(folder)).parents}
    files, seen, ahead = [], set(map(str, above)), [folder]
    while ahead:
        below = ahead.pop(0)
        if os.path.realpath(below) in seen:
            continue
        seen.add(os.path.realpath(below))
        for path in _entries(below):
            if path.is_dir():
                ahead.append(path)
            elif path.is_file():
                files.append(path)
            else:
                raise DataError(
                    "a link that leads nowhere"
                    if path.is_symlink()
                    else "no regular file",
                    "an image that opens",
                    "replace or remove it",
                    file=path,
                )
    return sorted(files)


def _folders(root):
    return [path for path in _entries(root) if path.is_dir()]


def _entries(folder):
    """Return what lies in a folder and is not hidden, sorted."""
    try:
        found = sorted(folder.iterdir())
    except OSError as error:
        raise DataError(
            f"a folder that cannot be read ({error.strerror})",
            "a folder that opens",
            "check its rights",
            file=folder,
        ) from error
    return [
        path
        for path in found
        if not path.name.startswith(".") and path.name.lower() not in IGNORED
    ]
