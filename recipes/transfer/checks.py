"""What the arguments of strategies may be."""

import math

from recipes.errors import RecipeError


def check_share(name, value):
    """Refuse what is no number above 0 and at most 1.

    >>> check_share("factor", 0.5)
    """
    if not _number(value) or not 0 < value <= 1:
        raise RecipeError(
            f"`strategy/{name}` must be above 0 and at most 1. "
            f"Received: {value!r}"
        )


def check_count(name, value, bounds, blocks):
    """Refuse what is no whole number within bounds that the blocks set.

    >>> check_count("stages", 2, (2, 4), ("stem", "middle", "top"))
    """
    least, most = bounds
    if not _whole(value) or not least <= value <= most:
        raise RecipeError(
            f"`strategy/{name}` must be a whole number from {least} to {most}: "
            f"the backbone has {len(blocks)} blocks. Received: {value!r}"
        )


def check_few(value):
    """Refuse what is no finite number from 0.

    >>> check_few(2.5)
    """
    if not _number(value) or not 0 <= value < math.inf:
        raise RecipeError(
            "`strategy/few` must be a finite number of at least 0, or None. "
            f"Received: {value!r}"
        )


def check_views(value):
    """Refuse what is no whole number from 1, nor None.

    >>> check_views(8)
    """
    if value is not None and (not _whole(value) or value < 1):
        raise RecipeError(
            "`strategy/views` must be a whole number of at least 1, or None. "
            f"Received: {value!r}"
        )


def check_kept_views(views, recipe, policy, statistics):
    """Refuse `views` that nothing can be kept of.

    Args:
        views: How many, of each image.
        recipe: A recipe.
        policy: Of its augmentation, or None.
        statistics: `"frozen"` or `"update"`.

    Raises:
        RecipeError: Naming the field to change.
    """
    told = f"Received: views={views}"
    if policy is None:
        raise RecipeError(
            "`strategy/views` counts augmented views of each image, and the "
            "recipe has no augmentation. Set one, such as "
            f"augmentation='standard', or leave views None. {told}"
        )
    if policy.mixes:
        names = ", ".join(part.name for part in recipe.augmentation)
        raise RecipeError(
            "`strategy/views` keeps the features of single images, and the "
            f"augmentation {names} mixes images and their labels. Leave out "
            f"what mixes, or leave views None. {told}"
        )
    if recipe.augmentation_device == "device":
        raise RecipeError(
            "`strategy/views` draws its views once, on the host. Set "
            f"augmentation_device='auto', or leave views None. {told}"
        )
    if statistics != "frozen":
        raise RecipeError(
            "`strategy/views` needs normalization_statistics='frozen': what "
            f"is updated changes the features. {told}, "
            f"normalization_statistics={statistics!r}"
        )


def _number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _whole(value):
    return isinstance(value, int) and not isinstance(value, bool)
