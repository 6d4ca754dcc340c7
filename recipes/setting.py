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
        field, _, argument = path.partition("/")
        check_names([field])
        value = parse(text)
        if argument:
            whole = recipe.to_dict()[field]
            value = _inside(whole, field, argument, value)
        recipe = recipe.replace(**{field: value})
    return recipe


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
    """Return the Part with one argument, or one further inside, changed."""
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
