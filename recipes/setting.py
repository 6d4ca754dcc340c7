"""`FIELD=VALUE` on the command line: a path and JSON, no language of its own.

A value that is no JSON is taken as text. `network/filters=[16,32]` changes one
argument of a Part.
"""

from json import JSONDecodeError

from recipes import codec
from recipes.errors import RecipeError
from recipes.fields import check_names
from recipes.part import Part


def change(recipe, settings):
    """Return the recipe with every setting applied, in order.

    Args:
        recipe: A `Recipe`.
        settings: Texts such as `"dropout=0.3"`.

    Raises:
        RecipeError: For a text without `=`, or an illegal field or value.

    Example:

    >>> import recipes
    >>> change(recipes.image_classifier(), ["network/filters=[8]"]).network
    Part('cnn', filters=(8,))
    """
    for setting in settings:
        path, mark, text = setting.partition("=")
        if not mark or not path:
            raise RecipeError(
                f"--set takes FIELD=VALUE, for instance dropout=0.3. "
                f"Received: {setting!r}"
            )
        recipe = put(recipe, path, parse(text))
    return recipe


def put(recipe, path, value):
    """Return the recipe with a value at the path of a field or an argument.

    Raises:
        RecipeError: For an illegal field, path or value.

    Example:

    >>> import recipes
    >>> put(recipes.image_classifier(), "network/filters", (8,)).network
    Part('cnn', filters=(8,))
    """
    field, _, argument = path.partition("/")
    check_names([field])
    if argument:
        whole = recipe.to_dict()[field]
        value = _inside(whole, field, argument, value)
    return recipe.replace(**{field: value})


def parse(text):
    """Read JSON, or else text.

    >>> parse("0.3"), parse("null"), parse("relu")
    (0.3, None, 'relu')
    """
    try:
        return codec.loads(text)
    except JSONDecodeError:
        return text


def _inside(part, path, argument, value):
    """Return the Part with one argument, or one further inside, changed.

    In a list of Parts the first step is a name or a number from 0, which one
    Part alone needs not.
    """
    if isinstance(part, tuple) and all(isinstance(p, Part) for p in part):
        return _in_list(part, path, argument, value)
    if not isinstance(part, Part):
        raise RecipeError(
            f"`{path}` is {part!r}, which has no argument {argument!r}; set "
            f"it to a Part first, for instance {path}=NAME."
        )
    first, _, below = argument.partition("/")
    if below:
        inner = part.config.get(first)
        value = _inside(inner, f"{path}/{first}", below, value)
    return part.replace(**{first: value})


def _in_list(parts, path, argument, value):
    """Return the Parts with an argument of one of them changed."""
    first, _, below = argument.partition("/")
    names = [part.name for part in parts]
    if below and first in names:
        chosen = names.index(first)
    elif below and first.isdecimal() and int(first) < len(parts):
        chosen = int(first)
    elif len(parts) == 1 and not below:
        chosen, below = 0, argument
    else:
        raise RecipeError(
            f"`{path}` holds {', '.join(names)}: name one and its argument, "
            f"for instance {path}/{names[0]}/ARGUMENT=VALUE. Received: "
            f"{path}/{argument}"
        )
    inside = f"{path}/{names[chosen]}"
    changed = _inside(parts[chosen], inside, below, value)
    return (*parts[:chosen], changed, *parts[chosen + 1 :])
