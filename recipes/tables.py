"""Tables of what there is, made from the registry: for a terminal, for docs."""

import inspect
import re

from recipes import registry
from recipes.recipe import Recipe

# Listed without loading Keras; a test holds this list to the tasks.
RECIPES = {
    "image_classifier": "classes of images, convolutional network",
    "tabular_classifier": "classes of rows of numbers, dense network",
    "tabular_regressor": "numbers from rows of numbers, dense network",
    "text_classifier": "classes of texts, convolutions along the words",
}
# Arguments of every Keras layer, which say nothing about the technique.
_COMMON = ("activity_regularizer", "trainable", "dtype", "autocast", "name")


def kinds():
    """Return what can be listed: recipes, their fields, every kind."""
    return ["recipe", "field", *registry.kinds()]


def rows(kind):
    """Return (name, one line) of every row of a kind.

    >>> rows("pooling")[0]
    ('max_pooling', 'the largest of each window of 2x2')
    """
    if kind == "recipe":
        return list(RECIPES.items())
    if kind == "field":
        return _fields()
    names = registry.names(kind)
    return [(name, registry.lookup(kind, name).summary) for name in names]


def terminal(console, wanted=None):
    """Print the tables of one kind, or of all, on a Rich console."""
    from rich.table import Table

    for kind in kinds() if wanted is None else [wanted]:
        table = Table(title=kind, title_justify="left", show_header=False)
        for name, words in rows(kind):
            table.add_row(name, words)
        console.print(table)


def markdown():
    """Return all tables as Markdown, with every argument and its default."""
    import keras

    parts = [
        "# Techniques\n\nEvery name that a recipe can use. Made by `recipes "
        "list --markdown`; a test holds it to the registry. Arguments as of "
        f"Keras {'.'.join(keras.__version__.split('.')[:2])}.\n"
    ]
    for kind in kinds():
        if kind in ("recipe", "field"):
            head, lines = "| name | |\n|---|---|", rows(kind)
        else:
            head = "| name | | arguments |\n|---|---|---|"
            lines = [(n, w, _arguments(kind, n)) for n, w in rows(kind)]
        body = (
            " | ".join(_cell(text) for text in (f"`{name}`", *rest))
            for name, *rest in lines
        )
        table = "\n".join(f"| {line} |" for line in body)
        parts.append(f"## {kind}\n\n{head}\n{table}\n")
    return "\n".join(parts)


def _cell(text):
    return text.replace("|", "\\|")


def _arguments(kind, name):
    """Return the arguments of a row as they would be written in a Part."""
    found = registry.lookup(kind, name).arguments().items()
    return ", ".join(
        f"`{name}`"
        if default is inspect.Parameter.empty
        else _shown(name, default)
        for name, default in found
        if name not in _COMMON
    )


def _shown(name, default):
    return f"`{name}={default!r}`"


def _fields():
    """Return each field with the first sentence of its documentation."""
    text = inspect.cleandoc(Recipe.__doc__)
    text = text.partition("Args:\n")[2].partition("\nRaises:")[0]
    found = re.findall(r"^    (\w+): (.*?)(?=^    \w+: |\Z)", text, re.S | re.M)
    return [(name, _first_sentence(words)) for name, words in found]


def _first_sentence(words):
    words = " ".join(words.split())
    return re.split(r"(?<=[^.A-Z])[.:;] ", words)[0].rstrip(".")
