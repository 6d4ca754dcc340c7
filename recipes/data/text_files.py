"""Text files: `folder:PATH` with class folders of them, and single ones."""

import numpy as np

from recipes.data.class_folders import (
    TEXTS,
    class_names,
    listing,
    names_below,
    ordered,
)
from recipes.data.raw import Raw, split_name, to_path
from recipes.data.texts import from_strings
from recipes.errors import DataError


def from_text_folder(rest):
    """Read a folder whose subfolders are the classes, one text per file.

    Subfolders called train, validation (or val) and test are taken as splits
    with class folders below them. Links are followed. Hidden files are
    skipped; any other file in a class folder has to be a text in UTF-8. Where
    some are called .txt, all have to be.

    Args:
        rest: The folder's path.

    Raises:
        DataError: For a folder without class folders, an empty class folder,
            or a file that is empty or no text, by name.
    """
    root, listed = listing(rest)
    _refuse_strays(listed)
    names = class_names(listed)
    splits = {}
    for role, classes in listed.items():
        paths, labels = ordered(classes, names)
        texts = [read_text(path) for path in paths]
        source = from_strings(texts, split_name(role))
        source.files = names_below(root, paths)
        splits[role] = source, np.array(labels, "int64")
    return Raw(
        root.resolve().name,
        splits,
        features="text",
        target="class",
        class_names=tuple(names),
    )


def read_text(path):
    """Return the text of a file in UTF-8, with or without a mark.

    Raises:
        DataError: Naming a file that cannot be read, is empty, or no text.
    """
    try:
        text = to_path(path).read_bytes().decode("utf-8-sig")
        if "\0" in text:
            raise ValueError("it holds zero bytes")
    except (OSError, ValueError) as error:
        raise DataError(
            f"a file that cannot be read as text ({error})",
            "a text in UTF-8",
            "replace or remove this file, or save it in UTF-8",
            file=path,
        ) from error
    if not text.strip():
        raise DataError(
            "an empty text",
            "a text with at least one word",
            "remove this file, or write something into it",
            file=path,
        )
    return text


def _refuse_strays(listed):
    """Refuse files of another kind beside .txt files."""
    found = [
        path
        for classes in listed.values()
        for paths in classes.values()
        for path in paths
    ]
    others = [path for path in found if path.suffix.lower() not in TEXTS]
    if len(others) not in (0, len(found)):
        raise DataError(
            f"a file that is no .txt, beside {len(found) - len(others)} that "
            "are",
            "texts alone in the class folders",
            "move this file elsewhere, or rename it to .txt if it is one",
            file=others[0],
        )


def text_column(path, columns, known=None):
    """Return which column of a CSV file holds the texts.

    The one that is `known`, the only one, or the one called `text`.

    Args:
        path: The file, for messages.
        columns: Names of the columns that may hold it.
        known: The name that a run was trained on, or None.

    Raises:
        DataError: If none of this decides.
    """
    if known in columns:
        return known
    if len(columns) == 1:
        return columns[0]
    if "text" in columns:
        return "text"
    raise DataError(
        f"the columns {', '.join(columns)}",
        "one column of texts beside the label, or one called text",
        "rename the column of texts to text, or drop the others",
        file=path,
    )
