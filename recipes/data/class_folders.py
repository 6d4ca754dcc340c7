"""Folders of class folders: which files there are, of which class and split."""

import os
from pathlib import Path

from recipes.data.raw import to_path
from recipes.errors import DataError

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
TEXTS = (".txt",)


def listing(rest):
    """Return (root, split → class → files) of a folder of class folders.

    Subfolders called train, validation (or val) and test are splits with
    class folders below them; otherwise the one split is `"all"`.

    Args:
        rest: The folder's path.

    Raises:
        DataError: For a folder without class folders, or an empty one.
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
        raise _no_classes(root)
    roles = {folder: SPLITS.get(folder.name.lower()) for folder in below}
    if not _holds_splits(roles):
        return root, {"all": _classes(root)}
    _refuse_loose(root)
    return root, {roles[folder]: _classes(folder) for folder in below}


def class_names(listed):
    """Return the names of all classes, sorted."""
    return sorted({name for classes in listed.values() for name in classes})


def ordered(classes, names):
    """Return (files, class numbers) of one split, class by class."""
    paths = [path for name in names for path in classes.get(name, ())]
    numbers = [i for i, name in enumerate(names) for _ in classes.get(name, ())]
    return paths, numbers


def names_below(root, paths):
    """Return the paths of files as they stand below a folder.

    >>> names_below(Path("pets"), [Path("pets/cats/1.png")])
    ['cats/1.png']
    """
    return [path.relative_to(root).as_posix() for path in paths]


def holds_texts(listed):
    """Whether some files end in .txt, and none as images do."""
    suffixes = {
        path.suffix.lower()
        for classes in listed.values()
        for paths in classes.values()
        for path in paths
    }
    return not suffixes.isdisjoint(TEXTS) and suffixes.isdisjoint(IMAGES)


def _no_classes(root):
    return DataError(
        "a folder without class folders",
        "one folder per class, with images (or texts) in it",
        "move the files into folders named after their classes",
        file=root,
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


def _classes(root):
    """Map class names to their files, sorted."""
    classes = {}
    for folder in _folders(root):
        files = _files(folder)
        if not files:
            raise DataError(
                "an empty class folder",
                "at least one file",
                "fill it or remove it",
                file=folder,
            )
        classes[folder.name] = files
    if not classes:
        raise _no_classes(root)
    _refuse_loose(root)
    return classes


def _refuse_loose(root):
    """Refuse examples, and links to nowhere, beside the class folders."""
    for path in _entries(root):
        broken = path.is_symlink() and not path.exists()
        image = path.suffix.lower() in IMAGES
        if broken or (path.is_file() and image):
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
                    "a file that opens",
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
