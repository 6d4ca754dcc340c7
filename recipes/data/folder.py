"""Folders of class folders of images: `folder:PATH`."""

import numpy as np

from recipes.data.class_folders import (
    class_names,
    holds_texts,
    listing,
    names_below,
    ordered,
)
from recipes.data.image_files import DecodedFolder, FolderSource
from recipes.data.images import (
    chunks,
    common_size,
    decode_all,
    headers,
)
from recipes.data.raw import Raw
from recipes.errors import DataError
from recipes.resolve import enlarged

IN_MEMORY = 2**30  # bytes of decoded pixels that are kept


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
    root, listed = listing(rest)
    if holds_texts(listed):
        raise DataError(
            "a folder of text files",
            "images",
            "use a recipe for texts: text_classifier",
            file=root,
        )
    names = class_names(listed)
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
        role: _source(root, classes, names, size, channels, keep, known)
        for role, classes in listed.items()
    }
    return Raw(
        root.resolve().name,
        splits,
        features="image",
        target="class",
        class_names=tuple(names),
    )


def _source(root, classes, names, size, channels, keep, known):
    paths, labels = ordered(classes, names)
    sizes = [known[path][0] for path in paths]
    files = paths, size, channels, sizes, names_below(root, paths)
    if keep:
        source = DecodedFolder(decode_all(paths, channels, size), *files)
    else:
        for some in chunks(paths):
            decode_all(some, channels, size)
        source = FolderSource(*files)
    return source, np.array(labels, "int64")
