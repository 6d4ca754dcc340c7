"""Tables of what there is, made from the registry: for a terminal, for docs."""

import inspect
import re

from recipes import registry
from recipes.errors import RecipeError, suggest
from recipes.menu.actions import ACTIONS
from recipes.menu.arguments import ARGUMENTS
from recipes.recipe import Recipe

# Listed without loading Keras; a test holds this list to the tasks.
RECIPES = {
    "image_classifier": "classes of images, convolutional network",
    "image_fine_tuner": "classes of images, a head on a pretrained backbone",
    "image_regressor": "numbers from images, convolutional network",
    "tabular_classifier": "classes of rows of numbers, dense network",
    "tabular_regressor": "numbers from rows of numbers, dense network",
    "text_classifier": "classes of texts, convolutions along the words",
}
PLAIN = ("recipe", "action", "field")  # kinds whose rows have no arguments
# Arguments of every Keras layer, which say nothing about the technique.
_COMMON = ("activity_regularizer", "trainable", "dtype", "autocast", "name")


def kinds():
    """Return what can be listed: recipes, actions, fields, every kind."""
    return [*PLAIN, "argument", *registry.kinds()]


def rows(kind):
    """Return (name, one line) of every row of a kind.

    >>> rows("pooling")[0]
    ('max_pooling', 'the largest of each window of 2x2')
    """
    if kind == "recipe":
        return list(RECIPES.items())
    if kind == "action":
        return list(ACTIONS.items())
    if kind == "field":
        return [(name, _first_sentence(words)) for name, words in _fields()]
    if kind == "argument":
        return list(ARGUMENTS.items())
    names = registry.names(kind)
    return [(name, registry.lookup(kind, name).summary) for name in names]


def terminal(console, wanted=None):
    """Print tables on a Rich console; the names of all kinds load no Keras.

    Args:
        console: A `rich.console.Console`.
        wanted: A kind, then with arguments; a word to look for; or None: all.

    Raises:
        RecipeError: If nothing has to do with the word.
    """
    if wanted is None:
        for kind in kinds():
            _print(console, kind, [(*row, "") for row in rows(kind)])
        return
    for kind, lines in find(wanted).items():
        _print(console, kind, lines)


def _print(console, title, lines):
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column(no_wrap=True)
    for name, words, details in lines:
        cell = Text(words)
        if details:
            cell.append("\n" * bool(words))
            cell.append(details.replace("`", ""), "dim")
        table.add_row(Text(name), cell)
    console.print(table)


def find(wanted):
    """Return kind → (name, words, details) of all that has to do with a text.

    All of a kind, if it is one; else what has it in its name, and then what
    has it in its words.

    Args:
        wanted: Words in any form: `"drop_connect"`, `"label smoothing"`.

    Raises:
        RecipeError: If there is nothing, with the nearest name.

    Example:

    >>> list(find("class weights")), list(find("clipping"))
    (['field'], ['argument', 'field'])
    """
    for kind in kinds():
        if _stems(kind) == _stems(wanted):
            return {kind: [(n, w, _details(kind, n)) for n, w in rows(kind)]}
    found, every = {}, list(_everything())
    for kind, *line in sorted(every, key=lambda e: not _has(e[1], wanted)):
        if _stems(wanted) and _has(" ".join(line[:2]), wanted):
            found.setdefault(kind, []).append(line)
    if found:
        return found
    names = [*kinds(), *dict.fromkeys(e[1].split("/")[-1] for e in every)]
    raise RecipeError(
        f"nothing has to do with {wanted!r}.{suggest(wanted, names)} "
        f"Kinds: {', '.join(kinds())}"
    )


def _everything():
    """Yield (kind, name, words, details) of all there is."""
    for kind in registry.kinds():
        for argument in _owners(kind):
            path = f"{kind}/{argument}"
            words = ARGUMENTS.get(path, "")
            yield "argument", path, words, _details("argument", path)
    for name, words in _fields():
        yield "field", name, words, ""
    for kind in ("recipe", "action", *registry.kinds()):
        for name, words in rows(kind):
            yield kind, name, words, _details(kind, name)


def _has(text, wanted):
    """Whether words of a text begin with all that are wanted.

    >>> _has("label_smoothing", "Smooth labels"), _has("relu", "elu")
    (True, False)
    >>> _has("network/drop_connect", "DropConnect")
    True
    """
    words, starts = _words(text), _stems(wanted)
    ends = ["".join(words[i:]) for i in range(len(words))]
    return any(end.startswith("".join(starts)) for end in ends) or all(
        any(word.startswith(start) for word in words) for start in starts
    )


def _words(text):
    return re.findall(r"[^\W_]+", text.lower())


def _stems(text):
    """Return the words without their endings.

    >>> _stems("k-fold, Batches"), _stems("clipping")
    (['k', 'fold', 'batch'], ['clipp'])
    """
    return [re.sub(r"(?<=...)(ing|es|s)$", "", w) for w in _words(text)]


def markdown():
    """Return all tables as Markdown, with every argument and its default."""
    import keras

    parts = [
        "# Techniques\n\nEvery name that a recipe can use. Made by `recipes "
        "list --markdown`; a test holds it to the registry. Arguments as of "
        f"Keras {'.'.join(keras.__version__.split('.')[:2])}.\n"
    ]
    for kind in kinds():
        if kind in PLAIN:
            head, lines = "| name | |\n|---|---|", rows(kind)
        else:
            last = "" if kind == "argument" else "arguments"
            head = f"| name | | {last} |\n|---|---|---|"
            lines = [(n, w, _details(kind, n)) for n, w in rows(kind)]
        body = (
            " | ".join(_cell(text) for text in (f"`{name}`", *rest))
            for name, *rest in lines
        )
        table = "\n".join(f"| {line} |" for line in body)
        parts.append(f"## {kind}\n\n{head}\n{table}\n")
    return "\n".join(parts)


def _cell(text):
    return text.replace("|", "\\|")


def _details(kind, name):
    """Return a row's arguments as in a Part, or the rows of an argument."""
    if kind in PLAIN:
        return ""
    if kind == "argument":
        kind, argument = name.split("/")
        owners = _owners(kind)[argument]
        every = owners == registry.names(kind)
        named = ", ".join(f"`{owner}`" for owner in owners)
        return f"of {f'every {kind}' if every and owners[1:] else named}"
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


def _owners(kind):
    """Map each argument of a kind to the names of the rows that have it."""
    found = {}
    for name in registry.names(kind):
        for argument in registry.lookup(kind, name).arguments():
            if argument not in _COMMON:
                found.setdefault(argument, []).append(name)
    return found


def _fields():
    """Return each field with its documentation, on one line."""
    text = inspect.cleandoc(Recipe.__doc__)
    text = text.partition("Args:\n")[2].partition("\nRaises:")[0]
    found = re.findall(r"^    (\w+): (.*?)(?=^    \w+: |\Z)", text, re.S | re.M)
    return [(name, " ".join(words.split())) for name, words in found]


def _first_sentence(words):
    return re.split(r"(?<=[^.A-Z])[.:;] ", words)[0].rstrip(".")
