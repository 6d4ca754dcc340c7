"""The same recipe with a wider network."""

from recipes import registry
from recipes.errors import UserError

TIMES = 4
LEAST = 32  # units, or filters
WIDTHS = ("units", "filters")


def wider(recipe):
    """Return a recipe whose network is four times as wide, or None.

    Its `units` or `filters`, at any depth of the list, are multiplied by 4
    and at least 32.

    Args:
        recipe: A recipe.

    Example:

    >>> import recipes
    >>> part = recipes.Part("mlp", units=(1, 8))
    >>> wider(recipes.tabular_classifier(network=part)).network
    Part('mlp', units=(32, 32))
    """
    part = recipe.network
    for name in WIDTHS:
        value = registry.default("network", part, name)
        if value:
            try:
                network = part.replace(**{name: _times(value)})
                return recipe.replace(network=network)
            except (UserError, TypeError):
                return None
    return None


def _times(value):
    if isinstance(value, (tuple, list)):
        return tuple(_times(each) for each in value)
    return max(LEAST, TIMES * value)
