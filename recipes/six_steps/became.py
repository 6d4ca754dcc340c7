"""What has become of a recipe, by the paths of its fields."""

import json

from recipes.training.differences import short


def changed(old, new):
    """Return what differs between two recipes.

    Args:
        old: A recipe.
        new: A recipe.

    Returns:
        List of (path, value before, value now): numbers and texts as they
        are, all else as a text.

    Example:

    >>> import recipes
    >>> old = recipes.tabular_classifier(dropout=0.1)
    >>> new = old.replace(
    ...     dropout=0.2, optimizer=old.optimizer.replace(learning_rate=0.01)
    ... )
    >>> changed(old, new)
    [('dropout', 0.1, 0.2), ('optimizer/learning_rate', 0.003, 0.01)]
    """
    before, now = (json.loads(each.to_json()) for each in (old, new))
    return [
        row for name in before for row in _below(name, before[name], now[name])
    ]


def _below(path, old, new):
    if old == new:
        return []
    parts = isinstance(old, dict) and isinstance(new, dict)
    if parts and old.get("part") == new.get("part", ...):
        before, now = old.get("config", {}), new.get("config", {})
        return [
            row
            for name in {**before, **now}
            for row in _below(f"{path}/{name}", before.get(name), now.get(name))
        ]
    return [(path, _plain(old), _plain(new))]


def _plain(value):
    simple = value is None or isinstance(value, (bool, int, float, str))
    return value if simple else short(value)
